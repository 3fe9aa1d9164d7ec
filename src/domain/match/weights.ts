/**
 * The weights of every signal: one table for each kind of match, with the reason for each weight. Learned from graded
 * pairs by monotone pairwise logistic regression (ridge), then scaled so that the score is the chance of a good match.
 * A weight of 0 is a signal that was tried and did not earn its place yet; it stays so that learning can lift it.
 * Changing a number: run `npm run evaluate` before and after and put both figures in the commit message.
 */
import type { InvestorFeature } from './investor-features.ts';
import type { PartnerFeature } from './partner-features.ts';
import type { SupplierFeature } from './supplier-features.ts';

/** `forward`: the subject's text met by the candidate's; `back`: the reverse; `structure`: facts. */
export type Part = 'forward' | 'back' | 'structure';
export interface Weight {
  weight: number;
  part: Part;
  reason: string;
}
export interface WeightTable<F extends string> {
  /** Log-odds where every feature is 0. */
  bias: number;
  features: Readonly<Record<F, Weight>>;
}

export const investorWeights: WeightTable<InvestorFeature> = {
  bias: -5.843,
  features: {
    profileToThesis: {
      weight: 5.329,
      part: 'back',
      reason: 'the thesis is what the investor seeks: the strongest single signal',
    },
    seekToProfile: { weight: 1.803, part: 'forward', reason: 'what the company asks for, against who the investor is' },
    bestThesisSentence: {
      weight: 1.389,
      part: 'back',
      reason: 'one sentence that fits exactly counts beside the whole',
    },
    wordsOfThesis: {
      weight: 3.736,
      part: 'back',
      reason: 'rare words of the thesis at the company: names of diseases and methods that vectors blur',
    },
    wordsOfCompany: { weight: 3.55, part: 'forward', reason: 'the same from the other side' },
    specialistMiss: { weight: -0.704, part: 'structure', reason: 'a specialist does not leave its field' },
    generalist: {
      weight: 0.324,
      part: 'structure',
      reason: 'any sector will do: the text cannot tell, so a small lift',
    },
    topicWords: { weight: 3.215, part: 'back', reason: 'the words of "only X" stand in the profile' },
    stageNamed: {
      weight: 0.228,
      part: 'structure',
      reason: 'a named stage beats an unknown one (a differing one is a gate)',
    },
    stageNear: { weight: 0.0, part: 'structure', reason: 'kept for learning; the gate decides today' },
    ticket: { weight: 0.387, part: 'structure', reason: 'can carry a meaningful part of the round' },
    roundInRange: {
      weight: 1.309,
      part: 'structure',
      reason: 'round sizes that investors write in text are their practice',
    },
    county: { weight: 2.011, part: 'structure', reason: 'regional money is meant for the region' },
    sameCounty: { weight: 1.14, part: 'structure', reason: 'neighbours meet' },
    formFit: { weight: 0.616, part: 'structure', reason: 'drug, device or software as the mandate says' },
    diagnosticsFit: { weight: 2.078, part: 'structure', reason: 'diagnostics money for diagnostics' },
    aiFit: { weight: 1.132, part: 'structure', reason: 'data and AI mandates' },
    welfareFit: { weight: 0.0, part: 'structure', reason: 'kept for learning' },
    excludedMaybe: {
      weight: -0.497,
      part: 'structure',
      reason: 'an exclusion that probably hits but not surely enough for the gate',
    },
    avoided: { weight: -0.071, part: 'structure', reason: 'something the thesis says it avoids' },
    revenueShort: { weight: -0.547, part: 'structure', reason: 'below a stated revenue floor' },
    revenueMet: { weight: 1.53, part: 'structure', reason: 'a stated revenue floor is met' },
    revenueAbove: { weight: 0.0, part: 'structure', reason: 'kept for learning' },
    ceMarkMissing: { weight: -0.846, part: 'structure', reason: 'a CE mark is demanded and none is shown' },
    classShort: { weight: -0.15, part: 'structure', reason: 'device class below what is wanted' },
    noCustomer: { weight: -0.664, part: 'structure', reason: 'a paying customer is demanded and there is no revenue' },
    nonEquity: { weight: 0.0, part: 'structure', reason: 'kept for learning: loans suit some' },
    property: { weight: -0.981, part: 'structure', reason: 'invests in buildings' },
    wantsMajority: { weight: -0.972, part: 'structure', reason: 'few founders want to sell the majority' },
    lossAgainstProfit: { weight: -0.697, part: 'structure', reason: 'wants profit and the company runs at a loss' },
  },
};

