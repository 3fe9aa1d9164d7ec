/** What ranking is asked about: who could be proposed, what happened before, and for whom it is asked. */

export interface Candidate {
  id: string;
  /** Empty when unknown. */
  name: string;
  /** What the candidate says of itself; empty when there is nothing. */
  text: string;
  /** As of past events; absent when unknown. */
  traits?: readonly string[];
}

/** Something that came about before: a funded round, an award, a project. */
export interface PastEvent {
  title: string;
  text: string;
  /** `kind:value`, such as `place:oslo`. */
  traits: readonly string[];
  /** Year or ISO 8601 date; empty or absent when unknown. */
  date?: string;
  /** Who was chosen, with a positive weight (1 where there are no grades). */
  counterparts: Readonly<Record<string, number>>;
}

/** The one that candidates are ranked for. */
export interface Subject {
  title: string;
  text: string;
  traits: readonly string[];
  date?: string;
  /** Those already on board: evidence, never proposed. */
  anchors: readonly string[];
}
