/**
 * The programme as a satisfiability problem: every meeting given takes one of its slots, and a counter over all gaps can
 * be held below any number by one assumption. What is asked of each person is counted twice over (slot by slot and in
 * all), because such implied constraints are what makes the proofs short (Bofill et al., JAIR 2022).
 */
import type { ScheduleProblem } from '../../domain/schedule/problem.ts';
import { createCnf, type Cnf } from './cnf.ts';

export interface Encoding {
  cnf: Cnf;
  /** Literal of (meeting, slot); undefined where the meeting may not take it or is not among those given. */
  literal(meeting: number, slot: number): number | undefined;
  /** gapsAbove[k] holds whenever there are more than k gaps. */
  gapsAbove: number[];
}

/** A literal, or what is known from the start. */
type Known = number | boolean;

/** `held`: the meetings that are to be held, all of them. `mostGaps`: the largest number that will be asked about. */
export function encode(problem: ScheduleProblem, held: readonly number[], mostGaps: number): Encoding {
  const cnf = createCnf();
  const slotCount = problem.dayOf.length;
  const x = new Map<number, number>();
  const key = (m: number, s: number) => m * slotCount + s;
  for (const m of held) {
    const mine = problem.meetings[m]!.slots.map((s) => {
      const v = cnf.fresh();
      x.set(key(m, s), v);
      return v;
    });
    cnf.add(...mine);
    cnf.atMostOne(mine);
  }
  const meetingsOf = Array.from({ length: problem.people }, () => [] as number[]);
  for (const m of held) for (const person of problem.meetings[m]!.people) meetingsOf[person]!.push(m);

  const busy = meetingsOf.map((mine) =>
    problem.dayOf.map((_day, s) => {
      const here = mine.flatMap((m) => x.get(key(m, s)) ?? []);
      return busyLiteral(cnf, here);
    }),
  );
  const gaps = meetingsOf.flatMap((mine, person) =>
    mine.length < 2 ? [] : gapLiterals(cnf, problem.dayOf, busy[person]!, mine.length),
  );
  tableLimits(cnf, problem, held, meetingsOf, busy, (m, s) => x.get(key(m, s)));
  const gapsAbove = gaps.length === 0 ? [] : cnf.counter(gaps, mostGaps + 1);
  return { cnf, literal: (m, s) => x.get(key(m, s)), gapsAbove };
}

function busyLiteral(cnf: Cnf, here: number[]): number | undefined {
  if (here.length <= 1) return here[0];
  const busy = cnf.fresh();
  cnf.atMostOne(here);
  for (const one of here) cnf.add(-one, busy);
  cnf.add(-busy, ...here);
  return busy;
}

/** Adds a clause unless one literal is known to hold. */
function addKnown(cnf: Cnf, ...literals: Known[]): void {
  if (literals.includes(true)) return;
  cnf.add(...literals.filter((one) => typeof one === 'number'));
}
const not = (known: Known): Known => (typeof known === 'boolean' ? !known : -known);

/** One literal per place where a gap of this person may begin: busy, then idle, and not yet done for the day. */
function gapLiterals(
  cnf: Cnf,
  dayOf: readonly number[],
  busy: readonly (number | undefined)[],
  meetings: number,
): number[] {
  const doneBy = dayOf.at(-1) === 0 ? doneByCount(cnf, busy, meetings) : doneByDay(cnf, dayOf, busy);
  const gaps: number[] = [];
  for (let s = 1; s < busy.length - 1; s++) {
    const before = busy[s - 1];
    const done = doneBy[s - 1]!;
    if (before === undefined || done === true || dayOf[s] !== dayOf[s - 1]) continue;
    const gap = cnf.fresh();
    addKnown(cnf, -before, busy[s] ?? false, done, gap);
    gaps.push(gap);
  }
  return gaps;
}

/** After each slot: whether all meetings of the person have been held. Counts them, exactly. */
function doneByCount(cnf: Cnf, busy: readonly (number | undefined)[], meetings: number): Known[] {
  const free = busy.map((one) => (one === undefined ? 0 : 1));
  let left = free.reduce<number>((sum, one) => sum + one, 0);
  let count: Known[] = Array.from({ length: meetings + 1 }, (_, j) => j === 0);
  const done: Known[] = [];
  for (const here of busy) {
    if (here !== undefined) left--;
    const now: Known[] = [true];
    const uses: Known = here ?? false;
    for (let j = 1; j <= meetings; j++) {
      const same = count[j]!;
      const less = count[j - 1]!;
      const value: Known =
        meetings - left >= j || same === true
          ? true
          : same === false && (less === false || uses === false)
            ? false
            : cnf.fresh();
      now.push(value);
      addKnown(cnf, not(same), value);
      addKnown(cnf, not(less), not(uses), value);
      addKnown(cnf, not(value), same, less);
      addKnown(cnf, not(value), same, uses);
    }
    addKnown(cnf, not(count[meetings]!), not(uses));
    for (let j = 2; j <= meetings; j++) addKnown(cnf, not(now[j]!), now[j - 1]!);
    done.push(now[meetings]!);
    count = now;
  }
  return done;
}

/** After each slot: whether nothing more comes on the same day. */
function doneByDay(cnf: Cnf, dayOf: readonly number[], busy: readonly (number | undefined)[]): Known[] {
  const done: Known[] = busy.map(() => true);
  for (let s = busy.length - 2; s >= 0; s--) {
    if (dayOf[s] !== dayOf[s + 1]) continue;
    const next = busy[s + 1];
    const later = done[s + 1]!;
    if (next === undefined) {
      done[s] = later;
      continue;
    }
    const here = cnf.fresh();
    // Busy next, or not done after that: then not done here.
    cnf.add(-here, -next);
    addKnown(cnf, -here, later);
    addKnown(cnf, here, next, not(later));
    done[s] = here;
  }
  return done;
}

/**
 * No slot holds more meetings than tables. People of whom no two meet each other stand for all their meetings, which
 * makes the counters a few times smaller than counting meetings.
 */
function tableLimits(
  cnf: Cnf,
  problem: ScheduleProblem,
  held: readonly number[],
  meetingsOf: readonly number[][],
  busy: readonly (readonly (number | undefined)[])[],
  literal: (meeting: number, slot: number) => number | undefined,
): void {
  for (const [s, tables] of problem.tables.entries()) {
    const left = new Set(held.filter((m) => literal(m, s) !== undefined));
    const present = busy.filter((mine) => mine[s] !== undefined).length;
    if (Math.min(Math.floor(present / 2), left.size) <= tables) continue;
    const counted: number[] = [];
    const met = new Set<number>();
    for (;;) {
      let most = 1;
      let chosen = -1;
      for (const [person, mine] of meetingsOf.entries()) {
        if (met.has(person)) continue;
        const n = mine.filter((m) => left.has(m)).length;
        if (n > most) [most, chosen] = [n, person];
      }
      if (chosen === -1) break;
      counted.push(busy[chosen]![s]!);
      for (const m of meetingsOf[chosen]!) {
        if (literal(m, s) !== undefined) for (const other of problem.meetings[m]!.people) met.add(other);
        left.delete(m);
      }
    }
    for (const m of left) counted.push(literal(m, s)!);
    cnf.atMost(counted, tables);
  }
}
