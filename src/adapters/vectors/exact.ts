import type { Neighbour, VectorIndex } from '../../app/ports.ts';

/** @throws RangeError on a wrong dimension or a number that is not finite. */
export function checkVector(vector: Float32Array, dimension: number): void {
  if (vector.length !== dimension) throw new RangeError(`A vector of ${vector.length} numbers; ${dimension} are expected`);
  for (const value of vector) if (!Number.isFinite(value)) throw new RangeError('A vector holds a number that is not finite');
}

/** Best first; equal similarity in ascending key order. */
export const byNearness = (a: Neighbour, b: Neighbour): number =>
  b.similarity - a.similarity || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

export interface ExactIndex extends VectorIndex {
  keys(): Iterable<string>;
  vectorOf(key: string): Float32Array | undefined;
}

/**
 * Every vector in one block of memory, every search over all of them: the oracle, and the index of small clusters.
 * Cost of a search: linear; memory: four bytes a number.
 */
export function createExactIndex(dimension: number): ExactIndex {
  let block = new Float32Array(1024 * dimension);
  const keys: string[] = [];
  const rowOf = new Map<string, number>();

  const row = (i: number) => block.subarray(i * dimension, (i + 1) * dimension);

  return {
    get size() {
      return keys.length;
    },
    keys: () => keys,
    vectorOf(key) {
      const i = rowOf.get(key);
      return i === undefined ? undefined : row(i);
    },
    set(key, vector) {
      checkVector(vector, dimension);
      let i = rowOf.get(key);
      if (i === undefined) {
        i = keys.length;
        if ((i + 1) * dimension > block.length) {
          const larger = new Float32Array(block.length * 2);
          larger.set(block);
          block = larger;
        }
        keys.push(key);
        rowOf.set(key, i);
      }
      block.set(vector, i * dimension);
    },
    delete(key) {
      const i = rowOf.get(key);
      if (i === undefined) return false;
      const last = keys.length - 1;
      if (i !== last) {
        block.copyWithin(i * dimension, last * dimension, (last + 1) * dimension);
        keys[i] = keys[last]!;
        rowOf.set(keys[i], i);
      }
      keys.pop();
      rowOf.delete(key);
      return true;
    },
    search(vector, k, accept) {
      checkVector(vector, dimension);
      const best: Neighbour[] = [];
      if (k < 1) return best;
      for (let i = 0, at = 0; i < keys.length; i++, at += dimension) {
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let d = 0; d < dimension; d += 4) {
          s0 += block[at + d]! * vector[d]!;
          s1 += block[at + d + 1]! * vector[d + 1]!;
          s2 += block[at + d + 2]! * vector[d + 2]!;
          s3 += block[at + d + 3]! * vector[d + 3]!;
        }
        const found = { key: keys[i]!, similarity: s0 + s1 + s2 + s3 };
        if (best.length === k && byNearness(found, best[k - 1]!) > 0) continue;
        if (accept !== undefined && !accept(found.key)) continue;
        insert(best, found, k);
      }
      return best;
    },
  };
}

const insert = (best: Neighbour[], found: Neighbour, k: number) => {
  let low = 0;
  let high = best.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byNearness(best[middle]!, found) <= 0) low = middle + 1;
    else high = middle;
  }
  best.splice(low, 0, found);
  if (best.length > k) best.pop();
};
