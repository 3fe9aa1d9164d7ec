/** From below: shows for 0, 1, 2 ... gaps that there is no such programme, until there is one: the best. */
import { forcedGaps } from '../../domain/schedule/bound.ts';
import type { ScheduleProblem } from '../../domain/schedule/problem.ts';
import { scoreOf } from '../../domain/schedule/score.ts';
import { exactChoices } from './improve.ts';
import { createGapSolver } from './sat.ts';

export interface ProveOptions {
  seed: number;
  /** Most conflicts of one question. Infinity: until told to stop. */
  conflicts: number;
  held: readonly number[];
  /** Gaps of the best programme known to anybody; a proof up to there is enough. */
  bestGaps: () => number;
  stop: () => boolean;
  bound(gaps: number): void;
  found(slots: number[]): void;
}

const mostGapsAsked = 24;

/** Returns the conflicts spent without an answer. */
export async function prove(problem: ScheduleProblem, options: ProveOptions): Promise<number> {
  const { held, bestGaps, bound, found } = options;
  let least = forcedGaps(problem, held);
  bound(least);
  const choices = held.reduce((sum, m) => sum + problem.meetings[m]!.slots.length, 0);
  if (choices > exactChoices || held.length === 0) return 0;
  const stop = () => options.stop() || least >= bestGaps();
  const solver = await createGapSolver(problem, held, { mostGaps: least + mostGapsAsked, seed: options.seed, stop });
  while (!stop() && least < bestGaps() && least < mostGapsAsked) {
    const answer = solver.within(least, options.conflicts);
    if (answer === 'unknown') return Number.isFinite(options.conflicts) ? options.conflicts : 0;
    if (answer === 'none') bound(++least);
    else {
      found(answer);
      if (scoreOf(problem, answer).gaps <= least) break;
    }
  }
  return 0;
}
