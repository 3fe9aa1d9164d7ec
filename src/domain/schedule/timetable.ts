/** A programme under construction that answers in constant time who is where. Keeps itself valid. */
import type { ScheduleProblem, Slots } from './problem.ts';

export interface Timetable {
  readonly problem: ScheduleProblem;
  /** Slot of each meeting, -1 where it is not held. */
  readonly slotOf: Int16Array;
  /** Meetings in each slot. */
  readonly load: Int32Array;
  /** Meetings of each person. */
  readonly held: Int32Array;
  /** Days, and the slot on its day. */
  readonly days: number;
  readonly bitOf: Int32Array;
  /** Bit i of entry person * days + day: the person meets in slot i of the day. */
  readonly busy: Int32Array;
  /** The meeting of a person in a slot, -1 for none. */
  meetingAt(person: number, slot: number): number;
  /** Whether the meeting may take the slot, whoever sits there now. */
  allowed(meeting: number, slot: number): boolean;
  place(meeting: number, slot: number): void;
  remove(meeting: number): void;
  toSlots(): number[];
}

export function createTimetable(problem: ScheduleProblem, slots?: Slots): Timetable {
  const slotCount = problem.dayOf.length;
  const days = (problem.dayOf.at(-1) ?? 0) + 1;
  const slotOf = new Int16Array(problem.meetings.length).fill(-1);
  const load = new Int32Array(slotCount);
  const held = new Int32Array(problem.people);
  const busy = new Int32Array(problem.people * days);
  const at = new Int32Array(problem.people * slotCount).fill(-1);
  const may = new Uint8Array(problem.meetings.length * slotCount);
  for (const [m, meeting] of problem.meetings.entries()) for (const s of meeting.slots) may[m * slotCount + s] = 1;
  const bitOf = new Int32Array(slotCount);
  for (let s = 1; s < slotCount; s++) bitOf[s] = problem.dayOf[s] === problem.dayOf[s - 1] ? bitOf[s - 1]! + 1 : 0;

  const place = (m: number, s: number) => {
    slotOf[m] = s;
    load[s]! += 1;
    for (const person of problem.meetings[m]!.people) {
      at[person * slotCount + s] = m;
      held[person]! += 1;
      busy[person * days + problem.dayOf[s]!]! |= 1 << bitOf[s]!;
    }
  };
  const remove = (m: number) => {
    const s = slotOf[m]!;
    slotOf[m] = -1;
    load[s]! -= 1;
    for (const person of problem.meetings[m]!.people) {
      at[person * slotCount + s] = -1;
      held[person]! -= 1;
      busy[person * days + problem.dayOf[s]!]! &= ~(1 << bitOf[s]!);
    }
  };
  for (const [m, s] of (slots ?? []).entries()) if (s !== -1) place(m, s);
  return {
    problem,
    slotOf,
    load,
    held,
    days,
    bitOf,
    busy,
    meetingAt: (person, slot) => at[person * slotCount + slot]!,
    allowed: (m, slot) => may[m * slotCount + slot] === 1,
    place,
    remove,
    toSlots: () => [...slotOf],
  };
}

/** Runs of ones in a mask, less one: the gaps of a day. */
export function gapsOfMask(mask: number): number {
  const starts = mask & ~(mask << 1);
  return starts === 0 ? 0 : ones(starts) - 1;
}

function ones(mask: number): number {
  let x = mask - ((mask >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
