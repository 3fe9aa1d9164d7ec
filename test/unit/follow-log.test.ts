import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { followLog, type LogFollower, type LogReader } from '../../src/app/follow-log.ts';
import { forACaller } from '../../src/app/patience.ts';
import { StoreError, type Change, type Store } from '../../src/app/ports.ts';

/** A log of numbers, a reader that holds them, and pages of two. */
let log: number[];
let held: number[];
let breaks: number;
let steps: string[];
/** What reading on waits for. */
let heldUp: () => Promise<unknown>;
let lost: boolean;
let applyMs: number;
let follower: LogFollower;

/** Of every entry of the log. */
let version: number;
const changeOf = (n: number): Change => ({ seq: n, collection: 'members', id: String(n), version });

beforeEach(() => {
  [log, held, steps, breaks, lost, version, applyMs] = [[1, 2, 3], [], [], 0, false, 1, 0];
  heldUp = async () => undefined;
  follower = followed();
});

function followed(options?: { loseAtMostMs: number }): LogFollower {
  let at = 0;
  const store = {
    breaks: () => breaks,
    headSeq: async () => log.at(-1) ?? 0,
    changes: async (after: number) => {
      if (lost) {
        lost = false;
        throw new StoreError('gone', 'trimmed');
      }
      return log.filter((n) => n > after).map(changeOf);
    },
  } as unknown as Store;
  const reader: LogReader = {
    begin: () => {
      steps.push('begin');
      at = 0;
    },
    async readOn() {
      await heldUp();
      steps.push(`read ${at}`);
      held = [...new Set([...held, ...log.slice(at, at + 2)])];
      at += 2;
      return at < log.length;
    },
    async apply(changes) {
      await pause(applyMs);
      steps.push(`apply ${changes.map(({ id }) => id).join()}`);
      held.push(...changes.map(({ seq }) => seq));
    },
  };
  return followLog(store, reader, options);
}

test('reads everything once, then what changes', async () => {
  expect(follower.seq()).toBe(0);
  expect(await follower.refresh()).toBe(3);
  log.push(4);
  expect(await follower.refresh()).toBe(4);
  expect(await follower.refresh()).toBe(4);
  expect(steps).toEqual(['begin', 'read 0', 'read 2', 'apply 4']);
  expect([held, follower.seq()]).toEqual([[1, 2, 3, 4], 4]);
});

test('after a break it goes on following while everything is read again beside it', async () => {
  await follower.refresh();
  let go!: () => void;
  const stuck = new Promise<void>((resolve) => (go = resolve));
  let isReading = false;
  heldUp = () => {
    isReading = true;
    return stuck;
  };
  breaks++;
  steps = [];
  expect(await follower.refresh()).toBe(3);
  expect(isReading).toBe(true);
  go();
  await pause(50);
  expect(steps).toEqual(['begin', 'read 0', 'read 2']);
  await follower.refresh();
  expect(steps).toHaveLength(3);
});

test('after a break the last changes alone are read again where the log still ends with them', async () => {
  const short = followed({ loseAtMostMs: 20 });
  await short.refresh();
  log.push(4);
  await short.refresh();
  await pause(30);
  log.push(5);
  await short.refresh();
  steps = [];
  breaks++;
  log.push(6);
  expect(await short.refresh()).toBe(6);
  await pause(50);
  expect(steps).toEqual(['apply 5', 'apply 6']);

  // The database came back without the end of its log, and went on.
  steps = [];
  breaks++;
  version = 2;
  log.push(7);
  await short.refresh();
  await pause(50);
  expect(steps.toSorted()).toEqual(['apply 7', 'begin', ...[0, 2, 4, 6].map((at) => `read ${at}`)]);
});

test('a break while everything is read begins it again', async () => {
  let isFirst = true;
  heldUp = async () => {
    if (!isFirst) return;
    isFirst = false;
    breaks++;
    void follower.refresh();
  };
  expect(await follower.refresh()).toBe(3);
  await follower.refresh();
  await pause(50);
  expect(steps).toEqual(['begin', 'read 0', 'read 2', 'begin', 'read 0', 'read 2']);
});

test('a log that does not reach back means that everything is read before anybody is served', async () => {
  await follower.refresh();
  log.push(7, 8);
  lost = true;
  steps = [];
  expect(await follower.refresh()).toBe(8);
  expect(steps).toEqual(['begin', 'read 0', 'read 2', 'read 4']);
});

test('a caller is told that reading is still going on, a job waits for it', async () => {
  heldUp = () => pause(1500);
  const job = follower.refresh();
  const told = await forACaller(() => follower.refresh()).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: 'unavailable', part: 'catalog' });
  expect(steps).toEqual(['begin', 'read 0']);
  expect(await job).toBe(3);
});

test('what a caller cannot wait for is finished all the same', async () => {
  await follower.refresh();
  log.push(4);
  applyMs = 2500;
  const told = await forACaller(() => follower.refresh()).catch((error: unknown) => error);
  expect(told).toMatchObject({ code: 'unavailable', part: 'store' });
  expect(await follower.refresh()).toBe(4);
  expect(steps.filter((step) => step.startsWith('apply'))).toEqual(['apply 4']);
});

test('reading that a fault cut off goes on where it was; a fault beside a pass is told by the next one', async () => {
  let faults = [new StoreError('unavailable', 'slow')];
  heldUp = async () => {
    const fault = steps.includes('read 0') ? faults.pop() : undefined;
    if (fault !== undefined) throw fault;
  };
  await expect(follower.refresh()).rejects.toThrow('slow');
  await follower.refresh();
  expect(steps).toEqual(['begin', 'read 0', 'read 2']);

  faults = [new Error('a document that cannot be read') as StoreError];
  breaks++;
  await follower.refresh();
  await pause(50);
  await expect(follower.refresh()).rejects.toThrow('cannot be read');
  await follower.refresh();
  await pause(50);
  expect(steps.slice(3)).toEqual(['begin', 'read 0', 'read 2']);
});
