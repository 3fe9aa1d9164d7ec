import { watched } from './apply.ts';
import type { HistoryEntry, Introduction, PartyOfIntroduction, Suggestion } from './introduction.ts';
import { pairKeyOf } from './pair.ts';
import type { Quotation, Reason } from '../match/explain.ts';

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

/** Suggested, with the facts and the best quotations shown until an adviser chooses. */
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
    reasonsShown: shownAtFirst(suggestion?.reasons ?? []),
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

const quotationsShown = 3;
/** Who is asked out of the blue reads only what convinces at once. */
const shownFrom = 0.25;

/** Indices of the reasons that a mail gives: every fact, and a few quotations that use no sentence twice. */
export function shownAtFirst(reasons: readonly Reason[]): number[] {
  const used = new Set<string>();
  let quotations = 0;
  return reasons.flatMap((reason, i) => {
    if (reason.type === 'fact') return [i];
    const sentences = [placeOf('subject', reason.subject), placeOf('candidate', reason.candidate)];
    if (quotations === quotationsShown || reason.similarity < shownFrom || sentences.some((one) => used.has(one)))
      return [];
    quotations++;
    for (const one of sentences) used.add(one);
    return [i];
  });
}

const placeOf = (side: string, { field, start }: Quotation): string => `${side} ${field} ${start}`;
