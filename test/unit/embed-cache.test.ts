import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from '@jest/globals';
import { withVectorCache } from '../../src/adapters/embedder/vector-cache.ts';
import type { Embedder } from '../../src/app/ports.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let folders = 0;
const freshFolder = () => path.join(root, String(++folders));

/** Gives every text a unit vector of its own and notes what it was asked for. */
function countingEmbedder(modelDigest = 'model-a') {
  const asked: string[] = [];
  const embedder: Embedder = {
    modelDigest,
    dimension: 2,
    ready: () => Promise.resolve(),
    close: () => Promise.resolve(),
    embed(texts) {
      asked.push(...texts);
      return Promise.resolve(texts.map((text) => Float32Array.of(Math.cos(text.length), Math.sin(text.length))));
    },
  };
  return { embedder, asked };
}

const cached = (folder: string, digest?: string) => {
  const { embedder, asked } = countingEmbedder(digest);
  return { cache: withVectorCache(embedder, folder), asked };
};
const many = Array.from({ length: 700 }, (_t, i) => 'x'.repeat(i + 1));

describe('The vector cache', () => {
  test('embeds no text twice, in one call, in later calls or after reopening', async () => {
    const folder = freshFolder();
    const first = cached(folder);
    const vectors = await first.cache.embed(['aa', 'b', 'aa', ...many]);
    expect(first.asked).toHaveLength(702);
    expect(vectors[2]).toEqual(vectors[0]);
    await first.cache.embed(['b', 'aa']);
    expect(first.asked).toHaveLength(702);
    await first.cache.close();
    const second = cached(folder);
    expect(await second.cache.embed(['aa', 'b', 'aa', ...many])).toEqual(vectors);
    expect(second.asked).toEqual([]);
    await second.cache.close();
  });

  test('is shared by those who have it open at the same time', async () => {
    const folder = freshFolder();
    const [a, b] = [cached(folder), cached(folder)];
    await Promise.all([a.cache.embed(many), b.cache.embed(many)]);
    await a.cache.embed(['only a']);
    await b.cache.embed(['only a']);
    expect(b.asked).not.toContain('only a');
    await Promise.all([a.cache.close(), b.cache.close()]);
  });

  test('keeps the vectors of two models apart', async () => {
    const folder = freshFolder();
    await cached(folder, 'model-a').cache.embed(['text']);
    const other = cached(folder, 'model-b');
    await other.cache.embed(['text']);
    expect(other.asked).toEqual(['text']);
  });

  test('forgets what is evicted, and only that', async () => {
    const { cache, asked } = cached(freshFolder());
    await cache.embed(['keep', 'drop']);
    cache.evict(['drop', 'never there']);
    await cache.embed(['keep', 'drop']);
    expect(asked).toEqual(['keep', 'drop', 'drop']);
    await cache.close();
  });

  test('keeps what was embedded before a later failure', async () => {
    const folder = freshFolder();
    const { embedder, asked } = countingEmbedder();
    const failing: Embedder = {
      ...embedder,
      embed: (texts) => (asked.length > 300 ? Promise.reject(new Error('enough')) : embedder.embed(texts)),
    };
    const cache = withVectorCache(failing, folder);
    await expect(cache.embed(many)).rejects.toThrow('enough');
    await cache.close();
    const again = cached(folder);
    await again.cache.embed(many);
    expect(again.asked.length).toBeLessThan(many.length);
    await again.cache.close();
  });

  test('moves a broken file aside and starts anew', async () => {
    const folder = freshFolder();
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'vectors.sqlite'), 'this is no database, '.repeat(500));
    const { cache, asked } = cached(folder);
    await cache.embed(['text']);
    await cache.embed(['text']);
    expect(asked).toEqual(['text']);
    expect(readdirSync(folder).filter((name) => name.includes('.broken-'))).toHaveLength(1);
    await cache.close();
  });

  test('goes on without a cache where the folder cannot be made', async () => {
    const file = freshFolder();
    writeFileSync(file, '');
    const { cache, asked } = cached(path.join(file, 'below-a-file'));
    expect(await cache.embed(['text'])).toHaveLength(1);
    cache.evict(['text']);
    await cache.embed(['text']);
    expect(asked).toEqual(['text', 'text']);
    await cache.close();
  });

  test('embeds again what does not look like a vector of this model', async () => {
    const folder = freshFolder();
    const first = cached(folder);
    await first.cache.embed(['zeros', 'short']);
    await first.cache.close();
    const file = path.join(folder, 'vectors.sqlite');
    expect(existsSync(file)).toBe(true);
    const db = new Database(file);
    db.exec('UPDATE vectors SET vector = zeroblob(8)');
    db.close();
    const second = cached(folder);
    expect(await second.cache.embed(['zeros'])).toEqual([Float32Array.of(Math.cos(5), Math.sin(5))]);
    expect(second.asked).toEqual(['zeros']);
    await second.cache.close();
  });
});
