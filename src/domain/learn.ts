/**
 * Learns a small linear model over named features from graded pairs. Listwise: within each query the model's softmax is
 * drawn towards the gains of the grades, so that what stands first matters most. Ridge keeps weights small, and each sign
 * is bound to what its feature means, so that a few queries can never teach that a good sign is a bad one.
 */
import { gain, queryFigures } from './evaluate.ts';
import { seeded, shuffled } from './seeded.ts';

/** What a feature may do to the score: only lift it (1), only lower it (-1), or either (0). */
export type Sign = 1 | -1 | 0;

export interface LearnRow {
  candidateId: string;
  /** 0-3; undefined where nobody has judged the pair: counts as unfit. */
  grade: number | undefined;
  /** In the order of the feature names. */
  values: readonly number[];
}

/** Every open candidate of one query. */
export interface LearnQuery {
  queryId: string;
  rows: readonly LearnRow[];
}

export interface LearnSettings {
  signs: readonly Sign[];
  /** Strength of the ridge on weights per standard deviation of their feature; larger is flatter. */
  ridge: number;
}

export interface LinearModel {
  bias: number;
  /** Per unit of each feature. */
  weights: number[];
}

const rounds = 150;

/** Standard deviation of each feature within its query, averaged: what a weight can move. */
function spreads(queries: readonly LearnQuery[], width: number): number[] {
  const total = new Array<number>(width).fill(0);
  for (const { rows } of queries)
    for (let f = 0; f < width; f++) {
      let sum = 0;
      let squares = 0;
      for (const row of rows) {
        sum += row.values[f]!;
        squares += row.values[f]! ** 2;
      }
      total[f]! += Math.max(0, squares / rows.length - (sum / rows.length) ** 2);
    }
  return total.map((sum) => Math.sqrt(sum / queries.length));
}

/** Weights without calibration; a feature that never varies gets 0. Convex, so the result does not depend on the start. */
export function fitWeights(queries: readonly LearnQuery[], { signs, ridge }: LearnSettings): number[] {
  const width = signs.length;
  const usable = queries.filter(({ rows }) => rows.some((row) => (row.grade ?? 0) > 0));
  // Nothing to tell good from bad by: nothing is learned.
  if (!usable.length) return new Array<number>(width).fill(0);
  const scale = spreads(usable, width);
  const tables = usable.map(({ rows }) => {
    const gains = rows.map((row) => gain(row.grade ?? 0));
    const all = gains.reduce((sum, one) => sum + one, 0);
    const x = new Float64Array(rows.length * width);
    rows.forEach((row, r) => {
      for (let f = 0; f < width; f++) x[r * width + f] = scale[f]! < 1e-9 ? 0 : row.values[f]! / scale[f]!;
    });
    return { x, size: rows.length, target: gains.map((one) => one / all) };
  });
  const bound = (weight: number, f: number) =>
    signs[f] === 1 ? Math.max(0, weight) : signs[f] === -1 ? Math.min(0, weight) : weight;

  const gradientAt = (weights: Float64Array): Float64Array => {
    const gradient = weights.map((weight) => 2 * ridge * weight);
    for (const { x, size, target } of tables) {
      const scores = new Float64Array(size);
      let top = -Infinity;
      for (let r = 0; r < size; r++) {
        let sum = 0;
        for (let f = 0; f < width; f++) sum += weights[f]! * x[r * width + f]!;
        scores[r] = sum;
        top = Math.max(top, sum);
      }
      let mass = 0;
      for (let r = 0; r < size; r++) mass += scores[r] = Math.exp(scores[r]! - top);
      for (let r = 0; r < size; r++) {
        const pull = (scores[r]! / mass - target[r]!) / tables.length;
        for (let f = 0; f < width; f++) gradient[f]! += pull * x[r * width + f]!;
      }
    }
    return gradient;
  };

  // Accelerated projected gradient (FISTA); the step follows from the largest curvature a softmax over these features has.
  const step = 1 / (2 * ridge + width);
  let weights = new Float64Array(width);
  let ahead = weights;
  let momentum = 1;
  for (let round = 0; round < rounds; round++) {
    const gradient = gradientAt(ahead);
    const next = ahead.map((weight, f) => bound(weight - step * gradient[f]!, f));
    const grown = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const before = weights;
    ahead = next.map((weight, f) => weight + ((momentum - 1) / grown) * (weight - before[f]!));
    weights = next;
    momentum = grown;
  }
  return [...weights].map((weight, f) => (scale[f]! < 1e-9 ? 0 : weight / scale[f]!));
}

