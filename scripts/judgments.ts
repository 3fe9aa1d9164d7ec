/** Graded pairs as the commands that measure and learn read them. */
import path from 'node:path';
import { z } from 'zod';
import { matchKindOf, matchTasks, type MatchTask } from '../src/app/rank-queries.ts';
import type { Catalog } from '../src/app/catalog.ts';
import { say } from './cluster-folder.ts';
import type { ReadLine } from './json-lines.ts';

/** Where the judgments about a folder's cluster lie. */
export const judgmentsIn = (dir: string): string => path.join(dir, 'judgments.jsonl');

export const judgmentSchema = z.object({
  task: z.enum(matchTasks),
  queryId: z.string(),
  candidateId: z.string(),
  grade: z.number().int().min(0).max(3),
});

/** Those about somebody in the folder: a candidate that is not there can never be ranked. The others are counted on stderr. */
export function ofTheFolder<T extends { task: MatchTask; queryId: string; candidateId: string }>(
  catalog: Catalog,
  lines: readonly ReadLine<T>[],
): ReadLine<T>[] {
  const isQuery = ({ value }: ReadLine<T>) =>
    catalog.party(matchKindOf[value.task].subjectType, value.queryId) !== undefined;
  const asked = lines.filter(isQuery);
  const known = asked.filter(({ value }) => catalog.member(value.candidateId) !== undefined);
  if (known.length < lines.length)
    say(
      `Left out: ${lines.length - known.length} of ${lines.length} judgments, which name nobody in the folder ` +
        `(${lines.length - asked.length} as query, ${asked.length - known.length} as candidate only).`,
    );
  return known;
}