export const supplierWeights: WeightTable<SupplierFeature> = {
  bias: -9.97,
  features: {
    needToProfile: { weight: 4.344, part: 'forward', reason: 'the whole need against the whole supplier' },
    titleToProfile: { weight: 2.679, part: 'forward', reason: 'the title says what it is about without the story' },
    wordsOfNeed: { weight: 2.134, part: 'forward', reason: 'rare words of the need at the supplier' },
    wordsOfSupplier: { weight: 1.091, part: 'back', reason: 'rare words of the supplier in the need' },
    mustMean: { weight: 1.694, part: 'forward', reason: 'coverage of the must-haves' },
    mustBest: {
      weight: 0.453,
      part: 'forward',
      reason: 'for combinations: one essential part fully met is worth a place',
    },
    mustSecond: { weight: 0.692, part: 'forward', reason: 'and a second one more so' },
    certificates: { weight: 0.43, part: 'structure', reason: 'certificates that the must-haves demand' },
    niceMean: { weight: 0.251, part: 'forward', reason: 'nice-to-haves' },
    offerBest: { weight: 2.997, part: 'back', reason: 'one offer that answers the need' },
    offerMean: { weight: 3.124, part: 'back', reason: 'the supplier is about this, not about ten things' },
    descriptionMean: { weight: 2.716, part: 'forward', reason: 'the story of the need, sentence by sentence' },
    buyerKind: { weight: 0.027, part: 'structure', reason: 'sells to this kind of buyer already' },
    ready: { weight: 0.0, part: 'structure', reason: 'kept for learning: phase against route' },
    sameCounty: { weight: 0.0, part: 'structure', reason: 'kept for learning: distance hardly matters here' },
    sectorWords: { weight: 1.453, part: 'structure', reason: 'same sector words' },
    isService: {
      weight: 1.328,
      part: 'structure',
      reason: 'services and integrators write little product text and are undervalued by it',
    },
  },
};

export const partnerWeights: WeightTable<PartnerFeature> = {
  bias: -4.307,
  features: {
    profiles: { weight: 1.757, part: 'forward', reason: 'same field' },
    askToProfile: { weight: 1.444, part: 'forward', reason: 'what the subject seeks is what the candidate is' },
    profileToAsk: { weight: 1.408, part: 'back', reason: 'and the other way round' },
    asks: { weight: 0.392, part: 'structure', reason: 'same wishes: small' },
    seekBest: { weight: 0.718, part: 'forward', reason: 'one seek answered well' },
    seekMean: { weight: 0.554, part: 'forward', reason: 'all seeks answered' },
    soughtBest: { weight: 0.954, part: 'back', reason: 'one seek of the candidate answered well' },
    soughtMean: { weight: 0.575, part: 'back', reason: 'all of them' },
    reciprocal: { weight: 1.327, part: 'structure', reason: 'both would want it: one-sided interest must not win' },
    words: { weight: 2.382, part: 'forward', reason: 'rare words shared' },
    wordsBack: { weight: 2.133, part: 'back', reason: 'rare words shared, from the other side' },
    rivalry: { weight: -1.739, part: 'structure', reason: 'same offers while neither seeks the other: competitors' },
    offersAlike: { weight: 0.0, part: 'structure', reason: 'kept for learning' },
    sameKind: { weight: -0.238, part: 'structure', reason: 'complements come from another kind' },
    sameCounty: { weight: 0.361, part: 'structure', reason: 'nearness' },
    candidatePublic: { weight: -0.101, part: 'structure', reason: 'prior of the kind' },
    candidateKnowledge: { weight: 0.119, part: 'structure', reason: 'prior of the kind' },
    candidateCarrier: { weight: 0.155, part: 'structure', reason: 'prior of the kind: they carry others to market' },
    candidateService: { weight: 0.162, part: 'structure', reason: 'prior of the kind' },
    candidateUsers: { weight: -0.169, part: 'structure', reason: 'prior of the kind' },
    complementaryKinds: { weight: 0.142, part: 'structure', reason: 'one makes, the other uses or tests' },
    kindSought: { weight: 0.486, part: 'structure', reason: 'the subject asks for this kind' },
    kindSoughtBack: { weight: 0.17, part: 'structure', reason: 'the candidate asks for this kind' },
    sharedSectors: { weight: 1.461, part: 'structure', reason: 'same sector words' },
    integrationsNamed: { weight: 0.982, part: 'structure', reason: 'already connected systems' },
  },
};
