import type { GateCode } from './gates.ts';
import {
  canBeCandidate,
  gateFor,
  judgeOpen,
  type Judged,
  type MatchContext,
  type MatchKind,
  type PairState,
} from './pair.ts';
import type { Party } from './party.ts';

export interface Ranked extends Judged {
  party: Party;
  state: PairState;
}

export interface Sifted {
  open: Party[];
  /** How many candidates each gate closed. */
  closed: Partial<Record<GateCode, number>>;
}

const key = (party: Party) => `${party.type}:${party.id}`;

/** Every candidate of the right kind but the subject itself, past all gates, in the order given. Cost: linear. */
export function sift(kind: MatchKind, subject: Party, candidates: Iterable<Party>, context: MatchContext): Sifted {
  const open: Party[] = [];
  const closed: Sifted['closed'] = {};
  for (const party of candidates) {
    if (!canBeCandidate(kind, party) || (party.type === subject.type && party.id === subject.id)) continue;
    const gate = gateFor(kind, subject, party, context);
    if (gate === undefined) open.push(party);
    else closed[gate.code] = (closed[gate.code] ?? 0) + 1;
  }
  return { open, closed };
}

/** Scores candidates whose gates are open: best first, equal scores in ascending order of type and id. */
export function rank(kind: MatchKind, subject: Party, open: Iterable<Party>, context: MatchContext): Ranked[] {
  const ranked: Ranked[] = [];
  for (const party of open)
    ranked.push({
      party,
      state: context.pairState(subject.id, party.id),
      ...judgeOpen(kind, subject, party, context),
    });
  return ranked.sort((a, b) => b.score - a.score || (key(a.party) < key(b.party) ? -1 : 1));
}
