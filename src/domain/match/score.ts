import type { Part } from './feature-table.ts';
import type { WeightTable } from './weights.ts';

export interface Score {
  /** 0-1: the estimated chance that an adviser would call it a good match. */
  score: number;
  /** Share of what each part could give, 0-1; structure may go below 0 where facts speak against. */
  parts: Record<Part, number>;
}

export function scoreOf<F extends string>(features: Readonly<Record<F, number>>, table: WeightTable<F>): Score {
  let sum = table.bias;
  const got: Record<Part, number> = { forward: 0, back: 0, structure: 0 };
  const possible: Record<Part, number> = { forward: 0, back: 0, structure: 0 };
  for (const name of Object.keys(table.features) as F[]) {
    const { weight, part } = table.features[name];
    sum += weight * features[name];
    got[part] += weight * features[name];
    possible[part] += Math.max(0, weight);
  }
  const share = (part: Part) => (possible[part] === 0 ? 0 : Math.max(-1, Math.min(1, got[part] / possible[part])));
  return {
    score: 1 / (1 + Math.exp(-sum)),
    parts: { forward: share('forward'), back: share('back'), structure: share('structure') },
  };
}
