import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { followLog, type LogFollower } from '../../src/app/follow-log.ts';
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
let follower: LogFollower;

const changeOf = (n: number): Change => ({ seq: n, collection: 'members', id: String(n), version: 1 });

beforeEach(() => {
  [log, held, steps, breaks, lost] = [[1, 2, 3], [], [], 0, false];
  heldUp = async () => undefined;
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
  follower = followLog(store, {
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
      steps.push(`apply ${changes.map(({ id }) => id).join()}`);
      held.push(...changes.map(({ seq }) => seq));
    },
  });
});

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
