/** Signals between a need and a supplier. */
import type { CoverageCell } from '../coverage/coverage.ts';
import { publicBodyKinds, type Member } from '../member.ts';
import { conceptCosine, conceptShare, onAxes, union } from './concepts.ts';
import { either, lifts, type FeatureTable } from './feature-table.ts';
import { surplus, type GramWeights } from './grams.ts';
import type { MemberParty, NeedParty } from './party.ts';
import { bestPairs, cosine } from './similarity.ts';

export const supplierFeatureTable = {
  needToProfile: lifts('forward', 'vectors', "title and description against the supplier's profile"),
  titleToProfile: lifts('forward', 'vectors', 'the title alone'),
  wordsOfNeed: lifts('forward', 'words', "the need's telling grams that the supplier writes, beyond chance", [-1, 1]),
  wordsOfSupplier: lifts('back', 'words', 'and the other way round', [-1, 1]),
  titleConcepts: lifts('forward', 'concepts', "share of the title's concepts that the supplier speaks of"),
  needConcepts: lifts('forward', 'concepts', 'the same for title and must-haves together'),
  needSolutions: lifts('forward', 'concepts', 'the same for solutions and methods alone'),
  mustConceptsBest: lifts('forward', 'concepts', 'the must-have whose concepts it meets best'),
  supplierConcepts: lifts('back', 'concepts', "share of the supplier's concepts that the need speaks of"),
  offerConcepts: lifts('back', 'concepts', 'the offer whose concepts the need asks for most'),
  conceptsAlike: lifts('forward', 'concepts', 'cosine of all concepts'),
  solutionsAlike: lifts('forward', 'concepts', 'cosine of the solutions and methods'),
  mustsCovered: lifts('forward', 'rules', 'mean degree over the must-haves'),
  mustBestCovered: lifts('forward', 'rules', 'the best degree that no certificate decides'),
  certificates: lifts('structure', 'rules', 'share of certificate demands shown, 0.5 where none is asked'),
  niceMean: lifts('forward', 'vectors', 'mean over the nice-to-haves'),
  descriptionMean: lifts('forward', 'vectors', "mean over the need's sentences"),
  buyerKind: lifts('structure', 'fields', "sells to the owner's kind, 0.5 unknown"),
  ready: lifts('structure', 'fields', 'far enough for the route'),
  scale: lifts('structure', 'fields', 'revenue against the budget, 0.5 unknown'),
  sameCounty: lifts('structure', 'fields', 'in the same county'),
  sectorWords: lifts('structure', 'fields', 'shared sector words'),
  isService: either('structure', 'fields', 'service or integrator'),
  history: lifts('structure', 'history', 'delivered to needs like this one before, weighed by how long ago'),
} as const satisfies FeatureTable<string>;
export type SupplierFeature = keyof typeof supplierFeatureTable;

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const best = (values: readonly number[]): number => Math.max(0, ...values);

/** Whether a contract of this size is one that the supplier can carry: a year's revenue of twice the budget is plenty. */
const scaleOf = (supplier: Member, budgetNok: number | undefined): number =>
  budgetNok === undefined || budgetNok === 0 || supplier.revenueNok === undefined
    ? 0.5
    : Math.min(1, supplier.revenueNok / budgetNok / 2);

const earlyRoutes = new Set(['pilot', 'innovation-partnership', 'pre-commercial', 'market-dialogue']);

/** How ready a supplier is for a route, 0-1; 0.5 where neither phase nor TRL is known. */
export function readiness(supplier: Member, route: string | undefined): number {
  const step =
    supplier.phase === undefined
      ? undefined
      : ['development', 'testing', 'commercialisation', 'scaling', 'export'].indexOf(supplier.phase);
  const level = step !== undefined ? step / 2 : supplier.trl !== undefined ? (supplier.trl - 4) / 4 : undefined;
  if (level === undefined) return supplier.kind === 'lighthouse' || supplier.kind === 'integrator' ? 0.9 : 0.5;
  const clamped = Math.max(0, Math.min(1, level));
  return route !== undefined && earlyRoutes.has(route) ? Math.min(1, 0.5 + clamped * 0.5) : clamped;
}

