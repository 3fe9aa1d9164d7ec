import type { GateCode } from './gates.ts';
import { canBeCandidate, judge, type Judged, type MatchContext, type MatchKind } from './pair.ts';
import type { Party } from './party.ts';

export interface Ranked extends Judged {
  party: Party;
}

export interface Ranking {
  /** Best first; equal scores in ascending order of type and id. */
  ranked: Ranked[];
  /** How many candidates each gate closed. */
  closed: Partial<Record<GateCode, number>>;
}

const key = (party: Party) => `${party.type}:${party.id}`;

/** Judges every candidate of the right kind but the subject itself. Cost: linear in candidates. */
export function rank(kind: MatchKind, subject: Party, candidates: Iterable<Party>, context: MatchContext): Ranking {
  const ranked: Ranked[] = [];
  const closed: Ranking['closed'] = {};
  for (const party of candidates) {
    if (!canBeCandidate(kind, party) || key(party) === key(subject)) continue;
    const verdict = judge(kind, subject, party, context);
    if ('closed' in verdict) closed[verdict.closed.code] = (closed[verdict.closed.code] ?? 0) + 1;
    else ranked.push({ party, ...verdict.judged });
  }
  ranked.sort((a, b) => b.score - a.score || (key(a.party) < key(b.party) ? -1 : 1));
  return { ranked, closed };
}
