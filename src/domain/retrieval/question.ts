import { gramsOf, wordsOf } from './analyse.ts';
import { vectorsOf, type Vectors } from './dense.ts';
import type { Subject } from './evidence.ts';
import { passagesOf } from './passages.ts';

/** Long subjects say first what they are about. */
const passagesAsked = 4;

/** What is embedded of a subject: its title and the first passages of its text. */
export const passagesOfSubject = (subject: Subject): string[] => [
  ...new Set([subject.title, ...passagesOf(subject.text, passagesAsked)].filter((text) => text !== '')),
];

/** A subject as it is searched with. */
export interface Question {
  words: string[];
  grams: string[];
  titleGrams: string[];
  vectors: Float32Array[];
}

export const questionOf = (subject: Subject, vectors: Vectors): Question => ({
  words: wordsOf(subject.text),
  grams: gramsOf(subject.text),
  titleGrams: gramsOf(subject.title),
  vectors: vectorsOf(passagesOfSubject(subject), vectors),
});
