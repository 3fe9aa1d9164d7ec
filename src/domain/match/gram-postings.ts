/**
 * Who shares telling grams with a text: an inverted index over the gram sets of a changing collection. Grams that many
 * share are skipped in a search, so that its cost does not grow with them: what is common tells nobody apart.
 */
import type { GramWeights } from './grams.ts';

export interface GramPostings {
  /** Adds or replaces. */
  set(key: string, grams: Uint32Array): void;
  delete(key: string): void;
  /** The k keys with the largest shared weight, best first; equal ones in ascending key order. */
  search(grams: Uint32Array, weights: GramWeights, k: number, accept: (key: string) => boolean): string[];
}

/** A gram in more than this share of all sets is common; in a small collection, in more than `alwaysTelling`. */
const commonShare = 0.02;
const alwaysTelling = 200;
/** Slots of deleted keys are reclaimed once they are more than the living and worth the pass. */
const reclaimFrom = 1000;

interface Posting {
  /** May name slots of deleted keys. */
  slots: number[];
  /** How many of them are of keys that are there: the same however the collection came about. */
  living: number;
}

export function gramPostings(): GramPostings {
  let postings = new Map<number, Posting>();
  let keys: (string | undefined)[] = [];
  const held = new Map<string, { slot: number; grams: Uint32Array }>();

  const remove = (key: string) => {
    const found = held.get(key);
    if (found === undefined) return;
    held.delete(key);
    keys[found.slot] = undefined;
    for (const gram of found.grams) postings.get(gram)!.living--;
  };

  const insert = (key: string, grams: Uint32Array) => {
    const slot = keys.push(key) - 1;
    held.set(key, { slot, grams });
    for (const gram of grams) {
      const posting = postings.get(gram);
      if (posting === undefined) postings.set(gram, { slots: [slot], living: 1 });
      else {
        posting.slots.push(slot);
        posting.living++;
      }
    }
  };

  const reclaim = () => {
    const living = [...held];
    postings = new Map();
    keys = [];
    for (const [key, { grams }] of living) insert(key, grams);
  };

  return {
    set(key, grams) {
      remove(key);
      const dead = keys.length - held.size;
      if (dead > reclaimFrom && dead > held.size) reclaim();
      insert(key, grams);
    },
    delete: remove,
    search(grams, weights, k, accept) {
      const commonFrom = Math.max(alwaysTelling, held.size * commonShare);
      const shared = new Map<number, number>();
      for (const gram of grams) {
        const posting = postings.get(gram);
        if (posting === undefined || posting.living > commonFrom) continue;
        const weight = weights.of(gram);
        for (const slot of posting.slots) shared.set(slot, (shared.get(slot) ?? 0) + weight);
      }
      const found: { key: string; weight: number }[] = [];
      for (const [slot, weight] of shared) {
        const key = keys[slot];
        if (key !== undefined && accept(key)) found.push({ key, weight });
      }
      found.sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1));
      return found.slice(0, k).map(({ key }) => key);
    },
  };
}
