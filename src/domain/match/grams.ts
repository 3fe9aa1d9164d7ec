/**
 * Lexical likeness by character n-grams: Norwegian compounds and inflections share pieces of words, not whole words.
 * Grams are hashed to 32 bits and kept as sorted sets, so that comparing two texts is one merge.
 */
import { languages, type Language } from '../member.ts';
import type { Concepts } from './concepts.ts';
import { thesaurus } from './thesaurus.ts';

const gramLength = 4;
const buckets = 1 << 18;

const fnv1a = (text: string, from: number, to: number): number => {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
};

/** Nynorsk and Bokmål spellings of the commonest endings and words fall together cheaply this way; English is untouched. */
const fold = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFC')
    .replace(/[ôóòö]/gu, 'ø')
    .replace(/[äæ]/gu, 'æ')
    .replace(/[éèê]/gu, 'e');

/** Sorted unique hashes of the character 4-grams of every word, with the word's ends marked; short words whole. */
export function gramsOf(text: string): Uint32Array {
  const seen = new Set<number>();
  for (const [word] of fold(text).matchAll(/[\p{L}\p{N}]+/gu)) {
    const marked = `_${word}_`;
    if (marked.length <= gramLength) seen.add(fnv1a(marked, 0, marked.length));
    else for (let i = 0; i + gramLength <= marked.length; i++) seen.add(fnv1a(marked, i, i + gramLength));
  }
  return Uint32Array.from(seen).sort();
}

/** How telling each gram and each concept is in a collection: ln(1 + N/df). */
export interface GramWeights {
  of(gram: number): number;
  ofConcept(concept: number): number;
  /** The share of these grams' weight that any text of that language holds on average, 0-1. */
  expectedShare(grams: Uint32Array, language: Language): number;
}

/** What the counts know of one member or need. */
export interface Counted {
  grams: Uint32Array;
  concepts: Concepts;
  language: Language;
}

export interface GramCounts extends GramWeights {
  add(text: Counted): void;
  remove(text: Counted): void;
}

/** Counts over a changing collection. Memory: 6 MiB. */
export function gramCounts(): GramCounts {
  const documentFrequency = new Float32Array(buckets);
  const conceptFrequency = new Float32Array(thesaurus.length);
  const byLanguage = Object.fromEntries(
    languages.map((language) => [language, { count: 0, frequency: new Float32Array(buckets) }]),
  ) as Record<Language, { count: number; frequency: Float32Array }>;
  let count = 0;
  let expected = new WeakMap<Uint32Array, Partial<Record<Language, number>>>();
  const change = ({ grams, concepts, language }: Counted, by: 1 | -1) => {
    count += by;
    const own = byLanguage[language];
    own.count += by;
    for (const gram of grams) {
      documentFrequency[gram & (buckets - 1)]! += by;
      own.frequency[gram & (buckets - 1)]! += by;
    }
    for (const concept of concepts) conceptFrequency[concept]! += by;
    expected = new WeakMap();
    isStale = true;
    knownConcepts.fill(0);
  };
  const weight = (frequency: number) => Math.log(1 + (count + 1) / (frequency + 0.5));
  // A match reads each weight thousands of times between two changes; 0 is "not worked out yet".
  const known = new Float64Array(buckets);
  let isStale = false;
  const of = (gram: number) => {
    if (isStale) known.fill(0);
    isStale = false;
    const bucket = gram & (buckets - 1);
    return known[bucket]! || (known[bucket] = weight(documentFrequency[bucket]!));
  };
  const knownConcepts = new Float64Array(thesaurus.length);
  return {
    add: (text) => change(text, 1),
    remove: (text) => change(text, -1),
    of,
    ofConcept: (concept) => knownConcepts[concept]! || (knownConcepts[concept] = weight(conceptFrequency[concept]!)),
    expectedShare(grams, language) {
      const shares = expected.get(grams) ?? {};
      const value = shares[language];
      if (value !== undefined) return value;
      const { count: texts, frequency } = byLanguage[language];
      let total = 0;
      let shared = 0;
      for (const gram of grams) {
        total += of(gram);
        shared += of(gram) * frequency[gram & (buckets - 1)]!;
      }
      const share = total === 0 || texts === 0 ? 0 : shared / total / texts;
      expected.set(grams, { ...shares, [language]: share });
      return share;
    },
  };
}

/** Share of the weight of `wanted` that `text` contains, 0-1; 0 for an empty text. Asymmetric. */
export function containment(wanted: Uint32Array, text: Uint32Array, weights: GramWeights): number {
  let total = 0;
  let shared = 0;
  let j = 0;
  for (const gram of wanted) {
    const weight = weights.of(gram);
    total += weight;
    while (j < text.length && text[j]! < gram) j++;
    if (text[j] === gram) shared += weight;
  }
  return total === 0 ? 0 : shared / total;
}

/** Containment beyond what any text in the language of `text` would hold, -1 to 1: so that a foreign language costs nothing. */
export const surplus = (wanted: Counted, text: Counted, weights: GramWeights): number =>
  wanted.grams.length === 0 || text.grams.length === 0
    ? 0
    : containment(wanted.grams, text.grams, weights) - weights.expectedShare(wanted.grams, text.language);
