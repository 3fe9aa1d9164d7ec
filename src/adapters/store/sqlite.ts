import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Change, Collection, Collections, Store } from '../../app/ports.ts';
import { sqliteCollection } from './sqlite-collection.ts';
import { answering, asStoreError } from './sqlite-errors.ts';
import { migrate } from './sqlite-schema.ts';
import { collectionNames } from './tables.ts';
import { upgrades as releasedUpgrades, type Upgrade } from './upgrades.ts';

export interface SqliteOptions {
  /** How long a call waits for another process's lock. Default 1500 ms: a refusal comes within two seconds too. */
  waitMs?: number;
  /** Largest size of the file; a write beyond it is refused as on a full disk. Default: the disk. */
  maxBytes?: number;
  upgrades?: readonly Upgrade[];
}

/**
 * The embedded store: one SQLite file or `:memory:`, write-ahead log, synchronous=FULL, so that what is acknowledged
 * survives kill -9 and power loss. Calls run at once and in the order made, each in well under a millisecond for one
 * document. Text is searched by reading every candidate row.
 * @throws StoreError `unavailable` when the file cannot be used; Error when it was written by a newer program.
 */
export function openSqliteStore(file: string, options: SqliteOptions = {}): Store {
  const { waitMs = 1500, maxBytes, upgrades = releasedUpgrades } = options;
  if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true });
  const db = open(file, waitMs, maxBytes, upgrades);
  const answer = answering(waitMs);
  const collections = new Map(collectionNames.map((name) => [name, sqliteCollection(db, name, answer)]));
  const changes = db.prepare<[number, number], Change>(
    'SELECT seq, collection, id, version FROM changes WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const head = db.prepare<[], { seq: number | null }>('SELECT max(seq) AS seq FROM changes');
  const touch = db.prepare('SELECT count(*) FROM sqlite_schema');
  return {
    collection: <K extends keyof Collections>(name: K) =>
      collections.get(name) as unknown as Collection<Collections[K]>,
    changes: (after, limit) => answer(() => changes.all(after, limit)),
    headSeq: () => answer(() => head.get()?.seq ?? 0),
    breaks: () => 0,
    ping: () => answer(() => void touch.get()),
    close: async () => {
      db.close();
    },
  };
}

function open(file: string, waitMs: number, maxBytes: number | undefined, upgrades: readonly Upgrade[]) {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: waitMs });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    if (maxBytes !== undefined) {
      const pageBytes = Number(db.pragma('page_size', { simple: true }));
      db.pragma(`max_page_count = ${Math.floor(maxBytes / pageBytes)}`);
    }
    migrate(db, upgrades);
    // From here on SQLite itself does not wait, for that would stop the whole process: answering() waits instead.
    db.pragma('busy_timeout = 0');
    return db;
  } catch (error) {
    db?.close();
    throw asStoreError(error);
  }
}
