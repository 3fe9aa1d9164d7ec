/** Every signal that ranking by evidence knows, with its range. Higher always speaks for the candidate. */
export type SignalName =
  /**
   * Own text by words, by 4-grams, by words of the head alone, by 4-grams and meaning of the title alone, by meaning:
   * standard deviations above the mean.
   */
  | 'ownWords'
  | 'ownGrams'
  | 'ownHead'
  | 'ownTitle'
  | 'ownTitleSense'
  | 'ownSense'
  /** Rarity of the traits in common, added: 0 to about 10. */
  | 'inCommon'
  /** Share of the name that is said in the question: 0 to 1. */
  | 'nameWords'
  /** Natural logarithm of the share of all past choices, recent ones weighing more: about -12 to 0. */
  | 'chosenLately'
  /** Votes of like past events by words, 4-grams, title, meaning, traits, and all of these at once (near, wide): 0 to 4.6. */
  | 'pastWords'
  | 'pastGrams'
  | 'pastTitles'
  | 'pastSense'
  | 'pastTraits'
  | 'pastNear'
  | 'pastWide'
  /** Everything the candidate was chosen for, taken as one text: standard deviations above the mean. */
  | 'profileWords'
  | 'profileSense'
  /** Votes of the past of those already on board, of all of it and of what is alike: 0 to 4.6. */
  | 'withAnchors'
  | 'withAnchorsAlike';

/** Scores by candidate number. A signal that says nothing about this question is absent. */
export type Signals = Partial<Record<SignalName, Float64Array>>;
