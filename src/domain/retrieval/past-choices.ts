/** Past events by number, with who was chosen in each. */
import type { Candidate, PastEvent } from './evidence.ts';

export interface PastChoices {
  readonly size: number;
  /**
   * Votes by candidate number: every event gives its weight to each of its counterparts, times the grade over the best
   * grade. `events` limits who votes.
   */
  votes(weights: Float64Array, events?: readonly number[]): Float64Array;
  /** Candidate numbers of an event, those that are not candidates left out. */
  chosenIn(event: number): Int32Array;
  /** Events in which any of these was chosen, candidates or not. */
  eventsWith(ids: readonly string[]): number[];
  /** Events by trait. */
  eventsMarked(trait: string): readonly number[];
  /** Age in years (not below 0) of every event on a day of `dayOf`; 0 where either is unknown. */
  agesOn(day: number): Float64Array;
}

const dayMs = 86_400_000;
const daysInYear = 365;

/** Days since 1970; a month alone stands for its first day, a year alone for its middle. NaN when unknown. */
export function dayOf(date: string | undefined): number {
  const match = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(date ?? '');
  if (match === null) return NaN;
  const [, year, month, day] = match;
  return Date.UTC(Number(year), month === undefined ? 6 : Number(month) - 1, Number(day ?? 1)) / dayMs;
}

export function pastChoices(candidates: readonly Candidate[], past: readonly PastEvent[]): PastChoices {
  const numbers = new Map(candidates.map(({ id }, i) => [id, i]));
  const bestGrade = past.reduce((best, event) => Math.max(best, ...Object.values(event.counterparts)), 0);
  const choices = past.map(({ counterparts }) => {
    const known = Object.entries(counterparts).filter(([id]) => numbers.has(id));
    return {
      who: Int32Array.from(known, ([id]) => numbers.get(id)!),
      share: Float64Array.from(known, ([, grade]) => grade / bestGrade),
    };
  });
  const byMember = grouped(past.map(({ counterparts }) => Object.keys(counterparts)));
  const byTrait = grouped(past.map(({ traits }) => [...new Set(traits)]));
  const days = past.map(({ date }) => dayOf(date));
  const everyone = past.map((_event, i) => i);
  return {
    size: past.length,
    votes(weights, events = everyone) {
      const votes = new Float64Array(candidates.length);
      for (const event of events) {
        const weight = weights[event]!;
        if (weight === 0) continue;
        const { who, share } = choices[event]!;
        for (let i = 0; i < who.length; i++) votes[who[i]!]! += weight * share[i]!;
      }
      return votes;
    },
    chosenIn: (event) => choices[event]!.who,
    eventsWith: (ids) => [...new Set(ids.flatMap((id) => byMember.get(id) ?? []))],
    eventsMarked: (trait) => byTrait.get(trait) ?? [],
    // What came after counts like what came as long before: both say how the times were.
    agesOn: (day) =>
      Float64Array.from(days, (then) =>
        Number.isNaN(then) || Number.isNaN(day) ? 0 : Math.abs(day - then) / daysInYear,
      ),
  };
}

function grouped(keysOf: readonly (readonly string[])[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  keysOf.forEach((keys, i) => {
    for (const key of keys) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [i]);
      else group.push(i);
    }
  });
  return groups;
}
