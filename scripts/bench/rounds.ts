import { candidatesOf, historyOf, once, sentence, text, texts, traits, type Format, type Row } from './ranking-set.ts';

const described = (row: Row) => ({
  title: '',
  text: sentence(row['industry'], row['text']),
  date: text(row['date'] ?? row['year']),
  traits: traits({
    topic: row['categories'] ?? row['category'] ?? row['industry'],
    place: [row['region'], row['city'], row['state'], row['country']],
    stage: [row['type'], row['session'], orderOf(row['usd']), ageOf(row)],
  }),
});

/** Amounts within a factor of four. */
const orderOf = (amount: unknown) =>
  typeof amount === 'number' && amount > 0 ? `amount ${Math.round(Math.log2(amount) / 2)}` : undefined;

const ageOf = (row: Row) => {
  const years = Number(text(row['date'] ?? row['year']).slice(0, 4)) - Number(text(row['founded']) || NaN);
  return Number.isNaN(years) ? undefined : `age ${Math.min(6, years)}`;
};

/** Financing rounds with the investors that were in. */
export const rounds: Format = (read, split) => {
  const past = historyOf(read, split);
  if (past[0]?.['investors'] === undefined) return undefined;
  return [
    {
      candidates: candidatesOf(read, split).map((row) => ({ id: text(row['id']), name: text(row['name']), text: '' })),
      past: past.map((row) => ({ ...described(row), counterparts: once(texts(row['investors'])) })),
      queries: read(split, 'queries').map((row) => ({
        ...described(row),
        qid: text(row['qid']),
        anchors: texts(row['prior_investors']),
      })),
    },
  ];
};
