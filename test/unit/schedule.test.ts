import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { forcedGaps, leastUnmet, mostValue } from '../../src/domain/schedule/bound.ts';
import { fill, weightsOf } from '../../src/domain/schedule/fill.ts';
import { faultsIn, type ScheduleProblem, type Tier } from '../../src/domain/schedule/problem.ts';
import { randomFrom } from '../../src/domain/schedule/random.ts';
import { gapsIn, scoreOf } from '../../src/domain/schedule/score.ts';
import { smooth } from '../../src/domain/schedule/smooth.ts';
import { createTimetable, gapsOfMask } from '../../src/domain/schedule/timetable.ts';

/** Small events of one or two days in which hardly anything fits. */
const problems: fc.Arbitrary<ScheduleProblem> = fc
  .record({
    people: fc.integer({ min: 2, max: 8 }),
    perDay: fc.integer({ min: 1, max: 5 }),
    days: fc.integer({ min: 1, max: 2 }),
  })
  .chain(({ people, perDay, days }) => {
    const slots = Array.from({ length: perDay * days }, (_, s) => s);
    return fc.record({
      people: fc.constant(people),
      dayOf: fc.constant(slots.map((s) => Math.floor(s / perDay))),
      tables: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: slots.length, maxLength: slots.length }),
      maxMeetings: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: people, maxLength: people }),
      meetings: fc.array(
        fc.record({
          people: fc.shuffledSubarray([...Array(people).keys()], { minLength: 2, maxLength: Math.min(3, people) }),
          slots: fc.subarray(slots),
          tier: fc.constantFrom<Tier>(1, 2, 3, 4),
          value: fc.integer({ min: 0, max: 200 }),
        }),
        { maxLength: 14 },
      ),
    });
  });

const search = (problem: ScheduleProblem, seed: number, steps: number) => {
  const table = createTimetable(problem);
  const random = randomFrom(seed);
  fill(table, random, steps, () => false);
  const filled = table.toSlots();
  smooth(table, random, { steps, target: 0, startTemperature: 1, endTemperature: 0.1, stop: () => false });
  return { filled, slots: table.toSlots(), table };
};

/** Every assignment, where there are few enough. */
function* everyProgramme(problem: ScheduleProblem, m = 0, slots: number[] = []): Generator<number[]> {
  if (m === problem.meetings.length) {
    if (faultsIn(problem, slots).length === 0) yield [...slots];
    return;
  }
  for (const slot of [-1, ...problem.meetings[m]!.slots]) {
    slots[m] = slot;
    yield* everyProgramme(problem, m + 1, slots);
  }
}

