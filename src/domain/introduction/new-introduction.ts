import { watched } from './apply.ts';
import type { HistoryEntry, Introduction, PartyOfIntroduction, Suggestion } from './introduction.ts';
import { pairKeyOf } from './pair.ts';

export interface NewIntroduction {
  id: string;
  a: PartyOfIntroduction;
  b: PartyOfIntroduction;
  kind: Introduction['kind'];
  origin: Introduction['origin'];
  eventId?: string | undefined;
  message?: string | undefined;
  suggestion?: Suggestion | undefined;
  gate?: Introduction['gate'];
  actor: string;
  /** ISO 8601. */
  now: string;
}

/** Suggested, with all of its reasons shown until an adviser chooses. */
export function newIntroduction({ actor, now, ...given }: NewIntroduction): Introduction {
  const { a, b, origin, suggestion } = given;
  const made: HistoryEntry = {
    at: now,
    actor,
    inNameOf: origin === 'engine' ? 'system' : 'adviser',
    event: origin === 'engine' ? 'suggest' : 'create',
    from: undefined,
    to: 'suggested',
  };
  return watched({
    ...given,
    subjectId: a.id,
    counterpartId: b.id,
    parties: partiesOf(a, b),
    state: 'suggested',
    pairKey: pairKeyOf(a, b),
    reasonsShown: (suggestion?.reasons ?? []).map((_, i) => i),
    round: 0,
    asked: {},
    accepted: {},
    outcomes: [],
    capMonths: [],
    history: [made],
    outbox: [],
    watch: [],
  });
}

export const partiesOf = (...parties: readonly PartyOfIntroduction[]): string[] => [
  ...new Set(parties.flatMap(({ type, id, memberId }) => [`${type}:${id}`, `member:${memberId}`])),
];
