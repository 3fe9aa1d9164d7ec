import type { EvidenceWeights } from './rank.ts';

/**
 * One table for every question, whatever it is about: no weight depends on the data. Fitted on the development halves of
 * twelve public ranking sets at once (listwise logistic regression with ridge, every set with equal weight, then
 * coordinate-wise on the paired gain over simple methods), none below 0. A weight of 0 is a signal that did not earn its
 * place beside the others yet.
 */
export const evidenceWeights: EvidenceWeights = {
  ownWords: 0,
  ownGrams: 0,
  ownHead: 0,
  ownTitle: 0,
  ownTitleSense: 0,
  ownSense: 0,
  inCommon: 0,
  nameWords: 0,
  nameGrams: 0,
  chosenLately: 0.395,
  chosenEver: 0.102,
  pastWords: 0,
  pastGrams: 0,
  pastTitles: 0,
  pastSense: 0,
  pastTraits: 0.397,
  pastNear: 0,
  pastWide: 0,
  profileWords: 0,
  profileSense: 0,
  withAnchors: 0.139,
  withAnchorsAlike: 0,
};
