import type { Sign } from '../learn.ts';

/** `forward`: the subject's text met by the candidate's; `back`: the reverse; `structure`: facts. */
export type Part = 'forward' | 'back' | 'structure';

/** Where a signal comes from: `vectors` = meaning of texts, `words` = pieces of words, `concepts` = the thesaurus, `fields` = stored facts, `rules` = facts read from text, `history` = past rounds and awards. */
export type Source = 'vectors' | 'words' | 'concepts' | 'fields' | 'rules' | 'history';

export interface FeatureSpec {
  part: Part;
  source: Source;
  range: readonly [low: number, high: number];
  /** What it may do to the score. */
  sign: Sign;
  says: string;
}

export type FeatureTable<F extends string> = Readonly<Record<F, FeatureSpec>>;

const unitRange = [0, 1] as const;

/** A signal that can only lift the score. */
export const lifts = (
  part: Part,
  source: Source,
  says: string,
  range: FeatureSpec['range'] = unitRange,
): FeatureSpec => ({
  part,
  source,
  range,
  sign: 1,
  says,
});

/** A signal that can only lower the score. */
export const lowers = (
  part: Part,
  source: Source,
  says: string,
  range: FeatureSpec['range'] = unitRange,
): FeatureSpec => ({ part, source, range, sign: -1, says });

/** A signal that may do either. */
export const either = (
  part: Part,
  source: Source,
  says: string,
  range: FeatureSpec['range'] = unitRange,
): FeatureSpec => ({ part, source, range, sign: 0, says });
