import fc from 'fast-check';
import { afterAll, expect, test } from '@jest/globals';
import { openThreadSolver } from '../../src/adapters/solver/thread-solver.ts';
import { faultsIn, type ScheduleProblem } from '../../src/domain/schedule/problem.ts';
import { scoreOf } from '../../src/domain/schedule/score.ts';

const solver = openThreadSolver();
afterAll(() => solver.close());

const event = (
  people: number,
  slots: number,
  tables: number,
  pairs: (readonly [number, number])[],
): ScheduleProblem => ({
  people,
  dayOf: Array.from({ length: slots }, () => 0),
  tables: Array.from({ length: slots }, () => tables),
  maxMeetings: Array.from({ length: people }, () => slots),
  meetings: pairs.map((pair) => ({ people: pair, slots: [...Array(slots).keys()], tier: 1, value: 0 })),
});

/** The fewest gaps with every meeting held, by trying everything. */
function fewestGaps(problem: ScheduleProblem, m = 0, slots: number[] = []): number {
  if (m === problem.meetings.length)
    return faultsIn(problem, slots).length === 0 ? scoreOf(problem, slots).gaps : Infinity;
  let best = Infinity;
  for (const slot of problem.meetings[m]!.slots) {
    slots[m] = slot;
    best = Math.min(best, fewestGaps(problem, m + 1, slots));
  }
  slots.length = m;
  return best;
}

test('what it calls proven is the optimum, for one day and for two', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(4)), {
        minLength: 2,
        maxLength: 5,
        selector: ([a, b]) => `${Math.min(a, b)}:${Math.max(a, b)}`,
      }),
      fc.array(fc.subarray([0, 1, 2, 3], { minLength: 2 }), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 2 }),
      fc.boolean(),
      async (pairs, allowed, tables, twoDays) => {
        const real = pairs.filter(([a, b]) => a !== b);
        const plain = event(5, 4, tables, real);
        const problem = {
          ...plain,
          dayOf: twoDays ? [0, 0, 0, 1] : plain.dayOf,
          meetings: plain.meetings.map((meeting, m) => ({ ...meeting, slots: allowed[m]! })),
        };
        const result = await solver.solve({ problem, seed: 1, steps: 20_000 });
        expect(faultsIn(problem, result.slots)).toEqual([]);
        const fewest = fewestGaps(problem);
        if (Number.isFinite(fewest)) {
          expect(result.score).toMatchObject({ unmet: [0, 0, 0], gaps: fewest });
          expect(result.provenOptimal).toBe(true);
        }
      },
    ),
    { numRuns: 25 },
  );
});

const pairs = Array.from({ length: 40 }, (_, i) => [i % 8, 8 + ((i * 7 + Math.floor(i / 8)) % 9)] as const);

test('the same seed and steps give the same programme', async () => {
  const request = { problem: event(17, 7, 6, pairs), seed: 3, steps: 60_000 };
  const [first, second] = [await solver.solve(request), await solver.solve(request)];
  expect(second.slots).toEqual(first.slots);
  expect(second.bounds).toEqual(first.bounds);
});

test('told to stop, it answers with the best so far', async () => {
  const stop = new AbortController();
  const result = await solver.solve(
    { problem: event(17, 7, 6, pairs), seed: 1, seconds: 50 },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );
  expect(faultsIn(event(17, 7, 6, pairs), result.slots)).toEqual([]);
  expect(result.slots.some((slot) => slot !== -1)).toBe(true);
});

test('a lock is kept', async () => {
  const plain = event(3, 3, 1, [
    [0, 1],
    [1, 2],
    [0, 2],
  ]);
  const problem = {
    ...plain,
    meetings: [{ ...plain.meetings[0]!, slots: [1], tier: 0 as const }, ...plain.meetings.slice(1)],
  };
  const result = await solver.solve({ problem, seed: 1, steps: 5_000 });
  expect(result.slots[0]).toBe(1);
  expect(result.score.unmet).toEqual([0, 0, 0]);
});
