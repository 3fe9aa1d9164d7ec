/**
 * Keeps what is held in memory as the store is: reads everything once, then follows the change log. After a break in the
 * way to the data what was read last may be lost (see `Store.breaks`). Where the log still ends as it was read, that is
 * only what was read in the last seconds; else everything is read again, beside those who follow.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { changesAfter } from './change-log.ts';
import { forNobody, whileACallerWaits } from './patience.ts';
import { StoreError, type Change, type Store } from './ports.ts';

/** Runs a step while no other changes what is held. */
export type Alone = <T>(step: () => Promise<T>) => Promise<T>;

/** What is held. */
export interface LogReader {
  /** Reading everything begins (again). */
  begin(): void;
  /**
   * Reads on by one page; false when that was the last. After a fault it is called again for the same page. What it takes
   * over it reads `alone`: `apply` may have newer news otherwise.
   */
  readOn(alone: Alone): Promise<boolean>;
  /** Called alone. */
  apply(changes: readonly Change[]): Promise<void>;
}

export interface LogFollower {
  /**
   * Applies everything that was written before the call. Calls that come during a pass share the next one: the present one
   * may have asked the store before they wrote. When the present one fails they fail with it: a caller waits once for a
   * store that does not answer. Returns the seq reached. @throws StoreError `unavailable`, also to a caller who cannot wait
   * until everything has been read.
   */
  refresh(): Promise<number>;
  /** Reached so far; 0 before everything was read. */
  seq(): number;
}

/** Few enough that a busy database answers in time, and what was applied stays applied when the next is cut off. */
const pageSize = 200;
/** A database writes its journal many times a second, and the log's end tells of what was lost of longer ago. */
const unsafeMs = 10_000;

export function followLog(
  store: Store,
  reader: LogReader,
  { loseAtMostMs = unsafeMs }: { loseAtMostMs?: number } = {},
): LogFollower {
  let seq = -1;
  let breaks = store.breaks();
  let isInDoubt = false;
  let wholeSinceMs = 0;
  /** What was applied in the last seconds before the last change, and that. */
  let lately: { change: Change; atMs: number }[] = [];
  /** Where the log stood when reading everything began; undefined: it is to begin. */
  let readFrom: number | undefined;
  let isWhole = false;
  let reading: Promise<void> | undefined;
  /** What reading everything beside a pass came to, for the next one to tell. */
  let fault: Error | undefined;
  let running: Promise<number> | undefined;
  let next: Promise<number> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const alone: Alone = (step) => {
    const done = turn.then(step);
    turn = done.catch(() => undefined);
    return done;
  };
  const readAnew = () => {
    readFrom = undefined;
    isWhole = false;
  };
  const read = async () => {
    for (let isLeft = true; isLeft || readFrom === undefined;) {
      if (readFrom === undefined) {
        // Asked first: what is written meanwhile is applied again, which changes nothing.
        readFrom = await store.headSeq();
        reader.begin();
      }
      const startMs = performance.now();
      isLeft = await reader.readOn(alone);
      // Beside those who follow it takes half of the time at most: a database that is just back has enough to do.
      if (seq >= 0) await pause(performance.now() - startMs);
    }
    seq = Math.max(seq, readFrom);
    readFrom = undefined;
    isWhole = true;
    wholeSinceMs = performance.now();
  };
  /** What a fault cuts off goes on where it was with the next call. */
  const readEverything = () =>
    (reading ??= forNobody(read).finally(() => {
      reading = undefined;
    }));

  const readBeside = () => {
    if (fault !== undefined) {
      const told = fault;
      fault = undefined;
      throw told;
    }
    readEverything().catch((error: unknown) => {
      // A store that is away is told of anyway.
      if (!(error instanceof StoreError)) fault = error as Error;
    });
  };

  /** Whether the log still ends with what was applied last: then all that was written before it is there too. */
  const endsAsBefore = async () => {
    const last = lately.at(-1)?.change;
    if (last === undefined || !isWhole || performance.now() - wholeSinceMs < loseAtMostMs) return false;
    return isDeepStrictEqual((await changesAfter(store, last.seq - 1, 1))?.[0], last);
  };
  const clearDoubt = async () => {
    if (!(await endsAsBefore())) readAnew();
    else for (const some of slices(lately)) await alone(() => reader.apply(some.map(({ change }) => change)));
    isInDoubt = false;
  };
  const apply = async (changes: readonly Change[]) => {
    await alone(() => reader.apply(changes));
    const atMs = performance.now();
    const isSafe = (one: { atMs: number }) => one.atMs < atMs - loseAtMostMs;
    lately = [...lately.filter((one) => !isSafe(one)), ...changes.map((change) => ({ change, atMs }))];
  };

  const follow = async () => {
    for (;;) {
      if (breaks !== store.breaks()) {
        breaks = store.breaks();
        isInDoubt = true;
      }
      if (isInDoubt) await clearDoubt();
      if (seq < 0) await readEverything();
      else if (!isWhole) readBeside();
      const changes = await changesAfter(store, seq, pageSize);
      if (changes === undefined) {
        seq = -1;
        readAnew();
        continue;
      }
      if (changes.length > 0) {
        await apply(changes);
        seq = changes.at(-1)!.seq;
      }
      // What came after it was asked is for the next pass: under steady writing there would be no end.
      if (changes.length < pageSize) return seq;
    }
  };

  const startPass = () => {
    // Whoever joins waits no longer than a caller can; what has been begun is not cut off for that.
    const pass = forNobody(follow).finally(() => {
      if (running === pass) running = undefined;
    });
    running = pass;
    return pass;
  };
  const pass = () => {
    if (running === undefined) return startPass();
    next ??= running
      .finally(() => {
        next = undefined;
      })
      .then(() => running ?? startPass());
    return next;
  };
  const late = () =>
    seq < 0
      ? new StoreError('unavailable', 'Not everything was read from the store yet.', undefined, undefined, 'catalog')
      : new StoreError('unavailable', 'The store did not tell its changes in time.');

  return {
    refresh: () => whileACallerWaits(pass(), late),
    seq: () => Math.max(0, seq),
  };
}

function* slices<T>(all: readonly T[]): Generator<T[]> {
  for (let i = 0; i < all.length; i += pageSize) yield all.slice(i, i + pageSize);
}
