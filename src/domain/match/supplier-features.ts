/** Signals between a need and a supplier. */
import { publicBodyKinds, type Member } from '../member.ts';
import { containment, type GramWeights } from './grams.ts';
import type { MemberParty, NeedParty } from './party.ts';
import { requirementMatches, type RequirementMatch } from './requirements.ts';
import { bestPairs, cosine } from './similarity.ts';

export const supplierFeatureNames = [
  'needToProfile', // cosine of title and description with the supplier's profile, 0-1
  'titleToProfile', // cosine of the title alone, 0-1
  'wordsOfNeed', // share of the need's telling grams that the supplier writes, 0-1
  'wordsOfSupplier', // and the other way round, 0-1
  'mustMean', // mean degree over the must-haves, 0-1
  'mustBest', // best degree that no certificate decides, 0-1
  'mustSecond', // second best, 0-1
  'certificates', // share of certificate demands shown, 0-1; 0.5 where none is asked
  'niceMean', // mean degree over the nice-to-haves, 0-1
  'offerBest', // best offer against any sentence of the need, 0-1
  'offerMean', // mean over its offers, 0-1
  'descriptionMean', // mean over the need's sentences, 0-1
  'buyerKind', // sells to the owner's kind, 0-1; 0.5 unknown
  'ready', // far enough for the route, 0-1
  'sameCounty', // 0 or 1
  'sectorWords', // shared sector words, 0-1
  'isService', // service or integrator, 0 or 1
] as const;
export type SupplierFeature = (typeof supplierFeatureNames)[number];

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

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
  musts: readonly RequirementMatch[] = requirementMatches(need.byRole.requirement, supplier, weights),
): Record<SupplierFeature, number> {
  const profile = supplier.byRole.profile[0]?.vector;
  const title = need.facets.find((facet) => facet.field === 'title');
  const sentences = [...supplier.byRole.offer, ...supplier.byRole.about];
  const needSide = [...need.byRole.requirement, ...need.byRole.wish, ...need.byRole.about];
  const offers = bestPairs(supplier.byRole.offer, needSide, weights).map((pair) => pair.similarity);
  const substance = musts
    .filter((m) => m.certificate === undefined)
    .map((m) => m.degree)
    .sort((a, b) => b - a);
  const demanded = musts.filter((m) => m.certificate !== undefined);
  const ownerKind = owner !== undefined && publicBodyKinds.includes(owner.kind) ? owner.kind : undefined;
  return {
    needToProfile: Math.max(0, cosine(need.byRole.ask[0]?.vector, profile)),
    titleToProfile: Math.max(0, cosine(title?.vector, profile)),
    wordsOfNeed: containment(need.grams, supplier.grams, weights),
    wordsOfSupplier: containment(supplier.grams, need.grams, weights),
    mustMean: mean(musts.map((m) => m.degree)),
    mustBest: substance[0] ?? 0,
    mustSecond: substance[1] ?? 0,
    certificates:
      demanded.length === 0
        ? 0.5
        : mean(demanded.map((m) => (m.certificate === 'shown' ? 1 : m.certificate === 'pending' ? 0.4 : 0))),
    niceMean: mean(requirementMatches(need.byRole.wish, supplier, weights).map((m) => m.degree)),
    offerBest: Math.max(0, ...offers),
    offerMean: mean(offers),
    descriptionMean: mean(bestPairs(need.byRole.about, sentences, weights).map((pair) => pair.similarity)),
    buyerKind: sellsTo(supplier.doc, ownerKind),
    ready: readiness(supplier.doc, need.doc.procurementRoute),
    sameCounty: need.doc.county !== undefined && need.doc.county === supplier.doc.county ? 1 : 0,
    sectorWords: sectorShare(need.doc.sectors, supplier),
    isService: supplier.doc.kind === 'service' || supplier.doc.kind === 'integrator' ? 1 : 0,
  };
}

const sectorShare = (sectors: readonly string[] | undefined, supplier: MemberParty): number => {
  const own = new Set((supplier.doc.sectors ?? []).map((sector) => sector.toLowerCase()));
  return sectors?.length ? sectors.filter((sector) => own.has(sector.toLowerCase())).length / sectors.length : 0;
};
