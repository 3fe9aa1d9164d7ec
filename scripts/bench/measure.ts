/** Small tools of the benchmarks. */

export const seconds = async (work: () => unknown): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))]!;

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `0.93 (0.91 to 0.95)`: median and quartiles. */
export const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} (${quantile(values, 0.25).toFixed(2)} to ${quantile(values, 0.75).toFixed(2)})`;

export interface Figure {
  measure: string;
  figure: string;
  goal: string;
  detail: string;
}

/** The same numbers in [0, 1) for the same seed (a linear congruential generator; good enough to shuffle test data). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
