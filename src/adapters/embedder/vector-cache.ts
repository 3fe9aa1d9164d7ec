import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Embedder } from '../../app/ports.ts';

export interface CachedEmbedder extends Embedder {
  /** Takes the vectors of these texts out of the cache. */
  evict(texts: readonly string[]): void;
}

/** Reads block the event loop: it gets a turn after so many. */
const readAtOnce = 256;
/** What is lost of the work when the process ends: at most this, twice. */
const embedAtOnce = 128;
const slicesInFlight = 2;
const lockTimeoutMs = 2000;

/**
 * Keeps vectors by digest of model and text in `vectors.sqlite` of a folder, so that no text is embedded twice. Several
 * processes may share it. It is only a cache and never a reason to fail: a broken file is moved aside, and when the
 * folder cannot be read or written the work goes on without it. Equal texts of a call are embedded once.
 */
export function withVectorCache(inner: Embedder, cacheDir: string): CachedEmbedder {
  const db = openCache(cacheDir);
  const read = db?.prepare<[Buffer], { vector: Buffer }>('SELECT vector FROM vectors WHERE key = ?');
  const write = db?.prepare('INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)');
  const drop = db?.prepare('DELETE FROM vectors WHERE key = ?');
  const keyOf = (text: string) =>
    createHash('sha256').update(inner.modelDigest).update('\0').update(text, 'utf8').digest();
  const inOneWrite = (change: () => void) => quietly(() => db?.transaction(change).immediate());

  const embedMissing = async (missing: string[], known: Map<string, Float32Array>, signal?: AbortSignal) => {
    const slices: string[][] = [];
    for (let i = 0; i < missing.length; i += embedAtOnce) slices.push(missing.slice(i, i + embedAtOnce));
    const work = async () => {
      for (let slice = slices.shift(); slice !== undefined; slice = slices.shift()) {
        try {
          const vectors = await inner.embed(slice, signal);
          const rows = slice.map((text, i) => [text, vectors[i]!] as const);
          for (const [text, vector] of rows) known.set(text, vector);
          inOneWrite(() => rows.forEach(([text, vector]) => write!.run(keyOf(text), toBytes(vector))));
        } catch (error) {
          slices.length = 0;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: slicesInFlight }, work));
  };

  return {
    modelDigest: inner.modelDigest,
    dimension: inner.dimension,
    ready: () => inner.ready(),
    async embed(texts, signal) {
      signal?.throwIfAborted();
      const known = new Map<string, Float32Array>();
      const missing: string[] = [];
      let reads = 0;
      for (const text of new Set(texts)) {
        const vector = toUnitVector(
          quietly(() => read?.get(keyOf(text))?.vector),
          inner.dimension,
        );
        if (vector !== undefined) known.set(text, vector);
        else missing.push(text);
        if (++reads % readAtOnce === 0) await new Promise(setImmediate);
      }
      await embedMissing(missing, known, signal);
      return texts.map((text) => known.get(text)!);
    },
    evict(texts) {
      inOneWrite(() => texts.forEach((text) => drop!.run(keyOf(text))));
    },
    async close() {
      await inner.close();
      db?.close();
    },
  };
}

/** A cache that cannot be used costs time later, never an answer now. */
function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

const toBytes = (vector: Float32Array) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

/** Undefined when the bytes cannot be a vector that was put there. */
function toUnitVector(bytes: Buffer | undefined, dimension: number): Float32Array | undefined {
  if (bytes?.byteLength !== dimension * 4) return undefined;
  const vector = new Float32Array(dimension);
  toBytes(vector).set(bytes);
  let square = 0;
  for (const value of vector) square += value * value;
  return Math.abs(square - 1) < 1e-3 ? vector : undefined;
}

function openCache(cacheDir: string): Database.Database | undefined {
  const file = path.join(cacheDir, 'vectors.sqlite');
  try {
    mkdirSync(cacheDir, { recursive: true });
    return openFile(file);
  } catch (error) {
    // By code: the native module keeps the error class of whoever loaded it first, so `instanceof` is not reliable.
    if (!/NOTADB|CORRUPT|SQLITE_ERROR/.test(String((error as { code?: unknown }).code))) return undefined;
  }
  return quietly(() => {
    for (const end of ['', '-wal', '-shm'])
      if (existsSync(file + end)) renameSync(file + end, `${file}.broken-${process.pid}${end}`);
    return openFile(file);
  });
}

function openFile(file: string): Database.Database {
  const db = new Database(file, { timeout: lockTimeoutMs });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    // What is evicted is not left in free pages.
    db.pragma('secure_delete = ON');
    db.exec('CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)');
    db.prepare('SELECT key, vector FROM vectors LIMIT 1').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
