/** What every vector index must do. Exact search is the oracle. */
import { describe, expect, test } from '@jest/globals';
import { createExactIndex } from '../../src/adapters/vectors/exact.ts';
import type { VectorIndex } from '../../src/app/ports.ts';

export const dimension = 32;

/** Repeatable numbers in [-1, 1). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

export function unit(next: () => number, length = dimension): Float32Array {
  return near(new Float32Array(length), 1, next);
}

/** A unit vector around another one. */
function near(centre: Float32Array, spread: number, next: () => number): Float32Array {
  const vector = centre.map((value) => value + spread * next());
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

export function vectorsContract(name: string, create: () => VectorIndex, size = dimension): void {
  describe(`${name} keeps the index contract`, () => {
    test('the nearest come first, and a vector finds itself', () => {
      const next = numbers(7);
      const index = create();
      const all = Array.from({ length: 200 }, () => unit(next, size));
      all.forEach((vector, i) => index.set(`k${i}`, vector));
      expect(index.size).toBe(200);
      const found = index.search(all[17]!, 5);
      expect(found[0]!.key).toBe('k17');
      expect(found[0]!.similarity).toBeCloseTo(1, 4);
      const similarities = found.map((one) => one.similarity);
      expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    });

    test('equal vectors come in the order of their keys', () => {
      const index = create();
      const vector = unit(numbers(3), size);
      for (const key of ['b', 'c', 'a']) index.set(key, vector);
      expect(index.search(vector, 3).map((one) => one.key)).toEqual(['a', 'b', 'c']);
    });

    test('a replaced vector is found at its new place only, a deleted one nowhere', () => {
      const next = numbers(11);
      const index = create();
      const [a, b, c] = [unit(next, size), unit(next, size), unit(next, size)];
      index.set('x', a);
      index.set('y', b);
      index.set('x', c);
      expect(index.size).toBe(2);
      expect(index.search(c, 1)[0]).toMatchObject({ key: 'x' });
      expect(
        index
          .search(a, 2)
          .map((one) => one.similarity)
          .every((s) => s < 0.999),
      ).toBe(true);
      expect(index.delete('x')).toBe(true);
      expect(index.delete('x')).toBe(false);
      expect(index.search(c, 5).map((one) => one.key)).toEqual(['y']);
    });

    test('a filter only lets through what it accepts', () => {
      const next = numbers(5);
      const index = create();
      for (let i = 0; i < 100; i++) index.set(`k${i}`, unit(next, size));
      const found = index.search(unit(next, size), 10, (key) => Number(key.slice(1)) % 2 === 0);
      expect(found.length).toBeGreaterThan(0);
      expect(found.every((one) => Number(one.key.slice(1)) % 2 === 0)).toBe(true);
    });

    test('an error of the filter reaches the caller, and the index goes on', () => {
      const next = numbers(6);
      const index = create();
      for (let i = 0; i < 50; i++) index.set(`k${i}`, unit(next, size));
      const query = unit(next, size);
      const search = () =>
        index.search(query, 5, () => {
          throw new Error('no opinion');
        });
      expect(search).toThrow('no opinion');
      expect(index.search(query, 5)).toHaveLength(5);
    });

    test('nothing is found in an empty index, and never more than there is', () => {
      const index = create();
      const vector = unit(numbers(1), size);
      expect(index.search(vector, 3)).toEqual([]);
      index.set('a', vector);
      expect(index.search(vector, 50)).toHaveLength(1);
      expect(index.search(vector, 0)).toEqual([]);
    });

    test('wrong dimensions and numbers that are not finite are refused', () => {
      const index = create();
      expect(() => index.set('a', new Float32Array(3))).toThrow(RangeError);
      expect(() => index.set('a', new Float32Array(size).fill(NaN))).toThrow(RangeError);
      expect(() => index.set('a', new Float32Array(size).fill(Infinity))).toThrow(RangeError);
      expect(() => index.search(new Float32Array(3), 1)).toThrow(RangeError);
      expect(() => index.search(new Float32Array(size).fill(NaN), 1)).toThrow(RangeError);
      expect(index.size).toBe(0);
    });

    test('finds at least 99 of 100 true neighbours among clustered vectors', () => {
      const next = numbers(42);
      const index = create();
      const oracle = createExactIndex(size);
      const topics = Array.from({ length: 60 }, () => unit(next, size));
      for (let i = 0; i < 3000; i++) {
        const vector = near(topics[i % 60]!, 0.1, next);
        index.set(`k${i}`, vector);
        oracle.set(`k${i}`, vector);
      }
      let hits = 0;
      for (let q = 0; q < 50; q++) {
        const query = near(topics[q % 60]!, 0.1, next);
        const truth = new Set(oracle.search(query, 10).map((one) => one.key));
        hits += index.search(query, 10).filter((one) => truth.has(one.key)).length;
      }
      expect(hits / 500).toBeGreaterThanOrEqual(0.99);
    });
  });
}
