import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createAdaptiveIndex, type AdaptiveIndex } from '../../src/adapters/vectors/adaptive.ts';
import { createExactIndex } from '../../src/adapters/vectors/exact.ts';
import { createHnswIndex } from '../../src/adapters/vectors/hnsw.ts';
import { tempDir } from '../support/temp-dir.ts';
import { dimension, numbers, unit, vectorsContract } from './vectors-contract.ts';

vectorsContract('Exact search', () => createExactIndex(dimension));
vectorsContract('Exact search over rows that do not fill the kernel', () => createExactIndex(27), 27);
vectorsContract('HNSW', () => createHnswIndex(dimension, 16));
vectorsContract('The adaptive index below its threshold', () => createAdaptiveIndex(dimension, 10_000));
vectorsContract('The adaptive index above its threshold', () => keptUp(createAdaptiveIndex(dimension, 1)));

/** Serves by the graph from the second vector on. */
function keptUp(index: AdaptiveIndex): AdaptiveIndex {
  const set = index.set.bind(index);
  return Object.assign(Object.create(index) as AdaptiveIndex, {
    set(key: string, vector: Float32Array) {
      set(key, vector);
      while (index.maintain(1000));
    },
  });
}

const filled = (count: number, exactUpTo: number, seed = 9) => {
  const next = numbers(seed);
  const index = createAdaptiveIndex(dimension, exactUpTo);
  const oracle = createExactIndex(dimension);
  const set = (key: string, vector = unit(next)) => {
    index.set(key, vector);
    oracle.set(key, vector);
  };
  for (let i = 0; i < count; i++) set(`k${i}`);
  return { index, oracle, next, set };
};

describe('Exact search', () => {
  test('agrees with plain arithmetic to six digits', () => {
    const next = numbers(2);
    const index = createExactIndex(dimension);
    const all = Array.from({ length: 5000 }, () => unit(next));
    all.forEach((vector, i) => index.set(`k${i}`, vector));
    const query = unit(next);
    const plain = all.map((vector) => vector.reduce((sum, value, d) => sum + value * query[d]!, 0));
    for (const { key, similarity } of index.search(query, 5000))
      expect(similarity).toBeCloseTo(plain[Number(key.slice(1))]!, 6);
  });

  test('gives the same answer whatever the history of the block', () => {
    const next = numbers(4);
    const vectors = Array.from({ length: 300 }, () => unit(next));
    const straight = createExactIndex(dimension);
    vectors.forEach((vector, i) => straight.set(`k${i}`, vector));
    const winding = createExactIndex(dimension);
    for (let i = 299; i >= 0; i--) winding.set(`k${i}`, unit(next));
    for (let i = 0; i < 300; i += 3) winding.delete(`k${i}`);
    vectors.forEach((vector, i) => winding.set(`k${i}`, vector));
    const query = unit(next);
    expect(winding.search(query, 300)).toEqual(straight.search(query, 300));
  });
});

describe('HNSW', () => {
  test('the same inserts in the same order give the same answers', () => {
    const build = () => {
      const next = numbers(21);
      const index = createHnswIndex(dimension, 8);
      for (let i = 0; i < 800; i++) index.set(`k${i}`, unit(next));
      return index.search(unit(next), 20);
    };
    expect(build()).toEqual(build());
  });

  test('asks for a rebuild when a third of its labels is dead', () => {
    const next = numbers(22);
    const index = createHnswIndex(dimension);
    for (let i = 0; i < 1200; i++) index.set(`k${i}`, unit(next));
    expect(index.needsRebuild).toBe(false);
    for (let i = 0; i < 400; i++) index.delete(`k${i}`);
    expect(index.needsRebuild).toBe(true);
  });
});

describe('The adaptive index', () => {
  test('serves exactly until the graph is built, then by the graph, and exactly again when it shrinks', () => {
    const { index } = filled(1300, 100);
    expect(index.serving).toBe('exact');
    while (index.maintain(5));
    expect(index.serving).toBe('hnsw');
    for (let i = 0; i < 1250; i++) index.delete(`k${i}`);
    expect(index.serving).toBe('exact');
  });

  test('finds what came or changed after the graph was built, at its new place only', () => {
    const { index, next, oracle, set } = filled(600, 100);
    while (index.maintain(5));
    const [late, moved] = [unit(next), unit(next)];
    set('late', late);
    set('k7', moved);
    expect(index.serving).toBe('hnsw');
    for (const query of [late, moved, unit(next)]) expect(index.search(query, 10)).toEqual(oracle.search(query, 10));
  });

  test('gives the similarities of exact search, whichever serves', () => {
    const { index, next, oracle } = filled(900, 100);
    while (index.maintain(5));
    const query = unit(next);
    expect(index.search(query, 10)).toEqual(oracle.search(query, 10));
  });

  test('finds everything that a very selective filter lets through', () => {
    const { index, next, oracle } = filled(900, 100);
    while (index.maintain(5));
    const query = unit(next);
    const accept = (key: string) => key.endsWith('77');
    expect(index.search(query, 50, accept)).toEqual(oracle.search(query, 50, accept));
  });

  test('goes on serving while a third of it is replaced and the graph is built anew', () => {
    const { index, next, oracle, set } = filled(1500, 100);
    while (index.maintain(5));
    for (let i = 0; i < 700; i++) set(`k${i}`);
    let more = true;
    while (more) {
      more = index.maintain(1);
      expect(index.serving).toBe('hnsw');
    }
    const query = unit(next);
    expect(index.search(query, 10)).toEqual(oracle.search(query, 10));
  });
});

describe('A kept graph', () => {
  const keep = async () => {
    const folder = tempFolder();
    const { index } = filled(500, 100);
    while (index.maintain(5));
    expect(await index.save(folder, 'model-a')).toBe(true);
    return { folder, index };
  };

  test('serves at once, and needs inserts only for what changed since', async () => {
    const { folder } = await keep();
    const { index, next, oracle, set } = filled(500, 100);
    set('k3');
    set('late');
    index.delete('k9');
    oracle.delete('k9');
    expect(await index.restore(folder, 'model-a')).toBe(true);
    expect(index.serving).toBe('hnsw');
    for (let i = 0; i < 5; i++) {
      const query = unit(next);
      expect(index.search(query, 10)).toEqual(oracle.search(query, 10));
    }
  });

  test('is not taken for another model', async () => {
    const { folder } = await keep();
    const { index } = filled(500, 100);
    expect(await index.restore(folder, 'model-b')).toBe(false);
    expect(index.serving).toBe('exact');
  });

  test('is not taken when its file is broken', async () => {
    const { folder } = await keep();
    const file = readdirSync(folder).find((name) => name.endsWith('.hnsw'))!;
    writeFileSync(path.join(folder, file), 'broken');
    expect(await filled(500, 100).index.restore(folder, 'model-a')).toBe(false);
  });

  test('is not taken when one bit of its file has turned', async () => {
    const { folder } = await keep();
    const file = path.join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.hnsw'))!,
    );
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    expect(await filled(500, 100).index.restore(folder, 'model-a')).toBe(false);
  });

  test('replaces the one before it and leaves nothing else behind', async () => {
    const { folder, index } = await keep();
    index.set('new', unit(numbers(77)));
    while (index.maintain(5));
    await index.save(folder, 'model-a');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('is not written below the threshold', async () => {
    expect(await filled(50, 100).index.save(tempFolder(), 'model-a')).toBe(false);
  });
});

let folders = 0;
const tempRoot = tempDir();
const tempFolder = () => path.join(tempRoot, String(++folders));
