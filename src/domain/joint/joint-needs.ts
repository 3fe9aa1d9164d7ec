/** Needs of several public bodies that ask for the same thing: what they share and where they differ. */
import type { Quotation } from '../match/explain.ts';
import type { GramWeights } from '../match/grams.ts';
import type { NeedParty } from '../match/party.ts';
import type { Need } from '../need.ts';
import type { Systems } from '../coverage/systems.ts';
import { averageLink } from './average-link.ts';
import { mustPairs, needLikeness, preparedNeed, type PreparedNeed } from './need-likeness.ts';

/**
 * Read off pairs of needs sorted by likeness: above it both ask for the same kind of thing, below it they share a
 * diagnosis or a place of work.
 */
export const jointFrom = 0.44;
/** From here two must-haves are shown as the same demand. */
export const sharedFrom = 0.45;

export interface NeedQuotation extends Quotation {
  needId: string;
}

export interface JointNeed {
  needs: NeedParty[];
  /** Mean over all pairs, 0-1. */
  likeness: number;
  /** Must-haves that say the same, one of each need at most; two or more a group. */
  shared: { quotations: NeedQuotation[]; likeness: number }[];
  /** Must-haves that no other need of the group has. */
  apart: NeedQuotation[];
  /** Plain fields with more than one value, and each need's value. */
  differing: { field: string; values: { needId: string; value: unknown }[] }[];
}

const comparedFields = [
  'procurementRoute',
  'deadline',
  'budgetNok',
  'county',
  'language',
] as const satisfies (keyof Need)[];

/** Most needs first, then most alike, then by id. Only groups of at least two different owners. Cost: needs². */
export function jointNeeds(needs: readonly NeedParty[], systems: Systems, weights: GramWeights): JointNeed[] {
  const sorted = [...needs].sort((a, b) => (a.id < b.id ? -1 : 1));
  const prepared = sorted.map((need) => preparedNeed(need, systems));
  const groups = averageLink(
    prepared.length,
    (a, b) => needLikeness(prepared[a]!, prepared[b]!, weights),
    jointFrom,
  ).filter((group) => new Set(group.map((i) => sorted[i]!.doc.ownerId)).size > 1);
  return groups
    .map((group) =>
      described(
        group.map((i) => prepared[i]!),
        weights,
      ),
    )
    .sort(
      (a, b) =>
        b.needs.length - a.needs.length || b.likeness - a.likeness || (a.needs[0]!.id < b.needs[0]!.id ? -1 : 1),
    );
}

function described(group: readonly PreparedNeed[], weights: GramWeights): JointNeed {
  const quotation = (one: PreparedNeed, index: number): NeedQuotation => {
    const { field, start, end, text } = one.need.byRole.requirement[index]!;
    return { needId: one.need.id, field, start, end, quote: text };
  };
  const { shared, taken } = sharedDemands(group, weights);
  let likeness = 0;
  let pairs = 0;
  for (const [i, a] of group.entries())
    for (const b of group.slice(i + 1)) {
      likeness += needLikeness(a, b, weights);
      pairs++;
    }
  return {
    needs: group.map((one) => one.need),
    likeness: likeness / pairs,
    shared: shared.map((demand) => ({
      quotations: demand.of.map(([at, index]) => quotation(group[at]!, index)),
      likeness: demand.likeness,
    })),
    apart: group.flatMap((one, at) =>
      one.need.byRole.requirement.flatMap((_, index) => (taken.has(`${at} ${index}`) ? [] : [quotation(one, index)])),
    ),
    differing: comparedFields.flatMap((field) => {
      const values = group.map(({ need }) => ({ needId: need.id, value: need.doc[field] ?? null }));
      return new Set(values.map(({ value }) => value)).size > 1 ? [{ field, values }] : [];
    }),
  };
}

interface Demand {
  /** Position in the group and index of the must-have. */
  of: [number, number][];
  /** Of the pair that joined it first. */
  likeness: number;
}

/** The most alike pairs first; each must-have in one demand, each need once a demand. */
function sharedDemands(group: readonly PreparedNeed[], weights: GramWeights) {
  const pairs = group.flatMap((a, i) =>
    group.slice(i + 1).flatMap((b, k) => mustPairs(a, b, weights).map((pair) => ({ ...pair, i, j: i + 1 + k }))),
  );
  pairs.sort((x, y) => y.likeness - x.likeness || x.i - y.i || x.j - y.j || x.a - y.a || x.b - y.b);
  const demandOf = new Map<string, Demand>();
  const shared: Demand[] = [];
  for (const { i, j, a, b, likeness } of pairs) {
    if (likeness < sharedFrom) break;
    const [one, other] = [demandOf.get(`${i} ${a}`), demandOf.get(`${j} ${b}`)];
    if (one !== undefined && other !== undefined) continue;
    const demand = one ?? other ?? { of: [], likeness };
    const joining: [number, number][] =
      one === undefined
        ? other === undefined
          ? [
              [i, a],
              [j, b],
            ]
          : [[i, a]]
        : [[j, b]];
    if (joining.some(([at]) => demand.of.some(([present]) => present === at))) continue;
    if (demand.of.length === 0) shared.push(demand);
    for (const [at, index] of joining) {
      demand.of.push([at, index]);
      demandOf.set(`${at} ${index}`, demand);
    }
  }
  for (const demand of shared) demand.of.sort(([a], [b]) => a - b);
  return { shared, taken: demandOf };
}
