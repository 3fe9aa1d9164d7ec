import hnswlib from 'hnswlib-node';
import type { Neighbour, VectorIndex } from '../../app/ports.ts';
import { byNearness, checkVector } from './exact.ts';

const { HierarchicalNSW } = hnswlib;
type Graph = InstanceType<typeof HierarchicalNSW>;
const m = 16;
const efConstruction = 200;
const efSearch = 128;
const seed = 100;
/** Share of deleted labels from which the graph should be built anew. */
const worthRebuilding = 0.3;

export interface HnswIndex extends VectorIndex {
  /** True once so many labels are dead that a fresh graph would be smaller and faster. */
  readonly needsRebuild: boolean;
  /** The key of every label; undefined where it was deleted. */
  keyOfLabels(): (string | undefined)[];
  /** Digest of the vector of every label. */
  digestOfLabels(): number[];
  /** Whether the key is there with this vector, as far as 32 bits can tell. */
  holds(key: string, vector: Float32Array): boolean;
  /** Writes the graph on another thread. Until then nothing may be set; searching and deleting may go on. */
  writeTo(file: string): Promise<void>;
}

/**
 * Approximate nearest neighbours by hnswlib (cosine as inner product of unit vectors). A replaced vector gets a new
 * label and the old one is marked deleted: updating in place costs several times a fresh insert. The same inserts in
 * the same order give the same graph and the same answers.
 */
export function createHnswIndex(dimension: number, initialCapacity = 1024): HnswIndex {
  const graph = new HierarchicalNSW('ip', dimension);
  graph.initIndex(initialCapacity, m, efConstruction, seed);
  return wrap(graph, dimension, [], []);
}

/**
 * Reads a graph that `writeTo` wrote, on another thread. Keys and digests of the labels belong to it, and so does the dimension: hnswlib
 * reads a file of another one without complaint. @throws Error when the file is not a graph.
 */
export async function readHnswIndex(
  file: string,
  dimension: number,
  keyOfLabels: (string | undefined)[],
  digestOfLabels: number[],
): Promise<HnswIndex> {
  const graph = new HierarchicalNSW('ip', dimension);
  await graph.readIndex(file);
  if (graph.getCurrentCount() !== keyOfLabels.length || keyOfLabels.length !== digestOfLabels.length)
    throw new Error(`${file} does not hold what is written of it.`);
  return wrap(graph, dimension, keyOfLabels, digestOfLabels);
}

/** Another text changes every number of its vector: some of them tell, and a start compares a hundred thousand vectors. */
const digestEvery = 8;

/** FNV-1a over every eighth number as it is stored. */
function digestOf(vector: Float32Array): number {
  const words = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  let digest = 0x811c9dc5;
  for (let i = 0; i < words.length; i += digestEvery) digest = Math.imul(digest ^ words[i]!, 0x01000193);
  return digest >>> 0;
}

function wrap(graph: Graph, dimension: number, keyOf: (string | undefined)[], digests: number[]): HnswIndex {
  const labelOf = new Map<string, number>();
  for (const [label, key] of keyOf.entries()) if (key !== undefined) labelOf.set(key, label);

  const forget = (key: string): boolean => {
    const label = labelOf.get(key);
    if (label === undefined) return false;
    graph.markDelete(label);
    labelOf.delete(key);
    keyOf[label] = undefined;
    return true;
  };

  return {
    get size() {
      return labelOf.size;
    },
    get needsRebuild() {
      return keyOf.length > 1000 && 1 - labelOf.size / keyOf.length > worthRebuilding;
    },
    keyOfLabels: () => [...keyOf],
    digestOfLabels: () => [...digests],
    holds(key, vector) {
      const label = labelOf.get(key);
      return label !== undefined && vector.length === dimension && digests[label] === digestOf(vector);
    },
    async writeTo(file) {
      await graph.writeIndex(file);
    },
    set(key, vector) {
      checkVector(vector, dimension);
      forget(key);
      const label = keyOf.length;
      if (label >= graph.getMaxElements()) graph.resizeIndex(Math.ceil(graph.getMaxElements() * 1.5) + 16);
      graph.addPoint(Array.from(vector), label);
      keyOf.push(key);
      digests.push(digestOf(vector));
      labelOf.set(key, label);
    },
    delete: forget,
    search(vector, k, accept) {
      checkVector(vector, dimension);
      const wanted = Math.min(k, labelOf.size);
      if (wanted < 1) return [];
      graph.setEf(Math.max(efSearch, wanted));
      const filter = accept === undefined ? undefined : filterByKey(keyOf, accept);
      const { neighbors, distances } = graph.searchKnn(Array.from(vector), wanted, filter?.accepts);
      if (filter?.failure !== undefined) throw filter.failure.error;
      return neighbors
        .flatMap((label, i): Neighbour[] => {
          const key = keyOf[label];
          return key === undefined ? [] : [{ key, similarity: Math.min(1 - distances[i]!, 1) }];
        })
        .sort(byNearness);
    },
  };
}

/** hnswlib ends the process when a filter throws: the error is kept until the search is over. */
function filterByKey(keyOf: readonly (string | undefined)[], accept: (key: string) => boolean) {
  const filter = {
    failure: undefined as { error: unknown } | undefined,
    accepts(label: number): boolean {
      try {
        const key = keyOf[label];
        return filter.failure === undefined && key !== undefined && accept(key);
      } catch (error) {
        filter.failure = { error };
        return false;
      }
    },
  };
  return filter;
}
