/** Scores of different kinds brought to one scale over the candidates of one question. */

/** Standard deviations above the mean; all 0 when nothing differs. */
export function standardised(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  const deviation = Math.sqrt(variance);
  return deviation < 1e-12 ? new Float64Array(scores.length) : scores.map((score) => (score - mean) / deviation);
}

/** `ln(1 + z)` of the standardised score where it is above the mean, else 0: each doubling counts the same. */
export const lifted = (scores: Float64Array): Float64Array =>
  standardised(scores).map((score) => Math.log1p(Math.max(0, score)));

/** The largest; -Infinity of none. */
export function maximum(scores: Float64Array): number {
  let best = -Infinity;
  for (const score of scores) if (score > best) best = score;
  return best;
}

/** Divided by their sum; unchanged when that is 0. */
export function shares(scores: Float64Array): Float64Array {
  const sum = scores.reduce((total, score) => total + score, 0);
  return sum > 0 ? scores.map((score) => score / sum) : scores;
}
