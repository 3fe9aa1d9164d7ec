/** Everybody's suggestions for one task, made at once: capacity and exposure are kept over the whole, not list by list. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { planSuggestions, type Plan } from '../domain/exposure.ts';
import { matchSubjects } from '../domain/match/pair.ts';
import type { Catalog } from './catalog.ts';
import { listingFloor, type Matching } from './matching.ts';
import { matchKindOf, type MatchTask } from './rank-queries.ts';

const perSubject = 10;

/** Cost: one ranking for each subject; other work goes on between two. */
export async function suggestAll(
  deps: { catalog: Catalog; matching: Matching },
  task: MatchTask,
  signal?: AbortSignal,
): Promise<Plan> {
  const { catalog, matching } = deps;
  await catalog.refresh();
  const { kind, subjectType } = matchKindOf[task];
  const { kinds } = matchSubjects[kind];
  const subjects =
    subjectType === 'need'
      ? [...catalog.needs()].map(({ id }) => id)
      : [...catalog.members()].filter(({ doc }) => kinds === 'any' || kinds.includes(doc.kind)).map(({ id }) => id);
  const wanted = [];
  for (const subjectId of subjects.sort()) {
    const ranked = await matching.rankAll(kind, subjectType, subjectId);
    wanted.push({
      subjectId,
      candidates: ranked
        .filter(({ score, state }) => score >= listingFloor && state === 'none')
        .map(({ party, score }) => ({ id: party.id, score })),
    });
    await nextTurn();
    signal?.throwIfAborted();
  }
  return planSuggestions(wanted, {
    perSubject,
    roomOf: (id) => catalog.member(id)?.doc.matching?.introductionsPerMonth,
  });
}
