/** Signals between a need and a supplier. */
import type { Answer } from '../coverage/coverage.ts';
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
  needConcepts: lifts('forward', 'concepts', 'the same for title and telling must-haves together'),
  needSolutions: lifts('forward', 'concepts', 'the same for solutions and methods alone'),
  mustConceptsBest: lifts('forward', 'concepts', 'the telling must-have whose concepts it meets best'),
  supplierConcepts: lifts('back', 'concepts', "share of the supplier's concepts that the need speaks of"),
  offerConcepts: lifts('back', 'concepts', 'the offer whose concepts the need asks for most'),
  conceptsAlike: lifts('forward', 'concepts', 'cosine of all concepts'),
  solutionsAlike: lifts('forward', 'concepts', 'cosine of the solutions and methods'),
  mustsCovered: lifts('forward', 'rules', 'mean degree over the must-haves'),
  mustBestCovered: lifts('forward', 'rules', 'the best degree of a telling must-have that no certificate decides'),
  connects: lifts('forward', 'rules', 'the best degree of a connection asked for'),
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

/**
 * The must-haves that say what is bought. A record system to connect to, a certificate or a language is asked of
 * whoever supplies it, and half the cluster has it.
 */
function tellingOf(answers: readonly Answer[]): readonly Answer[] {
  const telling = answers.filter(({ must }) => must.kind === 'function' || must.kind === 'lead');
  return telling.length > 0 ? telling : answers;
}

export function supplierFeatures(
  need: NeedParty,
  supplier: MemberParty,
  owner: Member | undefined,
  weights: GramWeights,
  answers: readonly Answer[],
): Record<SupplierFeature, number> {
  const profile = supplier.byRole.profile[0]?.vector;
  const title = need.facets.find((facet) => facet.field === 'title');
  const sentences = [...supplier.byRole.offer, ...supplier.byRole.about];
  const demanded = answers.flatMap(({ cell }) => cell.certificate ?? []);
  const telling = tellingOf(answers);
  const mustConcepts = telling.map(({ must }) => need.byRole.requirement[must.index]!.concepts);
  const asked = union([title?.concepts ?? [], ...mustConcepts]);
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
    mustConceptsBest: best(mustConcepts.map((concepts) => conceptShare(concepts, ownConcepts, weights))),
    supplierConcepts: conceptShare(ownConcepts, need.concepts, weights),
    offerConcepts: best(supplier.byRole.offer.map((facet) => conceptShare(facet.concepts, need.concepts, weights))),
    conceptsAlike: conceptCosine(need.concepts, ownConcepts, weights),
    solutionsAlike: conceptCosine(need.concepts, ownConcepts, weights, solutions),
    mustsCovered: mean(answers.map(({ cell }) => cell.degree)),
    mustBestCovered: best(telling.flatMap(({ cell }) => (cell.certificate === undefined ? cell.degree : []))),
    connects: best(answers.flatMap(({ must, cell }) => (must.kind === 'integration' ? cell.degree : []))),
    certificates:
      demanded.length === 0
        ? 0.5
        : mean(demanded.map((state) => (state === 'shown' ? 1 : state === 'pending' ? 0.4 : 0))),
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
