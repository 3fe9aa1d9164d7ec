import type { VectorIndex } from '../../app/ports.ts';
import { createExactIndex } from './exact.ts';
import { createHnswIndex, type HnswIndex } from './hnsw.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';

export interface AdaptiveIndex extends VectorIndex {
  /** Which one answers now. */
  readonly serving: 'exact' | 'hnsw';
  /** Vectors that came, changed or went since the graph was kept or taken over. */
  readonly unsaved: number;
  /** Works on the graph for about this long, one insert at least; false when there is nothing left to do. */
  maintain(budgetMs: number): boolean;
  /** Keeps the graph in a folder, if there is one; inserting waits meanwhile. False when there was nothing to keep. */
  save(folder: string, model: string): Promise<boolean>;
  /**
   * Takes over a kept graph: call it once the vectors are set. Those that are not in it as they are now go in by
   * `maintain`. False when there is none for this model, or it is broken: then the graph is built from nothing.
   */
  restore(folder: string, model: string): Promise<boolean>;
}

/** A graph and the keys whose vector of today is not in it. */
interface Tier {
  graph: HnswIndex;
  pending: Set<string>;
}

/** So many vectors that are not in the graph are searched beside it. */
const besideGraph = 1000;
/** The graph finds some more than asked for, so that the order of equals at the end does not depend on it. */
const moreThanAsked = 8;
/** Below this share of accepted keys a filter makes the graph slower than an exact search. */
const selective = 0.1;
const sampledKeys = 200;
const nothing = new Float32Array();

/**
 * Exact up to a threshold, HNSW above it. The exact block always holds everything: it answers while the graph is being
 * built, takes the searches whose filter lets little through, and gives the similarities of what the graph found, so
 * that a match has the same one whichever of them served. A new graph is built beside the old one, in slices.
 */
export function createAdaptiveIndex(dimension: number, exactUpTo = 20_000): AdaptiveIndex {
  const exact = createExactIndex(dimension);
  let current: Tier | undefined;
  let next: Tier | undefined;
  let saving = false;
  let unsaved = 0;

  const tiers = () => [current, next].filter((tier) => tier !== undefined);
  const ready = () =>
    exact.size > exactUpTo && current !== undefined && current.pending.size <= besideGraph ? current : undefined;
  const emptyTier = (): Tier => ({
    graph: createHnswIndex(dimension, exact.size + 1024),
    pending: new Set(exact.keys()),
  });
  const isSelective = (accept: (key: string) => boolean) => {
    const keys = exact.keys();
    const step = Math.max(1, Math.floor(keys.length / sampledKeys));
    let seen = 0;
    let accepted = 0;
    for (let i = 0; i < keys.length; i += step, seen++) if (accept(keys[i]!)) accepted++;
    return accepted < seen * selective;
  };

  return {
    get size() {
      return exact.size;
    },
    get serving() {
      return ready() === undefined ? 'exact' : 'hnsw';
    },
    get unsaved() {
      return current === undefined ? 0 : unsaved;
    },
    set(key, vector) {
      unsaved++;
      exact.set(key, vector);
      for (const { graph, pending } of tiers()) {
        graph.delete(key);
        pending.add(key);
      }
    },
    delete(key) {
      unsaved++;
      for (const { graph, pending } of tiers()) {
        graph.delete(key);
        pending.delete(key);
      }
      return exact.delete(key);
    },
    search(vector, k, accept) {
      const tier = ready();
      if (tier === undefined || k < 1 || (accept !== undefined && isSelective(accept)))
        return exact.search(vector, k, accept);
      const found = tier.graph.search(vector, k + moreThanAsked, accept).map(({ key }) => key);
      for (const key of tier.pending) if (accept === undefined || accept(key)) found.push(key);
      return exact.searchAmong(found, vector, k);
    },
    maintain(budgetMs) {
      if (saving) return false;
      if (exact.size <= exactUpTo) {
        // A cluster around the threshold does not build the same graph over and over.
        if (exact.size < exactUpTo * 0.8) current = next = undefined;
        return false;
      }
      current ??= emptyTier();
      if (current.graph.needsRebuild) next ??= emptyTier();
      const until = performance.now() + budgetMs;
      for (const tier of tiers()) {
        for (const key of tier.pending) {
          tier.graph.set(key, exact.vectorOf(key)!);
          tier.pending.delete(key);
          if (performance.now() > until) return true;
        }
      }
      if (next !== undefined) {
        current = next;
        next = undefined;
      }
      return false;
    },
    async save(folder, model) {
      if (current === undefined || saving) return false;
      saving = true;
      try {
        const before = unsaved;
        await writeSnapshot(folder, { model, dimension }, current.graph);
        unsaved -= before;
        return true;
      } finally {
        saving = false;
      }
    },
    async restore(folder, model) {
      const graph = await readSnapshot(folder, { model, dimension });
      if (graph === undefined) return false;
      const pending = new Set<string>();
      for (const key of graph.keyOfLabels())
        if (key !== undefined && !graph.holds(key, exact.viewOf(key) ?? nothing)) graph.delete(key);
      const held = new Set(graph.keyOfLabels());
      for (const key of exact.keys()) if (!held.has(key)) pending.add(key);
      current = { graph, pending };
      next = undefined;
      unsaved = pending.size;
      return true;
    },
  };
}
