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
  /** Of the title and the first passage. */
  headWords: string[];
  vectors: Float32Array[];
}

export const questionOf = (subject: Subject, vectors: Vectors): Question => ({
  words: wordsOf(subject.text),
  grams: gramsOf(subject.text),
  titleGrams: gramsOf(subject.title),
  headWords: wordsOf([subject.title, ...passagesOf(subject.text, 1)].join(' ')),
  vectors: vectorsOf(passagesOfSubject(subject), vectors),
});
