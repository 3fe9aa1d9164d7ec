/** One collection of the embedded store. Every write changes document, indexes and change log in one transaction. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import {
  StoreError,
  type Collection,
  type Collections,
  type Stored,
  type Where,
  type WriteOp,
  type WriteResult,
} from '../../app/ports.ts';
import type { Answer } from './sqlite-errors.ts';
import { sqliteIndexes } from './sqlite-indexes.ts';
import { indexedValue, tableOf, textOf } from './tables.ts';

interface Row {
  id: string;
  version: number;
  createdAt: string;
  storedAt: string;
  doc: string;
}

const columns = 'id, version, createdAt, storedAt, doc';
const opsPerTransaction = 500;

export function sqliteCollection(db: Database.Database, name: keyof Collections, answer: Answer): Collection<object> {
  const table = tableOf(name);
  const getRow = db.prepare<[string], Row>(`SELECT ${columns} FROM "${name}" WHERE id = ?`);
  const insertRow = db.prepare(`INSERT INTO "${name}" (${columns}, search) VALUES (?, ?, ?, ?, ?, ?)`);
  const replaceRow = db.prepare(`UPDATE "${name}" SET version = ?, storedAt = ?, doc = ?, search = ? WHERE id = ?`);
  const removeRow = db.prepare(`DELETE FROM "${name}" WHERE id = ?`);
  const addChange = db.prepare('INSERT INTO changes (collection, id, version) VALUES (?, ?, ?)');
  const reindex = sqliteIndexes(db, name);

  const apply = (op: WriteOp<object>): Stored<object> | undefined => {
    const now = new Date().toISOString();
    const existing = getRow.get(op.id);
    if (op.op === 'insert' && existing !== undefined) throw new StoreError('taken', `The id ${op.id} is taken.`, 'id');
    if (op.op !== 'insert') {
      if (existing === undefined) throw new StoreError('missing', `There is no ${op.id}.`);
      if (op.expectedVersion !== undefined && op.expectedVersion !== existing.version)
        throw new StoreError('stale', `${op.id} is at version ${existing.version}, not ${op.expectedVersion}.`);
    }
    const version = op.op === 'remove' ? 0 : (existing?.version ?? 0) + 1;
    if (table.logged) addChange.run(name, op.id, version);
    if (op.op === 'remove') {
      removeRow.run(op.id);
      reindex(op.id, undefined);
      return undefined;
    }
    const doc = JSON.stringify(op.doc);
    const search = textOf(op.doc, table);
    if (existing === undefined) insertRow.run(op.id, version, now, now, doc, search);
    else replaceRow.run(version, now, doc, search, op.id);
    reindex(op.id, op.doc);
    return { id: op.id, version, createdAt: existing?.createdAt ?? now, storedAt: now, doc: op.doc };
  };
  // better-sqlite3 nests: inside a batch this is a savepoint, so that a refused op undoes only itself.
  const applyAtomically = db.transaction(apply);
  const applyBatch = db.transaction((ops: readonly WriteOp<object>[]) =>
    ops.map((op): WriteResult<object> => {
      try {
        const stored = applyAtomically(op);
        return stored === undefined ? { ok: true } : { ok: true, stored };
      } catch (error) {
        if (error instanceof StoreError) return { ok: false, error };
        throw error;
      }
    }),
  );
  const write = (op: WriteOp<object>) => answer(() => applyAtomically.immediate(op));

  const conditions = (where: Where) => {
    const entries = Object.entries(where);
    for (const [field] of entries)
      if (!table.indexed.includes(field)) throw new RangeError(`${name} is not indexed by ${field}`);
    return {
      sql: entries.map(() => 'id IN (SELECT id FROM fields WHERE collection = ? AND field = ? AND value = ?)'),
      values: entries.flatMap(([field, value]): unknown[] => [name, field, indexedValue(table, field, value)]),
    };
  };
  const whereSql = (sql: readonly string[]) => (sql.length === 0 ? '' : `WHERE ${sql.join(' AND ')}`);

  return {
    get: (id) =>
      answer(() => {
        const row = getRow.get(id);
        return row && toStored(row);
      }),
    getMany: (ids) => answer(() => ids.flatMap((id) => getRow.get(id) ?? []).map(toStored)),
    insert: async (id, doc) => (await write({ op: 'insert', id, doc }))!,
    replace: async (id, doc, expectedVersion) => (await write({ op: 'replace', id, doc, expectedVersion }))!,
    remove: async (id, expectedVersion) => {
      await write({ op: 'remove', id, ...(expectedVersion === undefined ? {} : { expectedVersion }) });
    },
    async writeMany(ops) {
      const results: WriteResult<object>[] = [];
      for (let i = 0; i < ops.length; i += opsPerTransaction) {
        if (i > 0) await nextTurn();
        const batch = ops.slice(i, i + opsPerTransaction);
        results.push(...(await answer(() => applyBatch.immediate(batch))));
      }
      return results;
    },
    async find({ where = {}, text = '', after, limit }) {
      const { sql, values } = conditions(where);
      if (text !== '') {
        sql.push('instr(search, ?) > 0');
        values.push(text.toLowerCase());
      }
      if (after !== undefined) {
        sql.push('id > ?');
        values.push(after);
      }
      const query = `SELECT ${columns} FROM "${name}" ${whereSql(sql)} ORDER BY id LIMIT ?`;
      const rows = await answer(() => db.prepare<unknown[], Row>(query).all(...values, limit + 1));
      const items = rows.slice(0, limit).map(toStored);
      return rows.length > limit ? { items, nextCursor: items.at(-1)!.id } : { items };
    },
    async count(where = {}) {
      const { sql, values } = conditions(where);
      const query = `SELECT count(*) AS n FROM "${name}" ${whereSql(sql)}`;
      return answer(() => db.prepare<unknown[], { n: number }>(query).get(...values)!.n);
    },
  };
}

const toStored = (row: Row): Stored<object> => ({ ...row, doc: JSON.parse(row.doc) as object });
