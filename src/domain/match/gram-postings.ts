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

export function gramPostings(): GramPostings {
  let postings = new Map<number, number[]>();
  let keys: (string | undefined)[] = [];
  const slots = new Map<string, number>();

  const remove = (key: string) => {
    const slot = slots.get(key);
    if (slot === undefined) return;
    slots.delete(key);
    keys[slot] = undefined;
  };

  const reclaim = () => {
    const moved = new Map<number, number>();
    const kept: string[] = [];
    keys.forEach((key, slot) => {
      if (key === undefined) return;
      moved.set(slot, kept.length);
      slots.set(key, kept.length);
      kept.push(key);
    });
    const fresh = new Map<number, number[]>();
    for (const [gram, list] of postings) {
      const left = list.flatMap((slot) => moved.get(slot) ?? []);
      if (left.length > 0) fresh.set(gram, left);
    }
    postings = fresh;
    keys = kept;
  };

  return {
    set(key, grams) {
      remove(key);
      const dead = keys.length - slots.size;
      if (dead > reclaimFrom && dead > slots.size) reclaim();
      const slot = keys.push(key) - 1;
      slots.set(key, slot);
      for (const gram of grams) {
        const list = postings.get(gram);
        if (list === undefined) postings.set(gram, [slot]);
        else list.push(slot);
      }
    },
    delete: remove,
    search(grams, weights, k, accept) {
      const commonFrom = Math.max(alwaysTelling, keys.length * commonShare);
      const shared = new Map<number, number>();
      for (const gram of grams) {
        const list = postings.get(gram);
        if (list === undefined || list.length > commonFrom) continue;
        const weight = weights.of(gram);
        for (const slot of list) shared.set(slot, (shared.get(slot) ?? 0) + weight);
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
