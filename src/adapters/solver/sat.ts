/** The SAT solver (CaDiCaL as WebAssembly) on an encoded programme. */
import { Cadical, createModule } from 'cadical-wasm';
import type { ScheduleProblem } from '../../domain/schedule/problem.ts';
import { encode, type Encoding } from './encoding.ts';

export interface GapSolver {
  /**
   * A programme with at most `gaps` gaps, `none` when there is none, `unknown` when the limits ended it. `fixed`: slot of
   * each meeting that shall stay, -1 for free ones.
   */
  within(gaps: number, conflicts: number, fixed?: ArrayLike<number>): 'none' | 'unknown' | number[];
  /** Looks near this programme first. */
  prefer(slots: readonly number[]): void;
}

export async function createGapSolver(
  problem: ScheduleProblem,
  held: readonly number[],
  options: { mostGaps: number; seed: number; stop: () => boolean },
): Promise<GapSolver> {
  const encoding = encode(problem, held, options.mostGaps);
  const solver = new Cadical(await createModule(), { quiet: true, seed: options.seed });
  let clause: number[] = [];
  for (const literal of encoding.cnf.clauses)
    if (literal === 0) {
      solver.addClause(clause);
      clause = [];
    } else clause.push(literal);
  solver.setTerminate(options.stop);
  return {
    within(gaps, conflicts, fixed) {
      const assumptions: number[] = [];
      const above = encoding.gapsAbove[gaps];
      if (above !== undefined) assumptions.push(-above);
      if (fixed !== undefined)
        for (const m of held) if (fixed[m]! !== -1) assumptions.push(encoding.literal(m, fixed[m]!)!);
      const status = solver.solve(Number.isFinite(conflicts) ? { assumptions, conflicts } : { assumptions });
      if (status === 'unsatisfiable') return 'none';
      return status === 'satisfiable' ? slotsOf(problem, held, encoding, solver) : 'unknown';
    },
    prefer(slots) {
      for (const m of held)
        for (const s of problem.meetings[m]!.slots) {
          const literal = encoding.literal(m, s)!;
          solver.phase(slots[m] === s ? literal : -literal);
        }
    },
  };
}

function slotsOf(problem: ScheduleProblem, held: readonly number[], encoding: Encoding, solver: Cadical): number[] {
  const slots = problem.meetings.map(() => -1);
  for (const m of held) slots[m] = problem.meetings[m]!.slots.find((s) => solver.value(encoding.literal(m, s)!)) ?? -1;
  return slots;
}
