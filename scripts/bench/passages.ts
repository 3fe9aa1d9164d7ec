import { sentence, text, traits, type Format, type Row } from './ranking-set.ts';

const described = (row: Row) => ({
  title: text(row['title'] ?? row['summary']),
  text: sentence(row['title'], row['question'], row['text']),
  traits: traits({ buyer: [row['agency'], row['branch']] }),
});

/** Questions or needs, and the texts among which the answer is. */
export const passages: Format = (read, split) => {
  const corpus = read('dev', 'corpus');
  if (corpus.length === 0) return undefined;
  return [
    {
      candidates: corpus.map((row) => ({ ...described(row), id: text(row['id']), name: '' })),
      past: [],
      queries: read(split, 'queries').map((row) => ({
        ...described(row),
        qid: text(row['qid']),
        anchors: [],
      })),
    },
  ];
};
