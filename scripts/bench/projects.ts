import { candidatesOf, historyOf, once, sentence, text, texts, traits, type Format, type Row } from './ranking-set.ts';

const described = (row: Row) => ({
  title: text(row['title']),
  text: sentence(row['title'], row['topic'], row['area'], row['programme'], row['text']),
  date: text(row['date']),
  traits: traits({
    topic: [row['area'], row['programme'], row['pillar'], text(row['topic_code']).split('-')[0]],
    stage: row['action'],
    place: [row['region'], row['city']],
  }),
});

const membersOf = (row: Row): string[] =>
  (Array.isArray(row['orgs']) ? row['orgs'] : []).map((org: unknown) =>
    typeof org === 'string' ? org : text((org as Row)['id']),
  );

/** Projects with the organisations that carried them; queries may name a member that is known. */
export const projects: Format = (read, split) => {
  const past = historyOf(read, split);
  if (past[0]?.['orgs'] === undefined) return undefined;
  const candidates = candidatesOf(read, split).map((row) => ({
    id: text(row['id']),
    name: sentence(row['name'], row['short'], row['municipality']),
    text: '',
  }));
  return ['queries', 'queries_call', 'queries_partner']
    .map((name) => read(split, name))
    .filter((rows) => rows.length > 0)
    .map((rows) => ({
      candidates,
      past: past.map((row) => ({ ...described(row), counterparts: once(membersOf(row)) })),
      queries: rows.map((row) => ({ ...described(row), qid: text(row['qid']), anchors: texts(row['anchors']) })),
    }));
};
