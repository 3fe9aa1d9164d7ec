/** Signals between a company that raises and an investor. Every feature is named, ranged and pure. */
import type { Member } from '../member.ts';
import { conceptCosine, conceptShare, conceptsOf, onAxes, union, type Concepts } from './concepts.ts';
import { either, lifts, lowers, type FeatureTable } from './feature-table.ts';
import { containment, gramsOf, surplus, type GramWeights } from './grams.ts';
import { countiesIn, geographyFit } from './geography.ts';
import { mayBeExcluded } from './exclusions.ts';
import type { Mandate } from './mandate.ts';
import type { MemberParty, PreparedFacet } from './party.ts';
import { bestPairs, cosine } from './similarity.ts';
import type { Traits } from './traits.ts';

const stageOrder = ['pre-seed', 'seed', 'series-a', 'series-b', 'growth'] as const;

const below = (value: number | undefined, floor: number | undefined): number | undefined =>
  value === undefined || floor === undefined ? undefined : value < floor ? 1 : 0;

/** How well a ticket range meets a round, 0-1: the investor can carry 10-100 % of it without being squeezed out. */
export function ticketFit(investor: Member, roundNok: number | undefined): number | undefined {
  const { ticketMinNok: min, ticketMaxNok: max } = investor;
  if (roundNok === undefined || roundNok === 0 || (min === undefined && max === undefined)) return undefined;
  const largestShare = Math.min(1, (max ?? roundNok) / roundNok);
  const smallestShare = (min ?? 0) / roundNok;
  // A cheque below a tenth of the round is symbolic; a follower whose smallest cheque is most of the round has nobody to follow.
  const meaningful = Math.min(1, largestShare / 0.3);
  const squeeze =
    investor.leadFollow === 'follow'
      ? Math.max(0, (smallestShare - 0.4) / 0.6)
      : Math.max(0, (smallestShare - 0.7) / 0.6);
  return Math.max(0, meaningful - squeeze);
}

export interface InvestorContext {
  company: MemberParty;
  traits: Traits;
  investor: MemberParty;
  mandate: Mandate;
}

const focusFit = (traits: Traits, focus: Mandate['focus']): number => {
  const form = traits.form;
  const own =
    form === 'drug'
      ? focus.drug - Math.max(0, focus.device, focus.software) * 0.5
      : form === 'software'
        ? focus.software - Math.max(0, focus.device, focus.drug) * 0.5
        : form === 'device'
          ? focus.device - Math.max(0, focus.software, focus.drug) * 0.5
          : form === 'mixed'
            ? Math.max(focus.device, focus.software) - Math.max(0, focus.drug) * 0.5
            : 0;
  return Math.max(-1, Math.min(1, own));
};

