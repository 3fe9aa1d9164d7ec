/**
 * Lexical likeness by character n-grams: Norwegian compounds and inflections share pieces of words, not whole words.
 * Grams are hashed to 32 bits and kept as sorted sets, so that comparing two texts is one merge.
 */

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

/** How telling each gram is in a collection: ln(1 + N/df). */
export interface GramWeights {
  of(gram: number): number;
}

export interface GramCounts extends GramWeights {
  add(grams: Uint32Array): void;
  remove(grams: Uint32Array): void;
}

/** Counts over a changing collection, one gram set per member or need. Memory: 1 MiB. */
export function gramCounts(): GramCounts {
  const documentFrequency = new Float32Array(buckets);
  let count = 0;
  const change = (grams: Uint32Array, by: 1 | -1) => {
    count += by;
    for (const gram of grams) documentFrequency[gram & (buckets - 1)]! += by;
  };
  return {
    add: (grams) => change(grams, 1),
    remove: (grams) => change(grams, -1),
    of: (gram) => Math.log(1 + (count + 1) / (documentFrequency[gram & (buckets - 1)]! + 0.5)),
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
