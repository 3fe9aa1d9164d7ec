/** One collection on MongoDB. Every write is one write of one document, guarded by its version. */
import { randomUUID } from 'node:crypto';
import type { AnyBulkWriteOperation, Model, QueryFilter } from 'mongoose';
import {
  StoreError,
  type Collection,
  type Collections,
  type Stored,
  type Where,
  type WriteOp,
  type WriteResult,
} from '../../app/ports.ts';
import { takenIndex, type Answer } from './mongo-errors.ts';
import { newMark, type ChangeLog, type LogEntry } from './mongo-log.ts';
import { contentOf, toStored, type Row } from './mongo-rows.ts';
import { indexedValue, tableOf } from './tables.ts';

/** Small enough that a busy database answers in time. */
const opsAtOnce = 100;
const readAtOnce = 200;
/** A removed document that is still to be logged is not there. */
const isThere = { version: { $gt: 0 } } as const;

/** What an op comes to, as far as it is known before it is sent. */
interface Prepared {
  bulk: AnyBulkWriteOperation<Row>;
  mark: string;
  version: number;
  stored?: Stored<object> | undefined;
}

export function mongoCollection(
  rows: Model<Row>,
  name: keyof Collections,
  dataVersion: number,
  log: ChangeLog,
  answer: Answer,
): Collection<object> {
  const table = tableOf(name);

  const prepare = (op: WriteOp<object>, existing: Row | undefined, now: string): Prepared | StoreError => {
    const isAlive = existing !== undefined && existing.version > 0;
    if (op.op === 'insert' && isAlive) return new StoreError('taken', `The id ${op.id} is taken.`, 'id');
    if (op.op !== 'insert') {
      if (!isAlive) return new StoreError('missing', `There is no ${op.id}.`);
      if (op.expectedVersion !== undefined && op.expectedVersion !== existing.version)
        return new StoreError('stale', `${op.id} is at version ${existing.version}, not ${op.expectedVersion}.`);
    }
    const mark = newMark(randomUUID());
    const filter = { _id: op.id, version: existing?.version ?? 0 };
    if (op.op === 'remove') {
      const erased = { doc: 1, fields: 1, uniques: 1, search: 1 } as const;
      const update = { $set: { version: 0, storedAt: now, unlogged: mark }, $unset: erased };
      return { bulk: table.logged ? { updateOne: { filter, update } } : { deleteOne: { filter } }, mark, version: 0 };
    }
    const version = filter.version + 1;
    const content = contentOf(op.doc, table);
    const createdAt = isAlive ? existing.createdAt : now;
    const row = {
      version,
      createdAt,
      storedAt: now,
      dataVersion,
      ...content,
      ...(table.logged ? { unlogged: mark } : {}),
    };
    return {
      bulk:
        existing === undefined
          ? { insertOne: { document: { _id: op.id, ...row } } }
          : { updateOne: { filter, update: { $set: row } } },
      mark,
      version,
      stored: { id: op.id, version, createdAt, storedAt: now, doc: content.doc },
    };
  };

  /** Ops on different documents, in their order. */
  const writeRun = async (ops: readonly WriteOp<object>[]): Promise<WriteResult<object>[]> => {
    const found = await answer(() =>
      rows
        .find({ _id: { $in: ops.map((op) => op.id) } })
        .select({ version: 1, createdAt: 1 })
        .lean<Row[]>()
        .exec(),
    );
    const existing = new Map(found.map((row) => [row._id, row]));
    const now = new Date().toISOString();
    const prepared = ops.map((op) => prepare(op, existing.get(op.id), now));
    const refused = new Map<number, StoreError>();
    const toSend = prepared.flatMap((one, i) => {
      if (!(one instanceof StoreError)) return [{ ...one, i }];
      refused.set(i, one);
      return [];
    });
    let matched = 0;
    for (let sent = 0; sent < toSend.length;) {
      const rest = toSend.slice(sent);
      try {
        const result = await answer(() =>
          rows.bulkWrite(
            rest.map((one) => one.bulk),
            { ordered: true },
          ),
        );
        matched += result.matchedCount + result.deletedCount;
        sent = toSend.length;
      } catch (error) {
        const index = takenIndex(error);
        if (index === undefined) throw error;
        const { writeErrors, result } = error as BulkFault;
        const at = [writeErrors].flat()[0]!.index;
        matched += result.matchedCount + result.deletedCount;
        const { i } = rest[at]!;
        refused.set(i, taken(ops[i]!, index));
        sent += at + 1;
      }
    }
    const guarded = toSend.filter(({ bulk, i }) => !('insertOne' in bulk) && !refused.has(i));
    if (matched < guarded.length) await refuseOvertaken(guarded, ops, refused);
    const isUnconditional = (op: WriteOp<object>) =>
      op.op === 'insert' || (op.op === 'remove' && op.expectedVersion === undefined);
    const again = [...refused].filter(([i, { code }]) => code === 'stale' && isUnconditional(ops[i]!)).map(([i]) => i);
    const entries = toSend
      .filter(({ i }) => !refused.has(i))
      .map(({ i, mark, version }): LogEntry => ({ collection: name, id: ops[i]!.id, version, mark }));
    if (table.logged && entries.length > 0) await log.append(entries);
    const secondTry = new Map<number, WriteResult<object>>();
    for (const i of again) secondTry.set(i, (await writeRun([ops[i]!]))[0]!);
    return prepared.map((one, i): WriteResult<object> => {
      const second = secondTry.get(i);
      if (second !== undefined) return second;
      const error = refused.get(i);
      if (error !== undefined) return { ok: false, error };
      const { stored } = one as Prepared;
      return stored === undefined ? { ok: true } : { ok: true, stored };
    });
  };

  /**
   * Somebody wrote between the look and the write. Whose mark is gone was overtaken, before or just after its own write:
   * both are told as stale, for both must look again.
   */
  const refuseOvertaken = async (
    guarded: readonly (Prepared & { i: number })[],
    ops: readonly WriteOp<object>[],
    refused: Map<number, StoreError>,
  ) => {
    const now = await answer(() =>
      rows
        .find({ _id: { $in: guarded.map(({ i }) => ops[i]!.id) } })
        .select({ version: 1, storedAt: 1, unlogged: 1 })
        .lean<Row[]>()
        .exec(),
    );
    const byId = new Map(now.map((row) => [row._id, row]));
    for (const { i, mark, stored } of guarded) {
      const row = byId.get(ops[i]!.id);
      const isOurs = table.logged
        ? row?.unlogged === mark
        : row === undefined
          ? stored === undefined
          : row.version === stored?.version && row.storedAt === stored.storedAt;
      if (isOurs) continue;
      const isGone = row === undefined || row.version === 0;
      refused.set(
        i,
        isGone && ops[i]!.op !== 'insert'
          ? new StoreError('missing', `There is no ${ops[i]!.id} any more.`)
          : new StoreError('stale', `${ops[i]!.id} was changed at the same time.`),
      );
    }
  };

  const writeMany = async (ops: readonly WriteOp<object>[]) => {
    const results: WriteResult<object>[] = [];
    for (const run of runsOf(ops)) results.push(...(await writeRun(run)));
    return results;
  };
  const write = async (op: WriteOp<object>): Promise<Stored<object> | undefined> => {
    const [result] = await writeRun([op]);
    if (!result!.ok) throw result!.error;
    return result!.stored;
  };

  const filterOf = (where: Where): QueryFilter<Row> => {
    const filter: Record<string, unknown> = { ...isThere };
    for (const [field, value] of Object.entries(where)) {
      if (!table.indexed.includes(field)) throw new RangeError(`${name} is not indexed by ${field}`);
      filter[`fields.${field}`] = indexedValue(table, field, value);
    }
    return filter;
  };

  return {
    async get(id) {
      const row = await answer(() => rows.findOne({ _id: id }).lean<Row>().exec());
      return row === null || row.version === 0 ? undefined : toStored(row);
    },
    async getMany(ids) {
      const byId = new Map<string, Row>();
      for (let i = 0; i < ids.length; i += readAtOnce) {
        const filter = { _id: { $in: ids.slice(i, i + readAtOnce) } };
        for (const row of await answer(() => rows.find(filter).lean<Row[]>().exec()))
          if (row.version > 0) byId.set(row._id, row);
      }
      return ids.flatMap((id) => byId.get(id) ?? []).map(toStored);
    },
    insert: async (id, doc) => (await write({ op: 'insert', id, doc }))!,
    replace: async (id, doc, expectedVersion) => (await write({ op: 'replace', id, doc, expectedVersion }))!,
    remove: async (id, expectedVersion) => {
      await write({ op: 'remove', id, ...(expectedVersion === undefined ? {} : { expectedVersion }) });
    },
    writeMany,
    async find({ where = {}, text = '', after, limit }) {
      const filter: Record<string, unknown> = filterOf(where);
      if (text !== '') filter['search'] = { $regex: literally(text.toLowerCase()) };
      if (after !== undefined) filter['_id'] = { $gt: after };
      const found = await answer(() =>
        rows
          .find(filter)
          .sort({ _id: 1 })
          .limit(limit + 1)
          .lean<Row[]>()
          .exec(),
      );
      const items = found.slice(0, limit).map(toStored);
      return found.length > limit ? { items, nextCursor: items.at(-1)!.id } : { items };
    },
    async count(where = {}) {
      const filter = filterOf(where);
      return answer(() => rows.countDocuments(filter).exec());
    },
  };
}

/** A pattern that means just this text; the protocol has no NUL in patterns. */
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&').replaceAll('\0', '\\x00');

interface BulkFault {
  writeErrors: { index: number } | { index: number }[];
  result: { matchedCount: number; deletedCount: number };
}

const taken = ({ id, ...op }: WriteOp<object>, index: string): StoreError => {
  if (index === 'id') return new StoreError('taken', `The id ${id} is taken.`, 'id');
  const value = 'doc' in op ? String((op.doc as Record<string, unknown>)[index]) : '';
  return new StoreError('taken', `Another entry already has the ${index} ${value}.`, index);
};

/** Cut so that no document stands twice in one run. */
function* runsOf(ops: readonly WriteOp<object>[]): Generator<WriteOp<object>[]> {
  let run: WriteOp<object>[] = [];
  let ids = new Set<string>();
  for (const op of ops) {
    if (run.length === opsAtOnce || ids.has(op.id)) {
      yield run;
      run = [];
      ids = new Set();
    }
    run.push(op);
    ids.add(op.id);
  }
  if (run.length > 0) yield run;
}
