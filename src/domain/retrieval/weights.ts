import type { EvidenceWeights } from './rank.ts';

/**
 * One table for every question, whatever it is about: no weight depends on the data. Fitted on the development halves of
 * eleven public ranking sets at once (listwise logistic regression with ridge, every task with equal weight, then
 * coordinate by coordinate on the paired gain over simple methods), none below 0.
 */
export const evidenceWeights: EvidenceWeights = {
  ownWords: 0.12,
  ownGrams: 0.22,
  ownHead: 0.17,
  ownTitle: 0.04,
  ownTitleSense: 0.18,
  ownSense: 0.85,
  inCommon: 0.15,
  nameWords: 1.04,
  chosenLately: 0.04,
  pastWords: 0.12,
  pastGrams: 0.2,
  pastTitles: 0.43,
  pastSense: 0.19,
  pastTraits: 0.31,
  pastNear: 0.15,
  pastWide: 0.56,
  profileWords: 0.08,
  profileSense: 0.43,
  withAnchors: 0.05,
  withAnchorsAlike: 0.39,
};
