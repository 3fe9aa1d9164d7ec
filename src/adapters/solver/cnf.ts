/** Clauses under construction, with the few counting constraints that a programme needs. */

export interface Cnf {
  /** Flat: literals, each clause ended by 0. */
  readonly clauses: number[];
  readonly variables: number;
  fresh(): number;
  add(...literals: number[]): void;
  atMostOne(literals: readonly number[]): void;
  /** At most `limit` of the literals (sequential counter). */
  atMost(literals: readonly number[], limit: number): void;
  /** Literals o with o[k] true whenever more than k of the inputs are (totaliser, first `upTo` outputs). */
  counter(literals: readonly number[], upTo: number): number[];
}

const pairwiseUpTo = 6;

export function createCnf(): Cnf {
  const clauses: number[] = [];
  let variables = 0;
  const fresh = () => ++variables;
  const add = (...literals: number[]) => void clauses.push(...literals, 0);

  const counter = (literals: readonly number[], upTo: number): number[] => {
    if (literals.length <= 1) return [...literals];
    const half = literals.length >> 1;
    const left = counter(literals.slice(0, half), upTo);
    const right = counter(literals.slice(half), upTo);
    const out = Array.from({ length: Math.min(left.length + right.length, upTo) }, fresh);
    for (let i = 0; i <= left.length; i++)
      for (let j = i === 0 ? 1 : 0; j <= right.length; j++) {
        const clause = [out[Math.min(i + j, out.length) - 1]!];
        if (i > 0) clause.push(-left[i - 1]!);
        if (j > 0) clause.push(-right[j - 1]!);
        add(...clause);
      }
    for (let i = 1; i < out.length; i++) add(-out[i]!, out[i - 1]!);
    return out;
  };

  return {
    clauses,
    get variables() {
      return variables;
    },
    fresh,
    add,
    counter,
    atMostOne(literals) {
      if (literals.length <= pairwiseUpTo) {
        for (const [i, a] of literals.entries()) for (const b of literals.slice(i + 1)) add(-a, -b);
        return;
      }
      let seen = fresh();
      add(-literals[0]!, seen);
      for (const literal of literals.slice(1, -1)) {
        const next = fresh();
        add(-literal, next);
        add(-seen, next);
        add(-seen, -literal);
        seen = next;
      }
      add(-seen, -literals.at(-1)!);
    },
    atMost(literals, limit) {
      if (literals.length <= limit) return;
      if (limit === 0) {
        for (const literal of literals) add(-literal);
        return;
      }
      let before: number[] = [];
      for (const literal of literals) {
        const now: number[] = [];
        for (let j = 0; j < limit && j <= before.length; j++) {
          const here = (now[j] = fresh());
          if (j === 0) add(-literal, here);
          else add(-before[j - 1]!, -literal, here);
          if (before[j] !== undefined) add(-before[j]!, here);
        }
        if (before.length === limit) add(-before[limit - 1]!, -literal);
        before = now;
      }
    },
  };
}
