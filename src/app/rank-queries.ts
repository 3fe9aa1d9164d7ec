/** Whole rankings for a list of questions, as the command line and the evaluation ask them. */
import { z } from 'zod';
import type { MatchKind } from '../domain/match/pair.ts';
import type { Party } from '../domain/match/party.ts';
import type { Matching } from './matching.ts';
import { id } from './schemas/common.ts';

export const matchTasks = ['investor_for_startup', 'supplier_for_need', 'partner_for_member'] as const;
export type MatchTask = (typeof matchTasks)[number];

export const querySchema = z.object({ task: z.enum(matchTasks), queryId: id });

/** Which list answers a task, and whom it is made for. */
export const matchKindOf: Readonly<Record<MatchTask, { kind: MatchKind; subjectType: Party['type'] }>> = {
  investor_for_startup: { kind: 'investors', subjectType: 'member' },
  supplier_for_need: { kind: 'suppliers', subjectType: 'need' },
  partner_for_member: { kind: 'partners', subjectType: 'member' },
};

export interface RankedLine {
  task: MatchTask;
  queryId: string;
  candidateId: string;
  /** From 1. */
  rank: number;
  /** 0-1. */
  score: number;
}

/** Best first; gated pairs are absent; no floor. @throws Problem `not-found`, `match-not-applicable`. */
export async function rankQuery(
  matching: Matching,
  task: MatchTask,
  queryId: string,
  top: number,
): Promise<RankedLine[]> {
  const { kind, subjectType } = matchKindOf[task];
  const ranked = await matching.rankAll(kind, subjectType, queryId);
  return ranked
    .slice(0, top)
    .map((one, i) => ({ task, queryId, candidateId: one.party.id, rank: i + 1, score: one.score }));
}
