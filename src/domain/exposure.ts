/**
 * Who is suggested to whom when everybody's list is made at once: nobody more often than it has room for, and among
 * candidates that suit about equally well, those who have been shown least come first.
 */

export interface Wanted {
  subjectId: string;
  /** Best first, only those worth suggesting. */
  candidates: readonly { id: string; score: number }[];
}

export interface Suggestion {
  subjectId: string;
  candidateId: string;
  score: number;
}

export interface Plan {
  suggestions: Suggestion[];
  /** How often each wanted candidate is suggested. */
  shown: ReadonlyMap<string, number>;
  /** Width of the score bands within which exposure decided the order; 0 = score alone did. */
  band: number;
  gini: number;
}

export interface PlanSettings {
  /** Suggestions a subject gets at most. */
  perSubject: number;
  /** Suggestions a candidate appears in at most; undefined = no limit. */
  roomOf(candidateId: string): number | undefined;
}

/** The Gini among equally relevant candidates stays at or below this, or the widest band has been tried. */
export const giniBound = 0.35;
/** Scores that differ by less than this may change places for fairness; 0.1 is one step in "about equally good". */
const bands = [0, 0.02, 0.05, 0.1];

/** The plan with the narrowest band that keeps the bound; where none does, the fairest. Deterministic. */
export function planSuggestions(wanted: readonly Wanted[], settings: PlanSettings): Plan {
  let fairest: Plan | undefined;
  for (const band of bands) {
    const suggestions = distribute(wanted, settings, band);
    const shown = new Map(wanted.flatMap((list) => list.candidates.map(({ id }) => [id, 0])));
    for (const { candidateId } of suggestions) shown.set(candidateId, shown.get(candidateId)! + 1);
    const plan = { suggestions, shown, band, gini: giniAmongEquals(wanted, shown) };
    if (plan.gini <= giniBound) return plan;
    if (fairest === undefined || plan.gini < fairest.gini) fairest = plan;
  }
  return fairest!;
}

/** Band by band from the top; within one, the least shown candidates take their best open subject first. */
function distribute(wanted: readonly Wanted[], { perSubject, roomOf }: PlanSettings, band: number): Suggestion[] {
  const level = (score: number) => (band === 0 ? score : Math.floor(score / band));
  const levels = new Map<number, Suggestion[]>();
  for (const { subjectId, candidates } of wanted)
    for (const { id, score } of candidates) {
      const list = levels.get(level(score)) ?? [];
      levels.set(level(score), list);
      list.push({ subjectId, candidateId: id, score });
    }
  const taken: Suggestion[] = [];
  const shown = new Map<string, number>();
  const given = new Map<string, number>();
  const fits = ({ subjectId, candidateId }: Suggestion) =>
    (given.get(subjectId) ?? 0) < perSubject && (shown.get(candidateId) ?? 0) < (roomOf(candidateId) ?? Infinity);
  for (const [, pairs] of [...levels].sort(([a], [b]) => b - a)) {
    const queues = new Map<string, Suggestion[]>();
    for (const pair of pairs.sort((a, b) => b.score - a.score || (a.subjectId < b.subjectId ? -1 : 1)))
      queues.set(pair.candidateId, [...(queues.get(pair.candidateId) ?? []), pair]);
    while (queues.size > 0) {
      const order = [...queues.keys()].sort((a, b) => (shown.get(a) ?? 0) - (shown.get(b) ?? 0) || (a < b ? -1 : 1));
      for (const candidateId of order) {
        const queue = queues.get(candidateId)!;
        let pair = queue.shift();
        while (pair !== undefined && !fits(pair)) pair = queue.shift();
        if (queue.length === 0) queues.delete(candidateId);
        if (pair === undefined) continue;
        taken.push(pair);
        shown.set(candidateId, (shown.get(candidateId) ?? 0) + 1);
        given.set(pair.subjectId, (given.get(pair.subjectId) ?? 0) + 1);
      }
    }
  }
  return taken.sort((a, b) =>
    a.subjectId === b.subjectId
      ? b.score - a.score || (a.candidateId < b.candidateId ? -1 : 1)
      : a.subjectId < b.subjectId
        ? -1
        : 1,
  );
}

/** 0 = all the same, towards 1 = one has everything. */
export function gini(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (sum === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const weighted = sorted.reduce((total, value, i) => total + (i + 1) * value, 0);
  return (2 * weighted) / (sorted.length * sum) - (sorted.length + 1) / sorted.length;
}

const equalGroups = 5;

/**
 * Gini of how often candidates are shown, among those of about equal relevance: fifths by the sum of their scores, each
 * counted by the suggestions that fall into it.
 */
export function giniAmongEquals(wanted: readonly Wanted[], shown: ReadonlyMap<string, number>): number {
  const relevance = new Map<string, number>();
  for (const { candidates } of wanted)
    for (const { id, score } of candidates) relevance.set(id, (relevance.get(id) ?? 0) + score);
  const order = [...relevance].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id);
  const size = Math.ceil(order.length / equalGroups);
  let sum = 0;
  let suggestions = 0;
  for (let i = 0; i < order.length; i += size) {
    const counts = order.slice(i, i + size).map((id) => shown.get(id) ?? 0);
    const total = counts.reduce((all, count) => all + count, 0);
    sum += gini(counts) * total;
    suggestions += total;
  }
  return suggestions === 0 ? 0 : sum / suggestions;
}
