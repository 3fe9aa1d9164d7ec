/** From nothing to a good programme: fill, smooth, then solve ever other parts of it exactly (large neighbourhood search). */
import { forcedGaps } from '../../domain/schedule/bound.ts';
import { fill } from '../../domain/schedule/fill.ts';
import type { ScheduleProblem } from '../../domain/schedule/problem.ts';
import { randomFrom, type Random } from '../../domain/schedule/random.ts';
import { gapsIn, scoreOf } from '../../domain/schedule/score.ts';
import { smooth } from '../../domain/schedule/smooth.ts';
import { createTimetable } from '../../domain/schedule/timetable.ts';
import { createGapSolver } from './sat.ts';

export interface ImproveOptions {
  seed: number;
  /** Budget of moves: fill and smooth use one a move, the exact solver `stepsPerCall` a part. */
  steps: number;
  start: readonly number[] | undefined;
  stop: () => boolean;
  /** The least gaps that anybody is known to be able to reach for the meetings held; asked again and again. */
  leastGaps: () => number;
  found(slots: number[], filled: boolean): void;
}

const fillShare = 0.3;
const fillLimit = 400_000;
const firstSmoothing = 4_000_000;
/** Beyond so many choices (meeting and slot) the exact solver needs too much memory. */
export const exactChoices = 60_000;
const stepsPerCall = 40_000;
const firstConflicts = 2_000;
/** Swaps that cost nothing, made between two parts: what cannot be solved from here may be from nearby. */
const wanderSteps = 30_000;
const wanderTemperature = 0.04;

export async function improve(problem: ScheduleProblem, options: ImproveOptions): Promise<number> {
  const { stop, found } = options;
  const random = randomFrom(options.seed);
  const table = createTimetable(problem, options.start);
  const tell = throttled((slots) => found(slots, false));
  let used = fill(table, random, Math.min(fillLimit, options.steps * fillShare), stop, tell);
  found(table.toSlots(), true);
  const held = table.toSlots().flatMap((s, m) => (s === -1 ? [] : [m]));
  const forced = forcedGaps(problem, held);
  const leastGaps = () => Math.max(forced, options.leastGaps());
  const choices = problem.meetings.reduce((sum, { slots }) => sum + slots.length, 0);
  const exact = choices <= exactChoices;
  let gaps: number;
  for (let round = 0; ; round++) {
    const budget = Math.min(firstSmoothing * 3 ** round, (options.steps - used) * (exact ? 0.3 : 1));
    const result = smooth(table, random, {
      steps: Math.floor(budget),
      target: leastGaps(),
      startTemperature: round === 0 ? 0.5 : 0.3,
      endTemperature: 0.12,
      stop,
      onBetter: throttled((slots) => found(slots, true)),
    });
    used += result.steps;
    gaps = result.gaps;
    found(table.toSlots(), true);
    // A large programme has no exact part: it smooths on to the end of its budget.
    if (exact || gaps <= leastGaps() || stop() || used >= options.steps || result.steps === 0) break;
  }
  if (!exact || gaps <= leastGaps() || stop()) return used;
  return (
    used + (await solveParts(problem, table.toSlots(), gaps, random, options.steps - used, { ...options, leastGaps }))
  );
}

/** A hundred better programmes a second are of use to nobody. */
function throttled(tell: (slots: number[]) => void): (slots: number[]) => void {
  let last = 0;
  return (slots) => {
    const now = Date.now();
    if (now - last < 1000) return;
    last = now;
    tell(slots);
  };
}

async function solveParts(
  problem: ScheduleProblem,
  start: number[],
  startGaps: number,
  random: Random,
  steps: number,
  { seed, stop, leastGaps, found }: ImproveOptions,
): Promise<number> {
  const held = start.flatMap((s, m) => (s === -1 ? [] : [m]));
  const solver = await createGapSolver(problem, held, { mostGaps: startGaps, seed, stop });
  const meetingsOf = Array.from({ length: problem.people }, () => [] as number[]);
  for (const m of held) for (const person of problem.meetings[m]!.people) meetingsOf[person]!.push(m);
  let slots = start;
  let gaps = startGaps;
  let share = 0.4;
  let conflicts = firstConflicts;
  let used = 0;
  solver.prefer(slots);
  while (gaps > leastGaps() && used < steps && !stop()) {
    used += stepsPerCall;
    const free =
      random.next() < 0.5
        ? freeWindow(problem, slots, held, share, random)
        : freePeople(problem, slots, meetingsOf, held.length * share, random);
    const fixed = slots.map((s, m) => (free.has(m) ? -1 : s));
    const answer = solver.within(gaps - 1, conflicts, fixed);
    if (typeof answer === 'string' && !stop()) {
      const table = createTimetable(problem, slots);
      const walked = smooth(table, random, {
        steps: wanderSteps,
        target: leastGaps(),
        startTemperature: wanderTemperature,
        endTemperature: wanderTemperature,
        stop,
      });
      used += walked.steps;
      slots = table.toSlots();
      if (walked.gaps < gaps) {
        gaps = walked.gaps;
        found(slots, true);
      }
      solver.prefer(slots);
    }
    if (answer === 'none') share = Math.min(0.95, share * 1.02);
    else if (answer === 'unknown') {
      share = Math.max(0.2, share * 0.98);
      conflicts = Math.min(20_000, conflicts * 1.01);
    } else {
      slots = answer;
      gaps = scoreOf(problem, slots).gaps;
      solver.prefer(slots);
      found(slots, true);
    }
  }
  return used;
}

/** The meetings of a stretch of slots. */
function freeWindow(
  problem: ScheduleProblem,
  slots: readonly number[],
  held: readonly number[],
  share: number,
  random: Random,
): Set<number> {
  const width = Math.max(2, Math.ceil(problem.dayOf.length * share));
  const first = random.below(Math.max(1, problem.dayOf.length - width + 1));
  return new Set(held.filter((m) => slots[m]! >= first && slots[m]! < first + width));
}

/** The meetings of somebody with a gap, of those they meet, and so on, until there are enough. */
function freePeople(
  problem: ScheduleProblem,
  slots: readonly number[],
  meetingsOf: readonly number[][],
  enough: number,
  random: Random,
): Set<number> {
  const gappy = meetingsOf.flatMap((mine, person) =>
    gapsIn(
      mine.map((m) => slots[m]!),
      problem.dayOf,
    ) > 0
      ? [person]
      : [],
  );
  const waiting = [gappy[random.below(gappy.length)]!];
  const seen = new Set(waiting);
  const free = new Set<number>();
  while (free.size < enough && waiting.length > 0) {
    const person = waiting.splice(random.below(waiting.length), 1)[0]!;
    for (const m of meetingsOf[person]!) {
      free.add(m);
      for (const other of problem.meetings[m]!.people)
        if (!seen.has(other)) {
          seen.add(other);
          waiting.push(other);
        }
    }
  }
  return free;
}