/** 0 is neutral or unknown unless stated. */
export const investorFeatureTable = {
  profileToThesis: lifts('back', 'vectors', "the company's profile against the investor's ask"),
  seekToProfile: lifts('forward', 'vectors', "the company's ask against the investor's profile"),
  bestThesisSentence: lifts('back', 'vectors', 'the best sentence of thesis or seeks against one of the company'),
  wordsOfThesis: lifts('back', 'words', "the investor's telling grams that the company writes, beyond chance", [-1, 1]),
  wordsOfCompany: lifts('forward', 'words', 'and the other way round', [-1, 1]),
  thesisConcepts: lifts('back', 'concepts', "share of the thesis' concepts that the company speaks of"),
  thesisFields: lifts('back', 'concepts', 'the same for illnesses and settings'),
  thesisSolutions: lifts('back', 'concepts', 'the same for solutions and methods'),
  companyFields: lifts('forward', 'concepts', "share of the company's illnesses and settings that the investor names"),
  conceptsAlike: lifts('back', 'concepts', 'cosine of all concepts'),
  fieldsAlike: lifts('back', 'concepts', 'cosine of the illnesses'),
  specialistMiss: lowers('structure', 'rules', 'the investor is a specialist and the company is something else'),
  fieldMiss: lowers('structure', 'concepts', 'the investor names few illnesses and the company is about none of them'),
  generalist: lifts('structure', 'rules', 'any sector will do'),
  topicWords: lifts('back', 'rules', 'words or concepts of "only X" found at the company'),
  stageNamed: lifts('structure', 'fields', '1 named, 0.5 unknown, 0 not named'),
  ticket: lifts('structure', 'fields', 'ticket range against round, 0.5 unknown'),
  roundInRange: lifts('structure', 'rules', 'round inside the range it writes, 0.5 unknown'),
  county: lifts('structure', 'fields', 'the county is among its own'),
  sameCounty: lifts('structure', 'fields', 'seated in the same county'),
  formFit: lifts('structure', 'rules', 'drug, device or software as it looks for', [-1, 1]),
  diagnosticsFit: lifts('structure', 'rules', 'diagnostics as it looks for', [-1, 1]),
  aiFit: lifts('structure', 'rules', 'data and AI as it looks for', [-1, 1]),
  welfareFit: lifts('structure', 'rules', 'welfare technology as it looks for', [-1, 1]),
  excludedMaybe: lowers('structure', 'rules', 'an exclusion that may hit, not surely enough for the gate'),
  avoided: lowers('structure', 'rules', 'something it writes it avoids'),
  passedBy: lowers('structure', 'rules', 'lies in a place that it passes by'),
  consumerFit: lifts('structure', 'rules', 'consumer products as it looks for', [-1, 1]),
  revenueOutside: lowers('structure', 'rules', 'revenue below its stated floor or above its ceiling'),
  revenueMet: lifts('structure', 'rules', 'a stated revenue floor is met'),
  ceMarkMissing: lowers('structure', 'rules', 'a CE mark is demanded and none is shown'),
  classShort: lowers('structure', 'rules', 'device class below what it wants, or no device'),
  noCustomer: lowers('structure', 'rules', 'a paying customer is demanded and there is no revenue'),
  nonEquity: either('structure', 'rules', 'loans or grants instead of equity'),
  property: lowers('structure', 'rules', 'invests in buildings'),
  wantsMajority: lowers('structure', 'rules', 'buys majorities'),
  lossAgainstProfit: lowers('structure', 'rules', 'wants profit and the company runs at a loss'),
  history: lifts('structure', 'history', 'funded companies like this one before, weighed by how long ago'),
} as const satisfies FeatureTable<string>;
export type InvestorFeature = keyof typeof investorFeatureTable;

export function investorFeatures(
  { company, traits, investor, mandate }: InvestorContext,
  weights: GramWeights,
): Record<InvestorFeature, number> {
  const c = company.doc;
  const i = investor.doc;
  const profileToThesis = Math.max(0, cosine(company.byRole.profile[0]?.vector, investor.byRole.ask[0]?.vector));
  const { sought, thesis, interests } = interestsOf(investor, mandate);
  const pairs = bestPairs(sought, [...company.byRole.offer, ...company.byRole.about], weights);
  const stage = stageOrder.indexOf(c.fundingStage as (typeof stageOrder)[number]);
  const named =
    i.stages === undefined || i.stages.length === 0 || stage < 0 ? undefined : i.stages.includes(stageOrder[stage]!);
  const { roundMinNok, roundMaxNok } = mandate;
  const inRange =
    c.raisingNok === undefined || (roundMinNok === undefined && roundMaxNok === undefined)
      ? 0.5
      : c.raisingNok >= (roundMinNok?.value ?? 0) * 0.9 && c.raisingNok <= (roundMaxNok?.value ?? Infinity) * 1.1
        ? 1
        : 0;
  const topic = mandate.onlyTopic;
  const topicWords = topic === undefined ? 0 : topicShare(topic.value, company, weights);
  const loss = c.revenueNok !== undefined && c.costsNok !== undefined && c.costsNok > c.revenueNok * 1.15 ? 1 : 0;
  const isDevice = traits.form === 'device' || traits.form === 'mixed';
  return {
    profileToThesis,
    seekToProfile: Math.max(0, cosine(company.byRole.ask[0]?.vector, investor.byRole.profile[0]?.vector)),
    bestThesisSentence: Math.max(0, ...pairs.map((pair) => pair.similarity)),
    wordsOfThesis: surplus(investor, company, weights),
    wordsOfCompany: surplus(company, investor, weights),
    thesisConcepts: conceptShare(thesis, company.ownConcepts, weights),
    thesisFields: conceptShare(thesis, company.ownConcepts, weights, onAxes('field', 'setting')),
    thesisSolutions: conceptShare(thesis, company.ownConcepts, weights, onAxes('solution', 'method')),
    companyFields: conceptShare(company.ownConcepts, interests, weights, onAxes('field', 'setting')),
    conceptsAlike: conceptCosine(company.ownConcepts, interests, weights),
    fieldsAlike: conceptCosine(company.ownConcepts, interests, weights, onAxes('field')),
    specialistMiss:
      topic === undefined ? 0 : Math.max(0, Math.min(1, (0.45 - profileToThesis) / 0.45)) * (1 - topicWords),
    fieldMiss: fieldMiss(company, interests),
    generalist: mandate.isGeneralist ? 1 : 0,
    topicWords,
    stageNamed: named === undefined ? 0.5 : named ? 1 : 0,
    ticket: ticketFit(i, c.raisingNok) ?? 0.5,
    roundInRange: inRange,
    county: geographyFit(i.geographies, c) === 'county' ? 1 : 0,
    sameCounty: c.county !== undefined && c.county === i.county ? 1 : 0,
    formFit: focusFit(traits, mandate.focus),
    diagnosticsFit: traits.isDiagnostics ? mandate.focus.diagnostics : -Math.max(0, mandate.focus.diagnostics) * 0.5,
    aiFit: traits.usesAi ? mandate.focus.ai : -Math.max(0, mandate.focus.ai) * 0.5,
    welfareFit: traits.isWelfareTechnology ? mandate.focus.welfare : 0,
    excludedMaybe: mandate.excluded.some(({ value }) => mayBeExcluded(c, traits, value)) ? 1 : 0,
    avoided: mandate.avoided.some(({ value }) => mayBeExcluded(c, traits, value)) ? 1 : 0,
    passedBy: isPassedBy(c, mandate) ? 1 : 0,
    consumerFit: traits.sellsToConsumers === true ? mandate.focus.consumer : -Math.max(0, mandate.focus.consumer) * 0.5,
    revenueOutside:
      (below(c.revenueNok, mandate.revenueMinNok?.value) ?? 0) ||
      (below(mandate.revenueMaxNok?.value, c.revenueNok) ?? 0),
    revenueMet: mandate.revenueMinNok !== undefined && below(c.revenueNok, mandate.revenueMinNok.value) === 0 ? 1 : 0,
    ceMarkMissing: mandate.demandsCeMark !== undefined && traits.hasCeMark !== true ? 1 : 0,
    classShort:
      mandate.deviceClassMin !== undefined &&
      (!isDevice || (traits.deviceClass ?? 0) < mandate.deviceClassMin.value) &&
      traits.form !== 'drug'
        ? 1
        : 0,
    noCustomer: mandate.demandsPayingCustomer !== undefined && c.revenueNok === 0 ? 1 : 0,
    nonEquity: mandate.nonEquity === undefined ? 0 : 1,
    property: mandate.property === undefined ? 0 : 1,
    wantsMajority: mandate.wantsMajority === undefined ? 0 : 1,
    lossAgainstProfit: mandate.wantsProfit === undefined ? 0 : loss,
    history: 0,
  };
}

