import type { VectorIndex } from '../../app/ports.ts';
import { createExactIndex } from './exact.ts';
import { createHnswIndex, type HnswIndex } from './hnsw.ts';

export interface AdaptiveIndex extends VectorIndex {
  /** Which one answers now. */
  readonly serving: 'exact' | 'hnsw';
  /** Moves vectors into the graph for about this long; false when there is nothing left to do. */
  maintain(budgetMs: number): boolean;
}

/**
 * Exact up to a threshold, HNSW above it. The exact block always holds everything: it answers until the graph is
 * complete, and after a rebuild has become due. Building is sliced by `maintain`, so that the caller's loop stays free.
 */
export function createAdaptiveIndex(dimension: number, exactUpTo = 20_000): AdaptiveIndex {
  const exact = createExactIndex(dimension);
  let graph: HnswIndex | undefined;
  const pending = new Set<string>();

  const serving = () => (graph !== undefined && pending.size === 0 && exact.size > exactUpTo ? 'hnsw' : 'exact');

  return {
    get size() {
      return exact.size;
    },
    get serving() {
      return serving();
    },
    set(key, vector) {
      exact.set(key, vector);
      if (graph !== undefined) pending.add(key);
    },
    delete(key) {
      pending.delete(key);
      graph?.delete(key);
      return exact.delete(key);
    },
    search(vector, k, accept) {
      return serving() === 'hnsw' ? graph!.search(vector, k, accept) : exact.search(vector, k, accept);
    },
    maintain(budgetMs) {
      if (exact.size <= exactUpTo) {
        graph = undefined;
        pending.clear();
        return false;
      }
      if (graph === undefined || graph.needsRebuild) {
        graph = createHnswIndex(dimension, exact.size + 1024);
        pending.clear();
        for (const key of exact.keys()) pending.add(key);
      }
      const until = performance.now() + budgetMs;
      for (const key of pending) {
        graph.set(key, exact.vectorOf(key)!);
        pending.delete(key);
        if (performance.now() > until) break;
      }
      return pending.size > 0;
    },
  };
}
