import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgmentsFrom } from '../../src/domain/feedback.ts';
import { calibrate, crossValidated, fitWeights, ndcgBy, type LearnQuery, type Sign } from '../../src/domain/learn.ts';
import { seeded } from '../../src/domain/seeded.ts';

/** Queries in which the first value tells the grade, the second is noise and the third tells the opposite. */
function queries(count: number): LearnQuery[] {
  const next = seeded();
  return Array.from({ length: count }, (_q, q) => ({
    queryId: `q${q}`,
    rows: Array.from({ length: 12 }, (_r, r) => {
      const grade = r % 4;
      return { candidateId: `c${r}`, grade, values: [grade / 3 + 0.1 * next(), next(), 1 - grade / 3 + 0.1 * next()] };
    }),
  }));
}
const free = { signs: [0, 0, 0] as Sign[], ridge: 0.1 };

describe('learning weights', () => {
  test('finds what tells the grade and ranks unseen queries by it', () => {
    const [useful, noise, opposite] = fitWeights(queries(20), free);
    expect(useful!).toBeGreaterThan(Math.abs(noise!) * 5);
    expect(opposite!).toBeLessThan(0);
    const held = crossValidated(queries(20), free, { folds: 5, repeats: 2 });
    expect(held).toHaveLength(20);
    expect(Math.min(...held)).toBeGreaterThan(0.95);
  });

  test('never gives a feature the sign that its meaning forbids', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.record({ grade: fc.nat(3), x: fc.double({ min: -1, max: 1, noNaN: true }) }), {
            minLength: 2,
            maxLength: 6,
          }),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        (lists) => {
          const asked = lists.map((rows, q) => ({
            queryId: `q${q}`,
            rows: rows.map(({ grade, x }, r) => ({ candidateId: `c${r}`, grade, values: [x, x] })),
          }));
          const [up, down] = fitWeights(asked, { signs: [1, -1], ridge: 0.1 });
          expect(up).toBeGreaterThanOrEqual(0);
          expect(down).toBeLessThanOrEqual(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('gives a feature that never varies no weight', () => {
    const constant = queries(5).map((query) => ({
      ...query,
      rows: query.rows.map((row) => ({ ...row, values: [row.values[0]!, 1, 0] })),
    }));
    expect(fitWeights(constant, free).slice(1)).toEqual([0, 0]);
  });

  test('learns nothing where nobody has found a match', () => {
    const unfit = queries(3).map((query) => ({ ...query, rows: query.rows.map((row) => ({ ...row, grade: 0 })) }));
    expect(fitWeights(unfit, free)).toEqual([0, 0, 0]);
    expect(fitWeights([], free)).toEqual([0, 0, 0]);
  });

  test('calibration keeps the order and makes the mean score the share of good matches', () => {
    const asked = queries(20);
    const weights = fitWeights(asked, free);
    const model = calibrate(asked, weights);
    expect(ndcgBy(asked, model.weights)).toEqual(ndcgBy(asked, weights));
    const scores = asked.flatMap(({ rows }) =>
      rows.map(
        ({ values }) =>
          1 / (1 + Math.exp(-(model.bias + model.weights.reduce((sum, w, i) => sum + w * values[i]!, 0)))),
      ),
    );
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeCloseTo(0.5, 1);
  });
});

test('feedback becomes one judgment a pair: the last word counts, and an outcome stays', () => {
  const pair = { task: 't', queryId: 'q' };
  const at = (day: number) => `2026-01-0${day}T00:00:00Z`;
  expect(
    judgmentsFrom([
      { ...pair, candidateId: 'a', event: 'decline', at: at(2) },
      { ...pair, candidateId: 'a', event: 'accept', at: at(1) },
      { ...pair, candidateId: 'b', event: 'outcome', at: at(1) },
      { ...pair, candidateId: 'b', event: 'decline', at: at(3) },
      { ...pair, candidateId: 'c', event: 'accept', at: at(1) },
      { ...pair, candidateId: 'c', event: 'no-outcome', at: at(2) },
    ]),
  ).toEqual([
    { ...pair, candidateId: 'a', grade: 0 },
    { ...pair, candidateId: 'b', grade: 3 },
    { ...pair, candidateId: 'c', grade: 2 },
  ]);
});