/** What an investor is interested in, the same in every pair. */
interface Interests {
  sought: readonly PreparedFacet[];
  /** Concepts of thesis and seeks. */
  thesis: Concepts;
  /** The same with the summary. */
  interests: Concepts;
}
const interestsKnown = new WeakMap<MemberParty, Interests>();
function interestsOf(investor: MemberParty, { wanted }: Mandate): Interests {
  let known = interestsKnown.get(investor);
  if (known === undefined) {
    // A sentence of what it does not do looks just like one of what it does.
    const sought = investor.byRole.seek.filter((facet) => wanted.has(facet.text));
    const about = investor.byRole.about.filter((facet) => wanted.has(facet.text));
    const conceptsIn = (facets: readonly PreparedFacet[]) => facets.map((facet) => wanted.get(facet.text)!);
    const thesis = union(conceptsIn(sought));
    known = { sought, thesis, interests: union([thesis, ...conceptsIn(about)]) };
    interestsKnown.set(investor, known);
  }
  return known;
}

/** Lies in a county or town that the investor says it passes by. */
export const isPassedBy = (company: Member, { placesOut }: Mandate): boolean =>
  placesOut !== undefined &&
  [company.municipality?.toLowerCase(), ...countiesIn(company.county ?? '')].some(
    (place) => place !== undefined && placesOut.value.has(place),
  );

/** 1 for an investor of one or two illnesses, less for one of more; 0 where either names none. */
function fieldMiss(company: MemberParty, interests: Concepts): number {
  const isField = onAxes('field');
  const wanted = interests.filter(isField);
  const own = company.ownConcepts.filter(isField);
  if (wanted.length === 0 || own.length === 0 || wanted.some((concept) => own.includes(concept))) return 0;
  return Math.min(1, 2 / wanted.length);
}

const topicShare = (topic: string, company: MemberParty, weights: GramWeights): number =>
  Math.max(
    containment(gramsOf(topic), company.grams, weights),
    conceptShare(conceptsOf(topic), company.ownConcepts, weights),
  );
