import hnswlib from 'hnswlib-node';
import type { Neighbour, VectorIndex } from '../../app/ports.ts';
import { byNearness, checkVector } from './exact.ts';

const { HierarchicalNSW } = hnswlib;
const m = 16;
const efConstruction = 200;
const efSearch = 128;
const seed = 100;
/** Share of deleted labels from which the graph should be built anew. */
const worthRebuilding = 0.3;

export interface HnswIndex extends VectorIndex {
  /** Share of labels that are deleted but still in the graph. */
  readonly deadShare: number;
  readonly needsRebuild: boolean;
}

/**
 * Approximate nearest neighbours by hnswlib (cosine as inner product of unit vectors). A replaced vector gets a new
 * label and the old one is marked deleted: updating in place costs several times a fresh insert. The same inserts in
 * the same order give the same graph and the same answers.
 */
export function createHnswIndex(dimension: number, initialCapacity = 1024): HnswIndex {
  const graph = new HierarchicalNSW('ip', dimension);
  graph.initIndex(initialCapacity, m, efConstruction, seed);
  graph.setEf(efSearch);
  const labelOf = new Map<string, number>();
  const keyOf: (string | undefined)[] = [];

  const forget = (key: string): boolean => {
    const label = labelOf.get(key);
    if (label === undefined) return false;
    graph.markDelete(label);
    labelOf.delete(key);
    keyOf[label] = undefined;
    return true;
  };
  const deadShare = () => (keyOf.length === 0 ? 0 : 1 - labelOf.size / keyOf.length);

  return {
    get size() {
      return labelOf.size;
    },
    get deadShare() {
      return deadShare();
    },
    get needsRebuild() {
      return keyOf.length > 1000 && deadShare() > worthRebuilding;
    },
    set(key, vector) {
      checkVector(vector, dimension);
      forget(key);
      const label = keyOf.length;
      if (label >= graph.getMaxElements()) graph.resizeIndex(graph.getMaxElements() * 2);
      graph.addPoint(Array.from(vector), label);
      keyOf.push(key);
      labelOf.set(key, label);
    },
    delete: forget,
    search(vector, k, accept) {
      checkVector(vector, dimension);
      const wanted = Math.min(k, labelOf.size);
      if (wanted < 1) return [];
      graph.setEf(Math.max(efSearch, wanted));
      const filter =
        accept === undefined
          ? undefined
          : (label: number) => {
              const key = keyOf[label];
              return key !== undefined && accept(key);
            };
      const { neighbors, distances } = graph.searchKnn(Array.from(vector), wanted, filter);
      return neighbors
        .flatMap((label, i): Neighbour[] => {
          const key = keyOf[label];
          return key === undefined ? [] : [{ key, similarity: 1 - distances[i]! }];
        })
        .sort(byNearness);
    },
  };
}
