import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {
  StoreError,
  type Change,
  type Collection,
  type Collections,
  type Store,
  type Stored,
  type WriteOp,
  type WriteResult,
} from '../../app/ports.ts';
import { collectionNames, tables, textOf, valuesOf } from './tables.ts';
import { dataVersion, upgrades } from './upgrades.ts';

interface Row {
  id: string;
  version: number;
  createdAt: string;
  storedAt: string;
  doc: string;
}

export interface SqliteOptions {
  /** How long to wait for another process's write. Default 1500 ms: an answer, also a refusal, comes within two seconds. */
  busyTimeoutMs?: number;
}

const opsPerTransaction = 200;
const away = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|CORRUPT|NOTADB)/u;

/**
 * The embedded store: one SQLite file, write-ahead log, synchronous=FULL, so that what is acknowledged survives
 * kill -9 and power loss. Filters live in one side table, so that arrays and scalars are looked up alike.
 * @throws Error when the file was written by a newer program.
 */
export function openSqliteStore(file: string, options: SqliteOptions = {}): Store {
  if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true });
  const db = guard(() => {
    const opened = new Database(file, { timeout: options.busyTimeoutMs ?? 1500 });
    opened.pragma('journal_mode = WAL');
    opened.pragma('synchronous = FULL');
    return opened;
  });
  guard(() => migrate(db));
  const collections = new Map(collectionNames.map((name) => [name, sqliteCollection(db, name)]));
  const changes = db.prepare<[number, number], Change>(
    'SELECT seq, collection, id, version FROM changes WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const head = db.prepare<[], { seq: number | null }>('SELECT max(seq) AS seq FROM changes');
  return {
    collection: <K extends keyof Collections>(name: K) => collections.get(name) as unknown as Collection<Collections[K]>,
    changes: async (after, limit) => guard(() => changes.all(after, limit)),
    headSeq: async () => guard(() => head.get()?.seq ?? 0),
    ping: async () => {
      guard(() => db.prepare('SELECT 1').get());
    },
    close: async () => {
      db.close();
    },
  };
}

function migrate(db: Database.Database): void {
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found > dataVersion)
    throw new Error(
      `The data was written by a newer Kobling (data version ${found}; this program knows up to ${dataVersion}). ` +
        'Start the newer program, or restore a backup from before the upgrade.',
    );
  db.transaction(() => {
    for (const name of collectionNames)
      db.exec(
        `CREATE TABLE IF NOT EXISTS "${name}" (id TEXT PRIMARY KEY, version INTEGER NOT NULL, createdAt TEXT NOT NULL,
           storedAt TEXT NOT NULL, doc TEXT NOT NULL, search TEXT NOT NULL) WITHOUT ROWID;`,
      );
    db.exec(`
      CREATE TABLE IF NOT EXISTS fields (collection TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
        PRIMARY KEY (collection, field, value, id)) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS fields_by_id ON fields (collection, id);
      CREATE TABLE IF NOT EXISTS uniques (collection TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
        PRIMARY KEY (collection, field, value)) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS uniques_by_id ON uniques (collection, id);
      CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, id TEXT NOT NULL,
        version INTEGER NOT NULL);`);
    if (found > 0)
      for (const { collection, upgrade } of upgrades.slice(found - 1))
        for (const row of db.prepare<[], Row>(`SELECT * FROM "${collection}"`).all())
          db.prepare(`UPDATE "${collection}" SET doc = ? WHERE id = ?`).run(
            JSON.stringify(upgrade(JSON.parse(row.doc) as Record<string, unknown>)),
            row.id,
          );
    db.pragma(`user_version = ${dataVersion}`);
  }).immediate();
}

