import { createHash } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Embedder } from '../../app/ports.ts';

export interface CachedEmbedder extends Embedder {
  /** Takes the vectors of these texts out of the cache. */
  evict(texts: readonly string[]): void;
}

const readAtOnce = 256;
const embedAtOnce = 64;

/**
 * Keeps vectors by digest of model and text in `vectors.sqlite` of a folder, so that no text is embedded twice. Several
 * processes may share it. It is only a cache: when it is broken it is moved aside, when it cannot be written the work
 * goes on without it.
 */
export function withVectorCache(inner: Embedder, cacheDir: string): CachedEmbedder {
  mkdirSync(cacheDir, { recursive: true });
  const db = openOrReplace(path.join(cacheDir, 'vectors.sqlite'));
  const read = db.prepare<[Buffer], { vector: Buffer }>('SELECT vector FROM vectors WHERE key = ?');
  const write = db.prepare('INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)');
  const drop = db.prepare('DELETE FROM vectors WHERE key = ?');
  const keyOf = (text: string) => createHash('sha256').update(inner.modelDigest).update('\0').update(text, 'utf8').digest();
  const quietly = (change: () => void) => {
    try {
      db.transaction(change)();
    } catch {
      // A cache that cannot be written costs time later, never an answer now.
    }
  };
  return {
    modelDigest: inner.modelDigest,
    dimension: inner.dimension,
    ready: () => inner.ready(),
    async embed(texts, signal) {
      const known = new Map<string, Float32Array>();
      const missing: string[] = [];
      let sinceYield = 0;
      for (const text of new Set(texts)) {
        const bytes = read.get(keyOf(text))?.vector;
        if (bytes?.byteLength === inner.dimension * 4)
          known.set(text, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)));
        else missing.push(text);
        if (++sinceYield % readAtOnce === 0) await new Promise(setImmediate);
      }
      for (let i = 0; i < missing.length; i += embedAtOnce) {
        const part = missing.slice(i, i + embedAtOnce);
        const vectors = await inner.embed(part, signal);
        part.forEach((text, j) => known.set(text, vectors[j]!));
        quietly(() => part.forEach((text, j) => write.run(keyOf(text), toBuffer(vectors[j]!))));
      }
      return texts.map((text) => known.get(text)!);
    },
    evict(texts) {
      quietly(() => texts.forEach((text) => drop.run(keyOf(text))));
    },
    async close() {
      db.close();
      await inner.close();
    },
  };
}

const toBuffer = (vector: Float32Array) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

function openOrReplace(file: string): Database.Database {
  const open = () => {
    const db = new Database(file, { timeout: 2000 });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.exec('CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID');
    db.prepare('SELECT count(*) FROM vectors').get();
    return db;
  };
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !/NOTADB|CORRUPT/.test(error.code)) throw error;
    renameSync(file, `${file}.broken-${process.pid}`);
    return open();
  }
}
