import type { Neighbour, VectorIndex } from '../../app/ports.ts';
import { createVectorBlock, rowsAtOnce } from './dot-kernel.ts';

/** @throws RangeError on a wrong dimension or a number that is not finite. */
export function checkVector(vector: Float32Array, dimension: number): void {
  if (vector.length !== dimension)
    throw new RangeError(`A vector of ${vector.length} numbers; ${dimension} are expected`);
  for (const value of vector)
    if (!Number.isFinite(value)) throw new RangeError('A vector holds a number that is not finite');
}

/** Best first; equal similarity in ascending key order. */
export const byNearness = (a: Neighbour, b: Neighbour): number =>
  b.similarity - a.similarity || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

export interface ExactIndex extends VectorIndex {
  keys(): readonly string[];
  /** A copy. */
  vectorOf(key: string): Float32Array | undefined;
  /** The vector itself: valid until the next `set` or `delete`. */
  viewOf(key: string): Float32Array | undefined;
  /** The same search over these keys only; those that are not there are left out. */
  searchAmong(keys: Iterable<string>, vector: Float32Array, k: number): Neighbour[];
}

/**
 * Every vector in one block of memory, every search over all of them: the oracle, and the index of small clusters.
 * Cost of a search: linear; memory: four bytes a number, kept for reuse after deletes.
 */
export function createExactIndex(dimension: number): ExactIndex {
  const block = createVectorBlock(dimension);
  const { stride } = block;
  const keys: string[] = [];
  const rowOf = new Map<string, number>();
  let room = 0;

  const add = (key: string): number => {
    if (keys.length === room) {
      const larger = Math.max(256, Math.ceil(room * 1.5));
      block.reserve(larger);
      room = larger;
    }
    rowOf.set(key, keys.length);
    return keys.push(key) - 1;
  };

  return {
    get size() {
      return keys.length;
    },
    keys: () => keys,
    vectorOf(key) {
      const i = rowOf.get(key);
      return i === undefined ? undefined : block.rows.slice(i * stride, i * stride + dimension);
    },
    viewOf(key) {
      const i = rowOf.get(key);
      return i === undefined ? undefined : block.rows.subarray(i * stride, i * stride + dimension);
    },
    set(key, vector) {
      checkVector(vector, dimension);
      const i = rowOf.get(key) ?? add(key);
      block.rows.set(vector, i * stride);
    },
    delete(key) {
      const i = rowOf.get(key);
      if (i === undefined) return false;
      const last = keys.pop()!;
      if (last !== key) {
        block.rows.copyWithin(i * stride, keys.length * stride, (keys.length + 1) * stride);
        keys[i] = last;
        rowOf.set(last, i);
      }
      rowOf.delete(key);
      return true;
    },
    search(vector, k, accept) {
      checkVector(vector, dimension);
      if (k < 1) return [];
      block.setQuery(vector);
      const best = createBest(k);
      for (let first = 0; first < keys.length; first += rowsAtOnce) {
        const scores = block.score(first, Math.min(rowsAtOnce, keys.length - first));
        for (let i = 0; i < scores.length; i++) {
          if (scores[i]! < best.floor) continue;
          const key = keys[first + i]!;
          if (accept === undefined || accept(key)) best.add(key, scores[i]!);
        }
      }
      return best.sorted();
    },
    searchAmong(wanted, vector, k) {
      checkVector(vector, dimension);
      if (k < 1) return [];
      block.setQuery(vector);
      const best = createBest(k);
      for (const key of new Set(wanted)) {
        const i = rowOf.get(key);
        if (i !== undefined) best.add(key, block.score(i, 1)[0]!);
      }
      return best.sorted();
    },
  };
}

/** The k best of many: gathers some more than k and sorts now and then, which is cheaper than keeping order. */
function createBest(k: number) {
  const gatherUpTo = 2 * k + 64;
  const found: Neighbour[] = [];
  let floor = -Infinity;
  const trim = () => {
    found.sort(byNearness);
    found.length = Math.min(found.length, k);
  };
  return {
    /** Below this nothing can be among the best any more. */
    get floor() {
      return floor;
    },
    add(key: string, similarity: number) {
      // Rounding may lift the product of two unit vectors a little above 1.
      found.push({ key, similarity: Math.min(similarity, 1) });
      if (found.length < gatherUpTo) return;
      trim();
      floor = found[k - 1]!.similarity;
    },
    sorted() {
      trim();
      return found;
    },
  };
}