function sqliteCollection(db: Database.Database, name: keyof Collections): Collection<object> {
  const table = tables[name];
  const getRow = db.prepare<[string], Row>(`SELECT * FROM "${name}" WHERE id = ?`);
  const insertRow = db.prepare(`INSERT INTO "${name}" (id, version, createdAt, storedAt, doc, search) VALUES (?, ?, ?, ?, ?, ?)`);
  const replaceRow = db.prepare(`UPDATE "${name}" SET version = ?, storedAt = ?, doc = ?, search = ? WHERE id = ?`);
  const removeRow = db.prepare(`DELETE FROM "${name}" WHERE id = ?`);
  const log = db.prepare('INSERT INTO changes (collection, id, version) VALUES (?, ?, ?)');
  const addField = db.prepare('INSERT OR IGNORE INTO fields (collection, field, value, id) VALUES (?, ?, ?, ?)');
  const dropFields = db.prepare('DELETE FROM fields WHERE collection = ? AND id = ?');
  const addUnique = db.prepare('INSERT INTO uniques (collection, field, value, id) VALUES (?, ?, ?, ?)');
  const dropUniques = db.prepare('DELETE FROM uniques WHERE collection = ? AND id = ?');

  const index = (id: string, doc: object | undefined) => {
    if (table.indexed.length > 0) dropFields.run(name, id);
    if (table.unique.length > 0) dropUniques.run(name, id);
    if (doc === undefined) return;
    for (const field of table.indexed) for (const value of valuesOf(doc, field)) addField.run(name, field, value, id);
    for (const field of table.unique)
      for (const value of valuesOf(doc, field))
        try {
          addUnique.run(name, field, value, id);
        } catch (error) {
          if (!isConstraint(error)) throw error;
          throw new StoreError('taken', `Another entry already has the ${field} ${value}.`, field);
        }
  };

  const apply = (op: WriteOp<object>): Stored<object> | undefined => {
    const storedAt = new Date().toISOString();
    const existing = getRow.get(op.id);
    if (op.op === 'insert') {
      if (existing !== undefined) throw new StoreError('taken', `The id ${op.id} is taken.`, 'id');
      insertRow.run(op.id, 1, storedAt, storedAt, JSON.stringify(op.doc), textOf(op.doc, table));
      index(op.id, op.doc);
      if (table.logged) log.run(name, op.id, 1);
      return { id: op.id, version: 1, createdAt: storedAt, storedAt, doc: op.doc };
    }
    if (existing === undefined) throw new StoreError('missing', `There is no ${op.id}.`);
    if (op.expectedVersion !== undefined && op.expectedVersion !== existing.version)
      throw new StoreError('stale', `${op.id} is at version ${existing.version}, not ${op.expectedVersion}.`);
    if (op.op === 'remove') {
      removeRow.run(op.id);
      index(op.id, undefined);
      if (table.logged) log.run(name, op.id, 0);
      return undefined;
    }
    const version = existing.version + 1;
    replaceRow.run(version, storedAt, JSON.stringify(op.doc), textOf(op.doc, table), op.id);
    index(op.id, op.doc);
    if (table.logged) log.run(name, op.id, version);
    return { id: op.id, version, createdAt: existing.createdAt, storedAt, doc: op.doc };
  };
  // better-sqlite3 nests: inside the batch's transaction this one is a savepoint, so a refused op undoes only itself.
  const applyAtomically = db.transaction(apply);
  const write = (op: WriteOp<object>) => guard(() => applyAtomically.immediate(op));

  return {
    get: async (id) => {
      const row = guard(() => getRow.get(id));
      return row && toStored(row);
    },
    getMany: async (ids) => guard(() => ids.flatMap((id) => getRow.get(id) ?? []).map(toStored)),
    insert: async (id, doc) => write({ op: 'insert', id, doc })!,
    replace: async (id, doc, expectedVersion) => write({ op: 'replace', id, doc, expectedVersion })!,
    remove: async (id, expectedVersion) => {
      write({ op: 'remove', id, ...(expectedVersion === undefined ? {} : { expectedVersion }) });
    },
    async writeMany(ops) {
      const results: WriteResult<object>[] = [];
      for (let i = 0; i < ops.length; i += opsPerTransaction) {
        const part = ops.slice(i, i + opsPerTransaction);
        const partResults = guard(() =>
          db
            .transaction(() =>
              part.map((op): WriteResult<object> => {
                try {
                  const stored = applyAtomically(op);
                  return stored === undefined ? { ok: true } : { ok: true, stored };
                } catch (error) {
                  if (error instanceof StoreError) return { ok: false, error };
                  throw error;
                }
              }),
            )
            .immediate(),
        );
        results.push(...partResults);
        if (i + opsPerTransaction < ops.length) await new Promise(setImmediate);
      }
      return results;
    },
    async find({ where = {}, text, after, limit }) {
      const conditions: string[] = [];
      const values: unknown[] = [];
      for (const [field, value] of Object.entries(where)) {
        if (!table.indexed.includes(field)) throw new RangeError(`${name} is not indexed by ${field}`);
        conditions.push('id IN (SELECT id FROM fields WHERE collection = ? AND field = ? AND value = ?)');
        values.push(name, field, value.toLowerCase());
      }
      if (text !== undefined && text !== '') {
        conditions.push('instr(search, ?) > 0');
        values.push(text.toLowerCase());
      }
      if (after !== undefined) {
        conditions.push('id > ?');
        values.push(after);
      }
      const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const rows = guard(() =>
        db.prepare<unknown[], Row>(`SELECT * FROM "${name}" ${filter} ORDER BY id LIMIT ?`).all(...values, limit + 1),
      );
      const items = rows.slice(0, limit).map(toStored);
      return rows.length > limit ? { items, nextCursor: items.at(-1)!.id } : { items };
    },
    async count(where = {}) {
      const entries = Object.entries(where);
      const filter = entries.map(() => 'id IN (SELECT id FROM fields WHERE collection = ? AND field = ? AND value = ?)');
      const sql = `SELECT count(*) AS n FROM "${name}" ${filter.length === 0 ? '' : `WHERE ${filter.join(' AND ')}`}`;
      return guard(
        () => db.prepare<unknown[], { n: number }>(sql).get(...entries.flatMap(([field, value]) => [name, field, value.toLowerCase()]))!.n,
      );
    },
  };
}

const toStored = (row: Row): Stored<object> => ({
  id: row.id,
  version: row.version,
  createdAt: row.createdAt,
  storedAt: row.storedAt,
  doc: JSON.parse(row.doc) as object,
});

const isConstraint = (error: unknown) => error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT');

/** Turns "the database does not answer now" into the port's error; other faults are bugs and pass through. */
function guard<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Database.SqliteError && away.test(error.code))
      throw new StoreError('unavailable', `The database does not take that now (${error.code}).`, undefined, error);
    if (error instanceof TypeError && /connection is not open/u.test(error.message))
      throw new StoreError('unavailable', 'The database is closed.', undefined, error);
    throw error;
  }
}