const dot = (weights: readonly number[], values: readonly number[]): number =>
  weights.reduce((sum, weight, f) => sum + weight * values[f]!, 0);

/** Stretches and shifts the weights so that the logistic of the sum is the share of good matches (grade 2-3). */
export function calibrate(queries: readonly LearnQuery[], weights: readonly number[]): LinearModel {
  const points = queries.flatMap(({ rows }) =>
    rows.map((row) => ({ z: dot(weights, row.values), good: (row.grade ?? 0) >= 2 ? 1 : 0 })),
  );
  let slope = 1;
  let bias = 0;
  // Newton's method on two parameters; the small ridge keeps it finite where the classes are apart.
  for (let round = 0; round < 50; round++) {
    let g0 = 0;
    let g1 = 1e-3 * (slope - 1);
    let h00 = 1e-6;
    let h01 = 0;
    let h11 = 1e-3;
    for (const { z, good } of points) {
      const p = 1 / (1 + Math.exp(-(bias + slope * z)));
      const w = p * (1 - p);
      g0 += p - good;
      g1 += (p - good) * z;
      h00 += w;
      h01 += w * z;
      h11 += w * z * z;
    }
    const det = h00 * h11 - h01 * h01;
    const clip = (delta: number) => Math.max(-1, Math.min(1, delta));
    bias -= clip((h11 * g0 - h01 * g1) / det);
    slope = Math.max(0.05, slope - clip((h00 * g1 - h01 * g0) / det));
  }
  return { bias, weights: weights.map((weight) => weight * slope) };
}

const rankingBy = (query: LearnQuery, weights: readonly number[]): string[] =>
  query.rows
    .map((row) => ({ id: row.candidateId, score: dot(weights, row.values) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);

const gradesOf = (query: LearnQuery): Map<string, number> =>
  new Map(query.rows.flatMap((row) => (row.grade === undefined ? [] : [[row.candidateId, row.grade] as const])));

/** nDCG@10 of each query under given weights. `grades` may hold more than the open candidates, such as gated ones. */
export const ndcgBy = (
  queries: readonly LearnQuery[],
  weights: readonly number[],
  grades: (query: LearnQuery) => ReadonlyMap<string, number> = gradesOf,
): number[] => queries.map((query) => queryFigures(query.queryId, rankingBy(query, weights), grades(query)).ndcg);

/**
 * nDCG@10 of each query under weights that were learned without it: the mean over `repeats` shuffles into `folds`.
 * Queries are never split. Deterministic.
 */
export function crossValidated(
  queries: readonly LearnQuery[],
  settings: LearnSettings,
  {
    folds,
    repeats,
    grades = gradesOf,
  }: {
    folds: number;
    repeats: number;
    grades?: (query: LearnQuery) => ReadonlyMap<string, number>;
  },
): number[] {
  const sums = new Map(queries.map((query) => [query, 0]));
  const next = seeded();
  for (let repeat = 0; repeat < repeats; repeat++) {
    const order = shuffled(queries, next);
    for (let fold = 0; fold < folds; fold++) {
      const held = order.filter((_query, i) => i % folds === fold);
      const rest = order.filter((_query, i) => i % folds !== fold);
      if (held.length === 0 || rest.length === 0) continue;
      const weights = fitWeights(rest, settings);
      ndcgBy(held, weights, grades).forEach((ndcg, i) => sums.set(held[i]!, sums.get(held[i]!)! + ndcg));
    }
  }
  return queries.map((query) => sums.get(query)! / repeats);
}
