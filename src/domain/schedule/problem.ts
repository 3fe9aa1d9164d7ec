/**
 * A meeting programme as a problem of numbers: people, slots and meetings are indices from 0. What an absence, a session,
 * a lock or an avoid-pair is, stays with whoever builds it (programme.ts): here a meeting simply has the slots it may take.
 */

/** `must`: a lock, never given up for another; two that cannot both be held leave one unmet. 1-3: the priority of the request. `offered`: proposed by the engine, asked for by nobody. */
export type Tier = 0 | 1 | 2 | 3 | 4;
export const tiers = { must: 0, offered: 4 } as const;

export interface ScheduleMeeting {
  /** Two, or more at a round table. */
  people: readonly number[];
  /** Ascending. None: it can never be held. */
  slots: readonly number[];
  tier: Tier;
  /** What both sides together gain, whole points, 0-200. */
  value: number;
}

export interface ScheduleProblem {
  people: number;
  /** Day of each slot, ascending; a night between two days is no gap. At most 31 slots a day. */
  dayOf: readonly number[];
  /** Meetings that fit into each slot. */
  tables: readonly number[];
  meetings: readonly ScheduleMeeting[];
  /** Most meetings of each person. */
  maxMeetings: readonly number[];
}

/** Slot of each meeting, -1 where it is not held. */
export type Slots = readonly number[];

export const maxSlotsPerDay = 31;

/** Everything that is wrong with a programme, one line each; none when it is valid. Written apart from the search. */
export function faultsIn(problem: ScheduleProblem, slots: Slots): string[] {
  const faults: string[] = [];
  const booked = new Set<string>();
  const load = problem.dayOf.map(() => 0);
  const held = Array.from({ length: problem.people }, () => 0);
  for (const [m, meeting] of problem.meetings.entries()) {
    const slot = slots[m] ?? -1;
    if (slot === -1) continue;
    if (!meeting.slots.includes(slot)) faults.push(`Meeting ${m} may not take slot ${slot}.`);
    load[slot]! += 1;
    for (const person of meeting.people) {
      if (booked.has(`${person}:${slot}`)) faults.push(`Person ${person} is booked twice in slot ${slot}.`);
      booked.add(`${person}:${slot}`);
      held[person]! += 1;
    }
  }
  for (const [slot, used] of load.entries())
    if (used > problem.tables[slot]!)
      faults.push(`Slot ${slot} has ${used} meetings at ${problem.tables[slot]} tables.`);
  for (const [person, meetings] of held.entries())
    if (meetings > problem.maxMeetings[person]!) faults.push(`Person ${person} is over the cap.`);
  return faults;
}
