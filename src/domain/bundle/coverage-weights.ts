/**
 * How the signals of coverage add up to a chance that the supplier really delivers what the must-have asks for.
 * Learned by ridge logistic regression from must-haves whose right suppliers were judged by hand; checked by leaving
 * whole needs out. Every weight has the sign that its reason gives; a change is judged the same way.
 */
import type { CoverageFeature, CoverageFeatures } from './coverage-features.ts';

/** Log-odds where every signal is 0. */
const bias = -5.6;

export const coverageWeights: Readonly<Record<CoverageFeature, { weight: number; reason: string }>> = {
  sentence: { weight: 1.97, reason: 'one sentence that says it' },
  profile: { weight: 0.89, reason: 'the whole profile is about it' },
  words: {
    weight: 3.88,
    reason: 'every part of a compound demand is mentioned somewhere: vectors blur the second half',
  },
  setting: { weight: 2.49, reason: 'a must-have of three words means what its need is about' },
  settingProfile: { weight: 2.08, reason: 'the same for the whole profile' },
  sentenceLead: {
    weight: 2.69,
    reason: 'what everybody says a little is nobody in particular; the clear first is meant',
  },
  profileLead: { weight: 2.4, reason: 'the same for the whole profile' },
  settingLead: { weight: 3.1, reason: 'the same with the setting around it' },
  settingProfileLead: { weight: 3.77, reason: 'the same for the whole profile with the setting around it' },
  otherDeliverable: { weight: -1.5, reason: 'nurses on duty are not a platform, and a platform is not a meter' },
  sameDeliverable: { weight: 0.48, reason: 'sells the sort of thing that is asked for' },
};

/** 0-1. */
export function coverageDegree(features: CoverageFeatures): number {
  let sum = bias;
  for (const name of Object.keys(coverageWeights) as CoverageFeature[])
    sum += coverageWeights[name].weight * features[name];
  return 1 / (1 + Math.exp(-sum));
}
