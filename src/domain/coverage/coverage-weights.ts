/**
 * How the signals of coverage add up to a chance that the supplier really delivers what the must-have asks for.
 * Learned by ridge logistic regression from must-haves whose right suppliers were judged by hand; checked by leaving
 * whole needs out. Every weight has the sign that its reason gives; a change is judged the same way.
 */
import type { CoverageFeature, CoverageFeatures } from './coverage-features.ts';

/** Log-odds where every signal is 0. */
const bias = -4.57;

export const coverageWeights: Readonly<Record<CoverageFeature, { weight: number; reason: string }>> = {
  sentence: { weight: 1.43, reason: 'one sentence that says it' },
  words: {
    weight: 3.15,
    reason: 'every part of a compound demand is mentioned somewhere: vectors blur the second half',
  },
  concepts: { weight: 2.56, reason: 'the same thing by another word or in another language' },
  setting: { weight: 2.04, reason: 'a must-have of three words means what its need is about' },
  settingProfile: { weight: 1.28, reason: 'the same for the whole profile' },
  sentenceLead: {
    weight: 2.35,
    reason: 'what everybody says a little is nobody in particular; the clear first is meant',
  },
  profileLead: { weight: 1.49, reason: 'the same for the whole profile' },
  settingLead: { weight: 2.78, reason: 'the same with the setting around it' },
  settingProfileLead: { weight: 3.12, reason: 'the same for the whole profile with the setting around it' },
  otherDeliverable: { weight: -1.33, reason: 'nurses on duty are not a platform, and a platform is not a meter' },
};

/** 0-1. */
export function coverageDegree(features: CoverageFeatures): number {
  let sum = bias;
  for (const name of Object.keys(coverageWeights) as CoverageFeature[])
    sum += coverageWeights[name].weight * features[name];
  return 1 / (1 + Math.exp(-sum));
}