test('whatever the event, no person or table is booked twice, no cap is passed and no forbidden slot is taken', () => {
  fc.assert(
    fc.property(problems, fc.nat(1000), (problem, seed) => {
      const { filled, slots } = search(problem, seed, 300);
      expect(faultsIn(problem, filled)).toEqual([]);
      expect(faultsIn(problem, slots)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('smoothing drops no meeting and never adds a gap', () => {
  fc.assert(
    fc.property(problems, fc.nat(1000), (problem, seed) => {
      const { filled, slots } = search(problem, seed, 200);
      expect(slots.map((slot) => slot === -1)).toEqual(filled.map((slot) => slot === -1));
      expect(scoreOf(problem, slots).gaps).toBeLessThanOrEqual(scoreOf(problem, filled).gaps);
    }),
    { numRuns: 200 },
  );
});

test('the running tables agree with a count from scratch', () => {
  fc.assert(
    fc.property(problems, fc.nat(1000), (problem, seed) => {
      const { slots, table } = search(problem, seed, 100);
      const gaps = [...table.busy].reduce((sum, mask) => sum + gapsOfMask(mask), 0);
      expect(gaps).toBe(scoreOf(problem, slots).gaps);
      expect([...table.load].reduce((a, b) => a + b, 0)).toBe(slots.filter((slot) => slot !== -1).length);
    }),
    { numRuns: 100 },
  );
});

test('no programme of a small event beats the bounds', () => {
  fc.assert(
    fc.property(problems, (problem) => {
      fc.pre(problem.meetings.reduce((n, { slots }) => n * (slots.length + 1), 1) <= 4000);
      const least = leastUnmet(problem);
      const most = mostValue(problem);
      for (const slots of everyProgramme(problem)) {
        const { unmet, value, gaps } = scoreOf(problem, slots);
        expect(value).toBeLessThanOrEqual(most);
        expect(unmet[0]).toBeGreaterThanOrEqual(least[0]);
        if (unmet[0] === least[0]) expect(unmet[1]).toBeGreaterThanOrEqual(least[1]);
        const held = slots.flatMap((slot, m) => (slot === -1 ? [] : [m]));
        expect(gaps).toBeGreaterThanOrEqual(forcedGaps(problem, held));
      }
    }),
    { numRuns: 60 },
  );
});

test('a night is no gap, a run of idle slots is one', () => {
  expect(gapsIn([0, 1, 2], [0, 0, 0])).toBe(0);
  expect(gapsIn([4, 0], [0, 0, 0, 0, 0])).toBe(1);
  expect(gapsIn([0, 3], [0, 0, 1, 1])).toBe(0);
});

test('a checker that is worth its name sees each kind of fault', () => {
  const meeting = { people: [0, 1], slots: [0], tier: 1 as Tier, value: 1 };
  const problem = { people: 2, dayOf: [0, 0], tables: [1, 1], maxMeetings: [1, 1], meetings: [meeting, meeting] };
  expect(faultsIn(problem, [0, -1])).toEqual([]);
  const faults = faultsIn(problem, [0, 0]).join('\n');
  expect(faults).toMatch(/booked twice/);
  expect(faults).toMatch(/tables/);
  expect(faults).toMatch(/over the cap/);
  expect(faultsIn(problem, [1, -1])).toEqual(['Meeting 0 may not take slot 1.']);
});

test('no number of points outweighs one more request, and no number of lesser requests a greater one', () => {
  fc.assert(
    fc.property(problems, ({ meetings, ...rest }) => {
      const weights = weightsOf({ ...rest, meetings });
      for (const tier of [1, 2, 3] as const) {
        const lesser = meetings.reduce((sum, one, m) => sum + (one.tier > tier ? weights[m]! : 0), 0);
        const points = meetings.reduce((sum, { value }) => sum + value, 0);
        const lightest = Math.min(
          ...meetings.map((one, m) => (one.tier === tier ? weights[m]! - one.value : Infinity)),
        );
        expect(lightest).toBeGreaterThan(points);
        if (tier < 3 && Number.isFinite(lightest)) expect(lightest).toBeGreaterThan(lesser - meetings.length);
      }
    }),
    { numRuns: 100 },
  );
});

test('sought earlier, a programme keeps its meetings, gets no gap more and is never later', () => {
  fc.assert(
    fc.property(problems, fc.nat(99), (problem, seed) => {
      const { slots, table } = search(problem, seed, 300);
      const before = scoreOf(problem, slots);
      smooth(table, randomFrom(seed), {
        steps: 500,
        target: before.gaps,
        startTemperature: 3,
        endTemperature: 0.1,
        stop: () => false,
        early: true,
      });
      const earlier = table.toSlots();
      expect(faultsIn(problem, earlier)).toEqual([]);
      expect(earlier.map((slot) => slot === -1)).toEqual(slots.map((slot) => slot === -1));
      expect(scoreOf(problem, earlier).gaps).toBeLessThanOrEqual(before.gaps);
      const sum = (all: number[]) => all.reduce((total, slot) => total + slot, 0);
      expect(sum(earlier)).toBeLessThanOrEqual(sum(slots));
    }),
    { numRuns: 100 },
  );
});
