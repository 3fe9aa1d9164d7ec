/**
 * Keeps what is held in memory as the store is: reads everything once, then follows the change log. After a break in the
 * way to the data everything is read again beside it, for what the log told may have been lost (see `Store.breaks`).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { changesAfter } from './change-log.ts';
import { forACaller, forNobody, whileACallerWaits } from './patience.ts';
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

const pageSize = 1000;

export function followLog(store: Store, reader: LogReader): LogFollower {
  let seq = -1;
  let breaks = store.breaks();
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

  const follow = async () => {
    for (;;) {
      if (breaks !== store.breaks()) {
        breaks = store.breaks();
        readAnew();
      }
      if (seq < 0) await readEverything();
      else if (!isWhole) readBeside();
      const changes = await changesAfter(store, seq, pageSize);
      if (changes === undefined) {
        seq = -1;
        readAnew();
        continue;
      }
      if (changes.length === 0) return seq;
      await alone(() => reader.apply(changes));
      seq = changes.at(-1)!.seq;
    }
  };

  const startPass = () => {
    // Whoever joins waits no longer than a caller can.
    const pass = forACaller(follow).finally(() => {
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
  const stillReading = () =>
    new StoreError('unavailable', 'Not everything has been read from the store yet.', undefined, undefined, 'catalog');

  return {
    refresh: () => whileACallerWaits(pass(), stillReading),
    seq: () => Math.max(0, seq),
  };
}
