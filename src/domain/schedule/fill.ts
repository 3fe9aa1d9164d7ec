/**
 * Places meetings that are not held yet, and throws others out for them where that gains (tabu search over partial
 * programmes). Never leaves what is placed invalid; keeps the best programme it saw.
 */
import { tiers, type ScheduleProblem } from './problem.ts';
import type { Random } from './random.ts';
import type { Timetable } from './timetable.ts';

/**
 * What each meeting weighs: one of a higher tier outweighs all of lower tiers and all points together, points decide within
 * equal numbers. Whole numbers, exact up to some 6,000 meetings; beyond, points may be rounded.
 */
export function weightsOf(problem: ScheduleProblem): Float64Array {
  const points = problem.meetings.map(({ value }) => 1 + value);
  const allPoints = 1 + points.reduce((sum, one) => sum + one, 0);
  const count = (tier: number) => problem.meetings.filter((meeting) => meeting.tier === tier).length;
  const third = allPoints;
  const second = third * (count(3) + 1);
  const first = second * (count(2) + 1);
  // A lock is never thrown out: it need only be placed before the others.
  const scale = [2 * first, first, second, third, 0];
  return Float64Array.from(problem.meetings, ({ tier }, m) => scale[tier]! + points[m]!);
}

const sample = 12;
/** Steps without a gain after which nothing more is expected, besides a few for each meeting. */
const patience = 50_000;
const patiencePerMeeting = 20;

/** `steps`: placements tried at most. `stop` is asked now and then, `onBetter` told now and then. Returns the steps used. */
export function fill(
  table: Timetable,
  random: Random,
  steps: number,
  stop: () => boolean,
  onBetter?: (slots: number[]) => void,
): number {
  const { problem, slotOf } = table;
  const weights = weightsOf(problem);
  const open = new OpenList(problem.meetings.length);
  for (const [m, { slots }] of problem.meetings.entries()) if (slotOf[m] === -1 && slots.length > 0) open.add(m);
  const tabuUntil = new Int32Array(problem.meetings.length);
  const slotCount = problem.dayOf.length;
  const lastSlot = new Int32Array(problem.meetings.length * slotCount);
  let missing = 0;
  for (const m of open.all()) missing += weights[m]!;
  let best = missing;
  let bestSlots = table.toSlots();
  let gained = 0;
  let step = 0;
  const enough = patience + patiencePerMeeting * problem.meetings.length;
  for (; step < steps && open.size > 0 && step - gained < enough; step++) {
    if (step % 256 === 0) {
      if (stop()) break;
      if (step > 0) onBetter?.(bestSlots);
    }
    let chosen = -1;
    let chosenSlot = -1;
    let chosenGain = -Infinity;
    let thrown: number[] = [];
    const tries = Math.min(sample, open.size);
    const from = open.size <= sample ? 0 : random.below(open.size);
    for (let i = 0; i < tries; i++) {
      const m = open.at((from + i) % open.size);
      for (const s of problem.meetings[m]!.slots) {
        if (lastSlot[m * slotCount + s]! > step) continue;
        const out = inTheWay(table, m, s, weights, tabuUntil, step, random);
        if (out === undefined) continue;
        let gain = weights[m]!;
        for (const o of out) gain -= weights[o]!;
        // Less than a point: the least served first, then where tables are least used, with a little noise.
        for (const person of problem.meetings[m]!.people) gain += 0.2 * 4 ** -table.held[person]!;
        gain -= 0.2 * (table.load[s]! / problem.tables[s]!) + 0.2 * random.next();
        if (gain > chosenGain) {
          [chosen, chosenSlot, chosenGain] = [m, s, gain];
          thrown = out;
        }
      }
    }
    if (chosen === -1) continue;
    for (const o of thrown) {
      const s = slotOf[o]!;
      table.remove(o);
      open.add(o);
      missing += weights[o]!;
      lastSlot[o * slotCount + s] = step + 5 + random.below(10) + Math.min(open.size, 50);
    }
    table.place(chosen, chosenSlot);
    open.delete(chosen);
    missing -= weights[chosen]!;
    tabuUntil[chosen] = step + 3 + random.below(8);
    if (missing < best - 1e-6) {
      best = missing;
      gained = step;
      bestSlots = table.toSlots();
    }
  }
  // Also when as much is missing as in the best: that one has been told, and is the one to go on with.
  if (step > 0) {
    for (const [m, s] of slotOf.entries()) if (s !== -1) table.remove(m);
    for (const [m, s] of bestSlots.entries()) if (s !== -1) table.place(m, s);
  }
  return step;
}

/** The meetings that would have to go if this one took the slot; `undefined` when one of them may not. */
function inTheWay(
  table: Timetable,
  meeting: number,
  slot: number,
  weights: Float64Array,
  tabuUntil: Int32Array,
  step: number,
  random: Random,
): number[] | undefined {
  const { problem } = table;
  const out: number[] = [];
  for (const person of problem.meetings[meeting]!.people) {
    const there = table.meetingAt(person, slot);
    if (there !== -1) {
      if (tabuUntil[there]! > step || problem.meetings[there]!.tier === tiers.must) return undefined;
      if (!out.includes(there)) out.push(there);
    } else if (table.held[person]! >= problem.maxMeetings[person]!) {
      const lightest = lightestOf(table, person, weights, tabuUntil, step);
      if (lightest === -1) return undefined;
      if (!out.includes(lightest)) out.push(lightest);
    }
  }
  const freed = out.some((o) => table.slotOf[o] === slot);
  if (!freed && table.load[slot]! >= problem.tables[slot]!) {
    const other = someIn(table, slot, tabuUntil, step, random);
    if (other === -1) return undefined;
    out.push(other);
  }
  return out;
}

function lightestOf(table: Timetable, person: number, weights: Float64Array, tabuUntil: Int32Array, step: number) {
  let lightest = -1;
  for (let s = 0; s < table.load.length; s++) {
    const m = table.meetingAt(person, s);
    if (m === -1 || tabuUntil[m]! > step || table.problem.meetings[m]!.tier === tiers.must) continue;
    if (lightest === -1 || weights[m]! < weights[lightest]!) lightest = m;
  }
  return lightest;
}

/** Any meeting of the slot that may go, found from a random person on. */
function someIn(table: Timetable, slot: number, tabuUntil: Int32Array, step: number, random: Random): number {
  const { people, meetings } = table.problem;
  const from = random.below(people);
  for (let i = 0; i < people; i++) {
    const m = table.meetingAt((from + i) % people, slot);
    if (m !== -1 && tabuUntil[m]! <= step && meetings[m]!.tier !== tiers.must) return m;
  }
  return -1;
}

/** A set of small whole numbers that can be drawn from by position. */
class OpenList {
  readonly #items: number[] = [];
  readonly #where: Int32Array;
  constructor(capacity: number) {
    this.#where = new Int32Array(capacity).fill(-1);
  }
  get size(): number {
    return this.#items.length;
  }
  all(): readonly number[] {
    return this.#items;
  }
  at(i: number): number {
    return this.#items[i]!;
  }
  add(item: number): void {
    if (this.#where[item] !== -1) return;
    this.#where[item] = this.#items.push(item) - 1;
  }
  delete(item: number): void {
    const i = this.#where[item]!;
    const last = this.#items.pop()!;
    if (last !== item) {
      this.#items[i] = last;
      this.#where[last] = i;
    }
    this.#where[item] = -1;
  }
}
