/**
 * Takes gaps out of a programme without dropping a meeting: swaps two slots along a Kempe chain (the meetings that hang
 * together through shared people), accepted as in simulated annealing.
 */
import type { Random } from './random.ts';
import { gapsOfMask, type Timetable } from './timetable.ts';

export interface SmoothOptions {
  steps: number;
  /** Gaps at which nothing more can be gained. */
  target: number;
  startTemperature: number;
  endTemperature: number;
  /** Told of every better programme. */
  onBetter?: (slots: number[], gaps: number) => void;
  stop: () => boolean;
  /** Seeks earlier meetings instead, in which the target is kept: the temperatures are slots of one meeting then. */
  early?: boolean;
}

const longestChain = 40;
/** What a gap on the way to earlier meetings counts for; none is left at the end. */
const slotsPerGap = 4;

/** Leaves the best programme found in the table. Returns its gaps and the steps used. */
export function smooth(table: Timetable, random: Random, options: SmoothOptions): { gaps: number; steps: number } {
  const { problem, slotOf, busy, days, bitOf } = table;
  const movable = [...slotOf.keys()].filter((m) => slotOf[m] !== -1 && problem.meetings[m]!.slots.length > 1);
  let gaps = 0;
  for (const mask of busy) gaps += gapsOfMask(mask);
  let best = gaps;
  let bestSlots = table.toSlots();
  /** Slots by which all meetings together are later than at the start. */
  let late = 0;
  let leastLate = 0;
  const early = options.early === true;
  const chain: number[] = [];
  const inChain = new Int32Array(problem.meetings.length);
  const touched = new Int32Array(problem.people);
  let stamp = 0;
  let step = 0;
  if (movable.length === 0) return { gaps, steps: 0 };
  for (; step < options.steps && (early || best > options.target); step++) {
    if (step % 1024 === 0 && options.stop()) break;
    const temperature =
      options.startTemperature * (options.endTemperature / options.startTemperature) ** (step / options.steps);
    const first = movable[random.below(movable.length)]!;
    const a = slotOf[first]!;
    const choices = problem.meetings[first]!.slots;
    const b = choices[random.below(choices.length)]!;
    if (a === b) continue;
    stamp++;
    chain.length = 0;
    chain.push(first);
    inChain[first] = stamp;
    let shift = 0;
    let possible = true;
    for (let i = 0; i < chain.length && possible; i++) {
      const m = chain[i]!;
      const from = slotOf[m]!;
      const to = from === a ? b : a;
      if (!table.allowed(m, to)) {
        possible = false;
        break;
      }
      shift += from === a ? 1 : -1;
      for (const person of problem.meetings[m]!.people) {
        const other = table.meetingAt(person, to);
        if (other === -1 || inChain[other] === stamp) continue;
        inChain[other] = stamp;
        chain.push(other);
      }
      if (chain.length > longestChain) possible = false;
    }
    if (!possible) continue;
    if (shift > 0 && table.load[b]! + shift > problem.tables[b]!) continue;
    if (shift < 0 && table.load[a]! - shift > problem.tables[a]!) continue;
    let delta = 0;
    const dayA = problem.dayOf[a]!;
    const dayB = problem.dayOf[b]!;
    const bitA = 1 << bitOf[a]!;
    const bitB = 1 << bitOf[b]!;
    for (const m of chain)
      for (const person of problem.meetings[m]!.people) {
        if (touched[person] === stamp) continue;
        touched[person] = stamp;
        const maskA = busy[person * days + dayA]!;
        const maskB = busy[person * days + dayB]!;
        if (((maskA & bitA) !== 0) === ((maskB & bitB) !== 0)) continue;
        if (dayA === dayB) delta += gapsOfMask(maskA ^ bitA ^ bitB) - gapsOfMask(maskA);
        else delta += gapsOfMask(maskA ^ bitA) - gapsOfMask(maskA) + gapsOfMask(maskB ^ bitB) - gapsOfMask(maskB);
      }
    const later = shift * (b - a);
    const cost = early ? later + slotsPerGap * delta : delta;
    if (cost > 0 && random.next() >= Math.exp(-cost / temperature)) continue;
    swap(table, chain, a, b);
    gaps += delta;
    late += later;
    if (early ? gaps <= options.target && late < leastLate : gaps < best) {
      best = gaps;
      leastLate = late;
      bestSlots = table.toSlots();
      options.onBetter?.(bestSlots, best);
    }
  }
  if (early || gaps > best) {
    for (const m of movable) table.remove(m);
    for (const m of movable) table.place(m, bestSlots[m]!);
  }
  return { gaps: best, steps: step };
}

function swap(table: Timetable, chain: readonly number[], a: number, b: number): void {
  const targets = chain.map((m) => (table.slotOf[m] === a ? b : a));
  for (const m of chain) table.remove(m);
  for (const [i, m] of chain.entries()) table.place(m, targets[i]!);
}
