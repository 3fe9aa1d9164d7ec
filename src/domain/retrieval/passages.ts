import { sentencesOf } from '../facet.ts';

/** About 150 tokens of Norwegian or English, the length that embedding models of this kind are trained for. */
const passageLength = 600;

/** A bound on the cost of embedding a collection. */
const passagesInAll = 15_000;

/** Passages kept of each of so many texts: 1 to 3. */
export const passagesEach = (texts: number): number => Math.max(1, Math.min(3, Math.floor(passagesInAll / texts)));

/**
 * A text cut into passages of whole sentences, each at most about 600 characters (a longer sentence is cut there), in
 * order and at most `limit`; what comes after is left out. An empty text has none.
 */
export function passagesOf(text: string, limit: number): string[] {
  const passages: string[] = [];
  let current = '';
  for (const sentence of sentencesOf(text)) {
    for (let from = 0; from < sentence.text.length; from += passageLength) {
      const piece = sentence.text.slice(from, from + passageLength);
      if (current !== '' && current.length + 1 + piece.length > passageLength) {
        passages.push(current);
        current = '';
      }
      if (passages.length === limit) return passages;
      current = current === '' ? piece : `${current} ${piece}`;
    }
  }
  if (current !== '') passages.push(current);
  return passages;
}
