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

/** Chosen by cross-validation over 0.03 to 3: so few queries carry only a rather flat model. */
const ridge = 0.4;
const folds = 5;
const repeats = 10;

export interface Learned {
  task: MatchTask;
  table: WeightTable<string>;
  wonBy: WonBy;
  /** The cross-validated gain lies above zero with its whole interval. */
  isBetter: boolean;
}

export interface LearnInput {
  task: MatchTask;
  /** Measured on, in folds. */
  judgments: readonly Judgment[];
  /** Every fold learns from these; nothing is measured on them. */
  more: readonly Judgment[];
  /** YYYY-MM-DD. */
  date: string;
}

interface GradedQuery extends LearnQuery {
  grades: ReadonlyMap<string, number>;
}

/** @throws Error when a task has fewer than five judged queries. Cost: about a minute for 100 queries over 300 members. */
export async function learn(matching: Matching, { task, judgments, more, date }: LearnInput): Promise<Learned> {
  const features = featureTables[task];
  const names = Object.keys(features);
  const present: WeightTable<string> = weightTables[task];
  const settings: LearnSettings = { signs: names.map((name) => features[name]!.sign), ridge };
  const queries = await gradedQueries(matching, task, judgments, names);
  if (queries.length < folds) throw new Error(`${task}: ${queries.length} judged queries are too few to learn from.`);
  const always = await gradedQueries(matching, task, more, names);

  const grades = (query: LearnQuery) => (query as GradedQuery).grades;
  const before = ndcgBy(
    queries,
    names.map((name) => present.features[name]?.weight ?? 0),
    grades,
  );
  const held = crossValidated(queries, settings, { folds, repeats, always, grades });
  const weights = fitWeights([...always, ...queries], settings);
  const gain = meanWithInterval(held.map((ndcg, i) => ndcg - before[i]!));
  const isShown = names.map((_name, i) => queries.some(({ rows }) => rows.some((row) => row.values[i] !== 0)));
  const model = calibrate([...always, ...queries], weights);
  const wonBy: WonBy = {
    date,
    queries: queries.length,
    moreQueries: always.length,
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

async function gradedQueries(
  matching: Matching,
  task: MatchTask,
  judgments: readonly Judgment[],
  names: readonly string[],
): Promise<GradedQuery[]> {
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