const buyerPatterns: Readonly<Record<string, RegExp>> = {
  municipality: /kommun|municipal|hjemmetjeneste|heimeteneste|sykehjem|bydel|iks\b/iu,
  intermunicipal: /kommun|municipal|iks\b|samarbeid/iu,
  hospital: /helseforetak|sykehus|sjukehus|hospital|\bHF\b|clinic|klinikk|legevakt/iu,
};

function sellsTo(supplier: Member, ownerKind: string | undefined): number {
  const pattern = ownerKind === undefined ? undefined : buyerPatterns[ownerKind];
  if (pattern === undefined || !supplier.customers?.length) return 0.5;
  return supplier.customers.some((customer) => pattern.test(customer)) ? 1 : 0;
}

export function supplierFeatures(
  need: NeedParty,
  supplier: MemberParty,
  owner: Member | undefined,
  weights: GramWeights,
  musts: readonly CoverageCell[],
): Record<SupplierFeature, number> {
  const profile = supplier.byRole.profile[0]?.vector;
  const title = need.facets.find((facet) => facet.field === 'title');
  const sentences = [...supplier.byRole.offer, ...supplier.byRole.about];
  const demanded = musts.filter((m) => m.certificate !== undefined);
  const asked = union([title?.concepts ?? [], ...need.byRole.requirement.map((facet) => facet.concepts)]);
  const { ownConcepts } = supplier;
  const solutions = onAxes('solution', 'method');
  const ownerKind = owner !== undefined && publicBodyKinds.includes(owner.kind) ? owner.kind : undefined;
  return {
    needToProfile: Math.max(0, cosine(need.byRole.ask[0]?.vector, profile)),
    titleToProfile: Math.max(0, cosine(title?.vector, profile)),
    wordsOfNeed: surplus(need, supplier, weights),
    wordsOfSupplier: surplus(supplier, need, weights),
    titleConcepts: conceptShare(title?.concepts ?? [], ownConcepts, weights),
    needConcepts: conceptShare(asked, ownConcepts, weights),
    needSolutions: conceptShare(asked, ownConcepts, weights, solutions),
    mustConceptsBest: best(need.byRole.requirement.map((facet) => conceptShare(facet.concepts, ownConcepts, weights))),
    supplierConcepts: conceptShare(ownConcepts, need.concepts, weights),
    offerConcepts: best(supplier.byRole.offer.map((facet) => conceptShare(facet.concepts, need.concepts, weights))),
    conceptsAlike: conceptCosine(need.concepts, ownConcepts, weights),
    solutionsAlike: conceptCosine(need.concepts, ownConcepts, weights, solutions),
    mustsCovered: mean(musts.map((m) => m.degree)),
    mustBestCovered: best(musts.filter((m) => m.certificate === undefined).map((m) => m.degree)),
    certificates:
      demanded.length === 0
        ? 0.5
        : mean(demanded.map((m) => (m.certificate === 'shown' ? 1 : m.certificate === 'pending' ? 0.4 : 0))),
    niceMean: mean(bestPairs(need.byRole.wish, sentences, weights).map((pair) => pair.similarity)),
    descriptionMean: mean(bestPairs(need.byRole.about, sentences, weights).map((pair) => pair.similarity)),
    buyerKind: sellsTo(supplier.doc, ownerKind),
    ready: readiness(supplier.doc, need.doc.procurementRoute),
    scale: scaleOf(supplier.doc, need.doc.budgetNok),
    sameCounty: need.doc.county !== undefined && need.doc.county === supplier.doc.county ? 1 : 0,
    sectorWords: sectorShare(need.doc.sectors, supplier),
    isService: supplier.doc.kind === 'service' || supplier.doc.kind === 'integrator' ? 1 : 0,
    history: 0,
  };
}

const sectorShare = (sectors: readonly string[] | undefined, supplier: MemberParty): number => {
  const own = new Set((supplier.doc.sectors ?? []).map((sector) => sector.toLowerCase()));
  return sectors?.length ? sectors.filter((sector) => own.has(sector.toLowerCase())).length / sectors.length : 0;
};
