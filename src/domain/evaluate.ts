/** Ranking quality against graded judgments. Pure arithmetic: rankings and grades in, figures out. */

import { seeded } from './seeded.ts';

export interface Judgment {
  task: string;
  queryId: string;
  candidateId: string;
  /** 0-3. */
  grade: number;
}

export interface QueryFigures {
  queryId: string;
  /** nDCG@10 with unjudged candidates as grade 0. */
  ndcg: number;
  /** nDCG@10 over the judged candidates alone, in the order they were ranked. */
  ndcgJudged: number;
  /** Share of the candidates of grade 2 or 3 among the first 20; undefined where there is none. */
  recall: number | undefined;
  unjudgedInTopTen: number;
}

/** What a grade is worth in nDCG: 0, 1, 3, 7. */
export const gain = (grade: number): number => 2 ** grade - 1;

const dcg = (grades: readonly number[]): number =>
  grades.slice(0, 10).reduce((sum, grade, i) => sum + gain(grade) / Math.log2(i + 2), 0);

/** Figures of one query. The ideal is over everything judged; a query without any positive grade scores 0. */
export function queryFigures(
  queryId: string,
  ranking: readonly string[],
  grades: ReadonlyMap<string, number>,
): QueryFigures {
  const ideal = dcg([...grades.values()].sort((a, b) => b - a));
  const share = (value: number) => (ideal === 0 ? 0 : value / ideal);
  const good = [...grades].filter(([, grade]) => grade >= 2).map(([id]) => id);
  const top20 = new Set(ranking.slice(0, 20));
  return {
    queryId,
    ndcg: share(dcg(ranking.map((id) => grades.get(id) ?? 0))),
    ndcgJudged: share(dcg(ranking.flatMap((id) => grades.get(id) ?? []))),
    recall: good.length === 0 ? undefined : good.filter((id) => top20.has(id)).length / good.length,
    unjudgedInTopTen: ranking.slice(0, 10).filter((id) => !grades.has(id)).length,
  };
}

export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** Mean with a 95 % percentile bootstrap interval (2,000 resamples, fixed seed). */
export function meanWithInterval(values: readonly number[]): Interval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const next = seeded();
  const means = Array.from({ length: 2000 }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(next() * values.length)]!;
    return sum / values.length;
  }).sort((a, b) => a - b);
  return { mean, low: means[50]!, high: means[1949]! };
}

export interface TaskFigures {
  task: string;
  queries: QueryFigures[];
  ndcg: Interval;
  ndcgJudged: Interval;
  recall: Interval;
}

/** Figures per task, tasks in the order they first occur among the judgments. */
export function evaluate(
  judgments: readonly Judgment[],
  rankingOf: (task: string, queryId: string) => readonly string[],
): TaskFigures[] {
  const tasks = new Map<string, Map<string, Map<string, number>>>();
  for (const { task, queryId, candidateId, grade } of judgments) {
    const queries = tasks.get(task) ?? new Map<string, Map<string, number>>();
    tasks.set(task, queries);
    const grades = queries.get(queryId) ?? new Map<string, number>();
    queries.set(queryId, grades);
    grades.set(candidateId, grade);
  }
  return [...tasks].map(([task, perQuery]) => {
    const queries = [...perQuery].map(([queryId, grades]) => queryFigures(queryId, rankingOf(task, queryId), grades));
    return {
      task,
      queries,
      ndcg: meanWithInterval(queries.map((query) => query.ndcg)),
      ndcgJudged: meanWithInterval(queries.map((query) => query.ndcgJudged)),
      recall: meanWithInterval(queries.flatMap((query) => query.recall ?? [])),
    };
  });
}
