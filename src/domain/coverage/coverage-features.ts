/** Signals of how well one supplier answers one must-have, beside all the others. */
import type { Member } from '../member.ts';
import { conceptShare } from '../match/concepts.ts';
import { containment, type GramWeights } from '../match/grams.ts';
import type { MemberParty, NeedParty, PreparedFacet } from '../match/party.ts';
import { answer, cosine } from '../match/similarity.ts';
import { deliverableIn, type Deliverable, type MustHave } from './must-have.ts';

export const coverageFeatureNames = [
  'sentence', // best sentence against the must-have: meaning and words, 0-1
  'words', // share of the must-have's telling grams anywhere in the profile, 0-1
  'concepts', // share of the must-have's telling concepts in one sentence, 0-1
  'setting', // cosine of the must-have with the need's sectors around it, best sentence, -1 to 1
  'settingProfile', // the same against the whole profile, -1 to 1
  'sentenceLead', // `sentence` less the best of the others, -1 to 1
  'profileLead', // the same for the cosine with the whole profile
  'settingLead',
  'settingProfileLead',
  'otherDeliverable', // people, things or software asked for, and another of them sold, 0 or 1
] as const;
export type CoverageFeature = (typeof coverageFeatureNames)[number];
export type CoverageFeatures = Record<CoverageFeature, number>;

const staffed = /\b(bemanna|bemannet|døgnbemannet|staffed|manned)\b|responssenter med|vaktsentral med/iu;

/** What a member sells: people on duty, things, software; empty where nothing tells. */
export function deliverablesOf(member: Member): Set<Deliverable> {
  const text = [member.summary, ...(member.offers ?? [])].filter(Boolean).join('. ');
  const industry = member.sectors?.[0]?.toLowerCase();
  if (industry === 'medtech') {
    const found = new Set<Deliverable>(['device']);
    if (deliverableIn(text) === 'software') found.add('software');
    return found;
  }
  if (staffed.test(text)) return new Set(['staffed']);
  return new Set(industry === 'digital-health' ? ['software'] : []);
}

/** Sentences that can answer a must-have. */
export const evidenceOf = (supplier: MemberParty): readonly PreparedFacet[] => [
  ...supplier.byRole.offer,
  ...supplier.byRole.about,
];

export interface Answered {
  features: CoverageFeatures;
  /** One sentence says it in so many words: that another supplier says it better does not make it less said. */
  isSaid: boolean;
  /** The sentence that answers best. */
  best: PreparedFacet | undefined;
}

/**
 * Per supplier, in the order given, its signals for one must-have. Leads compare with the best other supplier, so the
 * result depends on who else is asked. Cost: suppliers x sentences.
 */
export function coverageFeatures(
  need: NeedParty,
  must: MustHave,
  suppliers: readonly MemberParty[],
  weights: GramWeights,
): Answered[] {
  const facet = need.byRole.requirement[must.index]!;
  const setting = need.byRole.setting[must.index];
  const plain = suppliers.map((supplier) => {
    const profile = supplier.byRole.profile[0]?.vector;
    let best: PreparedFacet | undefined;
    let sentence = 0;
    let inSetting = 0;
    let concepts = 0;
    let isSaid = false;
    for (const other of evidenceOf(supplier)) {
      const similarity = answer(facet, other, weights);
      if (best === undefined || similarity > sentence) [best, sentence] = [other, similarity];
      inSetting = Math.max(inSetting, cosine(setting?.vector, other.vector));
      concepts = Math.max(concepts, conceptShare(facet.concepts, other.concepts, weights));
      isSaid ||= similarity >= saidFrom && containment(facet.grams, other.grams, weights) >= saidFrom;
    }
    const sold = must.deliverable === undefined ? new Set<Deliverable>() : deliverablesOf(supplier.doc);
    return {
      best,
      isSaid,
      sentence,
      words: containment(facet.grams, supplier.grams, weights),
      concepts,
      setting: inSetting,
      settingProfile: cosine(setting?.vector, profile),
      otherDeliverable: must.deliverable !== undefined && sold.size > 0 && !sold.has(must.deliverable) ? 1 : 0,
    };
  });
  const sentenceLead = leads(plain.map((one) => one.sentence));
  const profileLead = leads(suppliers.map(({ byRole }) => cosine(facet.vector, byRole.profile[0]?.vector)));
  const settingLead = leads(plain.map((one) => one.setting));
  const settingProfileLead = leads(plain.map((one) => one.settingProfile));
  return plain.map(({ best, isSaid, ...features }, i) => ({
    best,
    isSaid,
    features: {
      ...features,
      sentenceLead: sentenceLead[i]!,
      profileLead: profileLead[i]!,
      settingLead: settingLead[i]!,
      settingProfileLead: settingProfileLead[i]!,
    },
  }));
}

/** Both the likeness of the sentence and the share of telling word pieces in it. */
const saidFrom = 0.6;

/** What a lone supplier is compared with: the next best supplier of an ordinary cluster is about this like. */
const ordinaryNextBest = 0.3;

/** Each value less the largest of the others. */
function leads(values: readonly number[]): number[] {
  let first = ordinaryNextBest;
  let second = ordinaryNextBest;
  let at = -1;
  values.forEach((value, i) => {
    if (value > first) [second, first, at] = [first, value, i];
    else if (value > second) second = value;
  });
  return values.map((value, i) => value - (i === at ? second : first));
}
