/** Which concepts of the thesaurus a text speaks of, and how telling each is in a collection. */
import { thesaurus, type Axis } from './thesaurus.ts';

/** Ascending indices into the thesaurus. */
export type Concepts = readonly number[];

const keyLength = 3;

/** Stems by their first letters, so that a text is read once. */
const stemsByKey = new Map<string, { stem: string; concept: number }[]>();
thesaurus.forEach(([, , stems], concept) => {
  for (const stem of stems.split('|')) {
    const key = stem.slice(0, keyLength);
    const list = stemsByKey.get(key) ?? [];
    list.push({ stem, concept });
    stemsByKey.set(key, list);
  }
});

const plain = (text: string): string =>
  ` ${text
    .toLowerCase()
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

/** Cost: linear in the text. */
export function conceptsOf(text: string): Concepts {
  const found = new Set<number>();
  const read = plain(text);
  for (let i = 0; i + keyLength <= read.length; i++)
    for (const { stem, concept } of stemsByKey.get(read.slice(i, i + keyLength)) ?? [])
      if (!found.has(concept) && read.startsWith(stem, i)) found.add(concept);
  return [...found].sort((a, b) => a - b);
}

export const axisOf = (concept: number): Axis => thesaurus[concept]![1];

interface ConceptWeights {
  ofConcept(concept: number): number;
}
type Keep = (concept: number) => boolean;
const all: Keep = () => true;

export const onAxes =
  (...axes: readonly Axis[]): Keep =>
  (concept) =>
    axes.includes(axisOf(concept));

export const union = (lists: readonly Concepts[]): Concepts => [...new Set(lists.flat())].sort((a, b) => a - b);

/** Share of the weight of the wanted concepts that `has` speaks of, 0-1; 0 where none is wanted. */
export function conceptShare(wanted: Concepts, has: Concepts, weights: ConceptWeights, keep: Keep = all): number {
  let total = 0;
  let shared = 0;
  for (const concept of wanted) {
    if (!keep(concept)) continue;
    const weight = weights.ofConcept(concept);
    total += weight;
    if (has.includes(concept)) shared += weight;
  }
  return total === 0 ? 0 : shared / total;
}

/** Cosine of the two weighted sets, 0-1. */
export function conceptCosine(a: Concepts, b: Concepts, weights: ConceptWeights, keep: Keep = all): number {
  let lengthA = 0;
  let lengthB = 0;
  let shared = 0;
  for (const concept of a) {
    if (!keep(concept)) continue;
    const square = weights.ofConcept(concept) ** 2;
    lengthA += square;
    if (b.includes(concept)) shared += square;
  }
  for (const concept of b) if (keep(concept)) lengthB += weights.ofConcept(concept) ** 2;
  return lengthA === 0 || lengthB === 0 ? 0 : shared / Math.sqrt(lengthA * lengthB);
}

/** How telling the rarest shared concept is, 0-1: one exact hit in a list of wishes counts, whatever else it names. */
export function rarestShared(a: Concepts, b: Concepts, weights: ConceptWeights): number {
  let best = 0;
  for (const concept of a) if (b.includes(concept)) best = Math.max(best, weights.ofConcept(concept));
  return Math.min(1, best / rare);
}
/** Weight of a concept that one text in a hundred speaks of. */
const rare = Math.log(101);
