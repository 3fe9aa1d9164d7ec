/**
 * The change log on MongoDB, without transactions. A write marks its document `unlogged` in the same write; the entry is
 * then appended, and the mark taken off. What a process leaves marked when it ends in between, any process appends later:
 * an entry may come twice, never not at all. Numbers are dense, and number n + 1 is only given to who has seen n, so that
 * no reader misses one that is stored late.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Model } from 'mongoose';
import { forNobody } from '../../app/patience.ts';
import { StoreError, type Change, type Collections } from '../../app/ports.ts';
import { takenIndex, type Answer } from './mongo-errors.ts';
import type { Block, Models, Row } from './mongo-rows.ts';
import { collectionNames, tableOf } from './tables.ts';

export interface LogEntry {
  collection: keyof Collections;
  id: string;
  version: number;
  /** The mark that the write left on its document. */
  mark: string;
}

export interface ChangeLog {
  /** Resolves when all of them stand in the log. @throws StoreError `unavailable`: they will be appended later. */
  append(entries: readonly LogEntry[]): Promise<void>;
  changes(after: number, limit: number): Promise<Change[]>;
  headSeq(): Promise<number>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface LogOptions {
  /** Entries that are kept at least; who follows from further back is told `gone`. */
  keep: number;
  /** How often unlogged documents of ended processes are looked for, and how old they must be. */
  relayEveryMs: number;
}

/** A block is one document: far below its limit of 16 MB. */
const entriesPerBlock = 1000;
const relayAtOnce = 500;
const trimEveryBlocks = 1000;
/** Longer ago, the end of the log is looked up again: it could have been cut off at its beginning up to there. */
const headHoldsMs = 60_000;

/** Sorts by time. */
export const newMark = (random: string): string => `${new Date().toISOString()} ${random}`;

export function changeLog(models: Models, answer: Answer, { keep, relayEveryMs }: LogOptions): ChangeLog {
  const { blocks } = models;
  const rowsOf = (name: keyof Collections): Model<Row> => models.rows.get(name)!;
  let head: { seq: number; seenAtMs: number } | undefined;
  /** The last block that was read. */
  let end: Pick<Block, '_id' | 'last'> | undefined;
  let blocksWritten = 0;
  const waiting: { entries: readonly LogEntry[]; resolve(): void; reject(error: unknown): void }[] = [];
  let appending: Promise<void> | undefined;
  const marked: LogEntry[] = [];
  let clearing: Promise<void> | undefined;
  let trimming: Promise<unknown> = Promise.resolve();
  let relaying: Promise<void> = Promise.resolve();
  const closing = new AbortController();

  const readHead = async () => {
    const last = await answer(() => blocks.findOne().sort({ _id: -1 }).select({ last: 1 }).lean().exec());
    return last?.last ?? 0;
  };

  const appendBlock = async (entries: readonly LogEntry[]) => {
    for (;;) {
      const isFresh = head !== undefined && performance.now() - head.seenAtMs < headHoldsMs;
      const seq = isFresh ? head!.seq : await readHead();
      const last = seq + entries.length;
      const block: Block = {
        _id: seq + 1,
        last,
        entries: entries.map(({ collection, id, version }) => ({ collection, id, version })),
      };
      head = undefined;
      try {
        await answer(() => blocks.bulkWrite([{ insertOne: { document: block } }]));
      } catch (error) {
        if (takenIndex(error) === undefined) throw error;
        // Another process was faster: go on behind its block.
        const theirs = await answer(() => blocks.findOne({ _id: block._id }).select({ last: 1 }).lean().exec());
        if (theirs !== null) head = { seq: theirs.last, seenAtMs: performance.now() };
        continue;
      }
      head = { seq: last, seenAtMs: performance.now() };
      if (++blocksWritten % trimEveryBlocks === 0) trim(last);
      return;
    }
  };
  const trim = (last: number) => {
    trimming = answer(() => blocks.deleteMany({ last: { $lt: last - keep } }).exec()).catch(() => undefined);
  };

  /**
   * Everything that came while one block was written goes into the next; when the database does not take a block, it would
   * not take that either, and nobody waits for it a second time.
   */
  const appendWaiting = async () => {
    while (waiting.length > 0) {
      let count = 0;
      const taken = waiting.splice(
        0,
        waiting.findIndex((one) => (count += one.entries.length) >= entriesPerBlock) + 1 || Infinity,
      );
      const entries = taken.flatMap((one) => one.entries);
      try {
        for (let i = 0; i < entries.length; i += entriesPerBlock)
          await appendBlock(entries.slice(i, i + entriesPerBlock));
        for (const one of taken) one.resolve();
        clear(entries);
      } catch (error) {
        for (const one of [...taken, ...waiting.splice(0)]) one.reject(error);
      }
    }
    // In the same breath as the last look: what comes from here on must not wait for a loop that has ended.
    appending = undefined;
  };
  /** Callers share a block: each waits only as long as it can. */
  const append = (entries: readonly LogEntry[]) =>
    answer(
      () =>
        new Promise<void>((resolve, reject) => {
          waiting.push({ entries, resolve, reject });
          appending ??= forNobody(appendWaiting);
        }),
    );

  /** Nobody waits for it: a mark that stays is found by the relay. */
  const clear = (entries: readonly LogEntry[]) => {
    marked.push(...entries);
    clearing ??= forNobody(clearMarked);
  };
  const clearMarked = async () => {
    while (marked.length > 0) {
      const taken = marked.splice(0, relayAtOnce);
      for (const name of new Set(taken.map((entry) => entry.collection))) {
        const ops = taken
          .filter((entry) => entry.collection === name)
          .map(({ id, version, mark }) => {
            // Only where the mark is still that of this write.
            const filter = { _id: id, unlogged: mark };
            return version === 0
              ? { deleteOne: { filter } }
              : { updateOne: { filter, update: { $unset: { unlogged: 1 as const } } } };
          });
        await answer(() => rowsOf(name).bulkWrite(ops, { ordered: false })).catch(() => undefined);
      }
    }
    clearing = undefined;
  };

  const relay = async () => {
    const olderThan = new Date(Date.now() - relayEveryMs).toISOString();
    for (const name of collectionNames.filter((one) => tableOf(one).logged)) {
      const left = await answer(() =>
        rowsOf(name)
          .find({ unlogged: { $lt: olderThan } })
          .select({ version: 1, unlogged: 1 })
          .limit(relayAtOnce)
          .lean()
          .exec(),
      );
      if (left.length > 0)
        await append(left.map((row) => ({ collection: name, id: row._id, version: row.version, mark: row.unlogged! })));
    }
  };
  const keepRelaying = async () => {
    while (!closing.signal.aborted) {
      await pause(relayEveryMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      if (!closing.signal.aborted) await relay().catch(() => undefined);
    }
  };
  relaying = keepRelaying();

  return {
    append,
    headSeq: readHead,
    changes: (after, limit) =>
      answer(async () => {
        // Mostly there is nothing new: two looks by id tell.
        if (end !== undefined && end.last === after) {
          const { _id } = end;
          const near = await blocks
            .find({ _id: { $in: [_id, after + 1] } })
            .select({ last: 1 })
            .lean()
            .exec();
          if (near.length === 1 && near[0]!._id === _id && near[0]!.last === after) return [];
        }
        const found: Change[] = [];
        // With the block of `after` itself: where it is missing, so may be what came next.
        let isFirst = true;
        for await (const block of blocks
          .find({ last: { $gte: after } })
          .sort({ _id: 1 })
          .lean()
          .cursor({ batchSize: 100 })) {
          if (isFirst && block._id > Math.max(after, 1)) throw gone(after);
          isFirst = false;
          for (const [i, entry] of block.entries.entries())
            if (block._id + i > after && found.length < limit) found.push({ seq: block._id + i, ...entry });
          end = { _id: block._id, last: block.last };
          if (found.length >= limit) break;
        }
        if (isFirst && after > 0) throw gone(after);
        return found;
      }),
    async close() {
      closing.abort();
      await relaying;
      await appending;
      await clearing;
      await trimming;
    },
  };
}

const gone = (after: number) =>
  new StoreError('gone', `The change log does not reach back to ${after} any more, or is another one.`);
