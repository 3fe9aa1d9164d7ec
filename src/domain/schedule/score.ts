/** How good a programme is, most important first; compared number by number, smaller is better. */
import { type ScheduleProblem, type Slots } from './problem.ts';

export interface ScheduleScore {
  /** Requests of priority 1, 2 and 3 (locks count as 1) that are not met. */
  unmet: readonly [number, number, number];
  /** Points of all meetings held, both sides together. */
  value: number;
  /** Falls as the least served get more: the sum of 4^-meetings over everybody who could meet somebody. */
  unfairness: number;
  /** Maximal runs of idle slots between two meetings of one person on one day. */
  gaps: number;
}

export function scoreOf(problem: ScheduleProblem, slots: Slots): ScheduleScore {
  const unmet: [number, number, number] = [0, 0, 0];
  const taken = Array.from({ length: problem.people }, () => [] as number[]);
  const wanted = new Set<number>();
  let value = 0;
  for (const [m, { people, tier, value: points }] of problem.meetings.entries()) {
    const slot = slots[m] ?? -1;
    for (const person of people) {
      wanted.add(person);
      if (slot !== -1) taken[person]!.push(slot);
    }
    if (slot !== -1) value += points;
    else if (tier <= 3) unmet[Math.max(0, tier - 1)]! += 1;
  }
  let gaps = 0;
  for (const mine of taken) gaps += gapsIn(mine, problem.dayOf);
  let unfairness = 0;
  for (const person of wanted) unfairness += 4 ** -taken[person]!.length;
  return { unmet, value, unfairness, gaps };
}

/** Gaps of one person who meets in these slots, in any order. */
export function gapsIn(slots: readonly number[], dayOf: readonly number[]): number {
  const sorted = [...slots].sort((a, b) => a - b);
  return sorted.filter((slot, i) => i > 0 && slot > sorted[i - 1]! + 1 && dayOf[slot] === dayOf[sorted[i - 1]!]).length;
}

/** Below 0 when `a` is better. */
export function compareScores(a: ScheduleScore, b: ScheduleScore): number {
  for (const i of [0, 1, 2] as const) if (a.unmet[i] !== b.unmet[i]) return a.unmet[i] - b.unmet[i];
  if (a.value !== b.value) return b.value - a.value;
  if (Math.abs(a.unfairness - b.unfairness) > 1e-9) return a.unfairness - b.unfairness;
  return a.gaps - b.gaps;
}
