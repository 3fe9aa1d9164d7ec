/** Learns new weights for one task from judgments, and says whether they have earned the place of the present ones. */
import { meanWithInterval, type Judgment } from '../domain/evaluate.ts';
import { calibrate, crossValidated, fitWeights, ndcgBy, type LearnQuery, type LearnSettings } from '../domain/learn.ts';
import type { FeatureTable } from '../domain/match/feature-table.ts';
import { investorFeatureTable } from '../domain/match/investor-features.ts';
import { partnerFeatureTable } from '../domain/match/partner-features.ts';
import { supplierFeatureTable } from '../domain/match/supplier-features.ts';
import { weightTables, type Weight, type WeightTable, type WonBy } from '../domain/match/weights.ts';
import type { Matching } from './matching.ts';
import { matchKindOf, type MatchTask } from './rank-queries.ts';

export const featureTables: Readonly<Record<MatchTask, FeatureTable<string>>> = {
  investor_for_startup: investorFeatureTable,
  supplier_for_need: supplierFeatureTable,
  partner_for_member: partnerFeatureTable,
};

/** So few queries carry only a rather flat model; how flat is chosen by cross-validation of its own. */
const ridges = [0.1, 0.2, 0.4, 1];
const folds = 5;
const repeats = 10;
const repeatsToChoose = 3;

export interface Learned {
  task: MatchTask;
  table: WeightTable<string>;
  wonBy: WonBy;
  /** The cross-validated gain lies above zero with its whole interval. */
  isBetter: boolean;
}

/** What is learned from; several clusters may have part in it. */
export interface GradedQuery extends LearnQuery {
  grades: ReadonlyMap<string, number>;
}

/** @throws Error when there are fewer than five queries. Cost: about a minute for 100 queries over 300 members. */
export function learn(task: MatchTask, queries: readonly GradedQuery[], date: string): Learned {
  const features = featureTables[task];
  const names = Object.keys(features);
  const present: WeightTable<string> = weightTables[task];
  const signs = names.map((name) => features[name]!.sign);
  if (queries.length < folds) throw new Error(`${task}: ${queries.length} judged questions are too few to learn from.`);

  const grades = (query: LearnQuery) => (query as GradedQuery).grades;
  const before = ndcgBy(
    queries,
    names.map((name) => present.features[name]?.weight ?? 0),
    grades,
  );
  const heldBy = (ridge: number) =>
    average(crossValidated(queries, { signs, ridge }, { folds, repeats: repeatsToChoose, grades }));
  const { ridge } = ridges
    .map((one) => ({ ridge: one, ndcg: heldBy(one) }))
    .reduce((best, one) => (one.ndcg > best.ndcg ? one : best));
  const settings: LearnSettings = { signs, ridge };
  const held = crossValidated(queries, settings, { folds, repeats, grades });
  const weights = fitWeights(queries, settings);
  const gain = meanWithInterval(held.map((ndcg, i) => ndcg - before[i]!));
  const isShown = names.map((_name, i) => queries.some(({ rows }) => rows.some((row) => row.values[i] !== 0)));
  const model = calibrate(queries, weights);
  const wonBy: WonBy = {
    date,
    queries: queries.length,
    ridge,
    fitted: rounded(average(ndcgBy(queries, weights, grades))),
    crossValidated: rounded(average(held)),
    before: rounded(average(before)),
    gain: { mean: rounded(gain.mean), low: rounded(gain.low), high: rounded(gain.high) },
  };
  const table: WeightTable<string> = {
    bias: rounded(model.bias),
    features: Object.fromEntries(
      names.map((name, i): [string, Weight] => [
        name,
        {
          // What no query shows keeps the weight it has.
          weight: isShown[i] === true ? rounded(model.weights[i]!) : (present.features[name]?.weight ?? 0),
          part: features[name]!.part,
          reason: present.features[name]?.reason ?? features[name]!.says,
        },
      ]),
    ),
    wonBy,
  };
  return { task, table, wonBy, isBetter: gain.low > 0 };
}

/** Every judged query of a task with the signals of all its open candidates. */
export async function gradedQueries(
  matching: Pick<Matching, 'rankAll'>,
  task: MatchTask,
  judgments: readonly Judgment[],
): Promise<GradedQuery[]> {
  const names = Object.keys(featureTables[task]);
  const byQuery = new Map<string, Map<string, number>>();
  for (const { queryId, candidateId, grade } of judgments.filter((one) => one.task === task)) {
    const grades = byQuery.get(queryId) ?? new Map<string, number>();
    byQuery.set(queryId, grades.set(candidateId, grade));
  }
  const { kind, subjectType } = matchKindOf[task];
  const queries: GradedQuery[] = [];
  for (const [queryId, grades] of byQuery) {
    const ranked = await matching.rankAll(kind, subjectType, queryId);
    const rows = ranked.map(({ party, features }) => ({
      candidateId: party.id,
      grade: grades.get(party.id),
      values: names.map((name) => features[name] ?? 0),
    }));
    queries.push({ queryId, rows, grades });
  }
  return queries;
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
