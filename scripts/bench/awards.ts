import { candidatesOf, historyOf, once, sentence, text, texts, traits, type Format, type Row } from './ranking-set.ts';

const described = (row: Row) => ({
  title: text(row['title']),
  text: sentence(row['title'], row['text'], row['cpv_text']),
  date: text(row['date'] ?? row['year'] ?? row['released']),
  traits: traits({
    topic: texts(row['cpv']).flatMap((code) => [2, 3, 4, 5, 8].map((digits) => code.slice(0, digits))),
    buyer: [row['buyer'], row['agency'], row['branch']],
  }),
});

/** Awards with the suppliers that won them. */
export const awards: Format = (read, split) => {
  const past = historyOf(read, split);
  const winnersOf = (row: Row) => (row['supplier'] === undefined ? texts(row['suppliers']) : [text(row['supplier'])]);
  if (past.length === 0 || winnersOf(past[0]!).length === 0) return undefined;
  return [
    {
      candidates: candidatesOf(read, split).map((row) => ({ id: text(row['id']), name: text(row['name']), text: '' })),
      past: past.map((row) => ({ ...described(row), counterparts: once(winnersOf(row)) })),
      queries: read(split, 'queries').map((row) => ({ ...described(row), qid: text(row['qid']), anchors: [] })),
    },
  ];
};
