import { candidatesOf, historyOf, sentence, text, traits, type Format, type Row } from './ranking-set.ts';

const described = (row: Row) => ({
  title: text(row['title']),
  text: sentence(row['title'], row['text']),
  date: text(row['date']),
  traits: traits({ buyer: row['buyer'], place: row['place'] }),
});

/** Notices with the graded classes they were filed under, and what each class means. */
export const classes: Format = (read, split) => {
  const past = historyOf(read, split);
  if (past[0]?.['rel'] === undefined) return undefined;
  return [
    {
      candidates: candidatesOf(read, split).map((row) => ({
        id: text(row['id']),
        name: text(row['name']),
        text: sentence(row['name'], row['text'], row['division']),
      })),
      past: past.map((row) => ({ ...described(row), counterparts: row['rel'] as Record<string, number> })),
      queries: read(split, 'queries').map((row) => ({ ...described(row), qid: text(row['qid']), anchors: [] })),
    },
  ];
};
