/** What only a queue of several processes can suffer, and gain. */
import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openBullQueue, type BullQueueOptions } from '../../src/adapters/queue/bull.ts';
import type { JobQueue } from '../../src/app/ports.ts';
import { reaches } from '../contract/queue-contract.ts';
import { removeKeys } from '../support/own-servers.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp-dir.ts';

const url = process.env['KOBLING_TEST_REDIS_URL']!;
const folder = tempDir();
let prefix: string;
const queues: JobQueue[] = [];
const open = (options: Partial<BullQueueOptions> = {}) => {
  const queue = openBullQueue({ url, prefix, maxAttempts: 3, backoffMs: 5, ...options });
  queues.push(queue);
  return queue;
};
beforeEach(() => {
  prefix = `kobling-test-${randomUUID()}`;
});
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.close(0);
  await removeKeys(url, prefix);
});

test('a job of a worker that was killed is taken over by another', async () => {
  const worker = startProgram('test/support/bull-worker.ts', [url, prefix], folder, {});
  const queue = open({ lockMs: 1000, stalledMs: 200 });
  const id = await queue.enqueue('work', 'a', { n: 1 });
  await worker.prints(/started/u);
  await worker.kill('SIGKILL');
  queue.start({ work: async (input) => ({ got: input }) });
  expect((await reaches(queue, id, 'done')).doc.result).toEqual({ got: { n: 1 } });
});

test('every process hears what becomes of a job, whoever runs it', async () => {
  const api = open();
  const heard: string[] = [];
  api.onChange(({ doc }) => heard.push(`${doc.state} ${doc.progress?.done ?? '-'}`));
  const worker = open();
  const id = await api.enqueue('work', 'a', {});
  worker.start({
    work: async (_input, { progress }) => {
      progress(1, 1);
      return 'fine';
    },
  });
  expect((await reaches(api, id, 'done')).doc.result).toBe('fine');
  expect(heard).toEqual(['waiting -', 'active -', 'active 1', 'done 1']);
});

test('several workers run every job once, and never two of one key at a time while it waits', async () => {
  const runs: unknown[] = [];
  const workers = [open(), open(), open()];
  for (const worker of workers) worker.start({ work: async (input) => runs.push(input) });
  const ids = await Promise.all(Array.from({ length: 60 }, (_, i) => workers[i % 3]!.enqueue('work', `key ${i}`, i)));
  await Promise.all(ids.map((id) => reaches(workers[0]!, id, 'done')));
  expect(runs.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 60 }, (_, i) => i));
});

test('a key whose job was never added, because its process ended, is not lost', async () => {
  const queue = open();
  const id = await queue.enqueue('work', 'a', { n: 1 });
  const redis = new Redis(url);
  await redis.del(`${prefix}:jobs:${id}`);
  await redis.lrem(`${prefix}:jobs:wait`, 0, id);
  await redis.quit();
  expect(await queue.enqueue('work', 'a', { n: 2 })).toBe(id);
  queue.start({ work: async (input) => input });
  expect((await reaches(queue, id, 'done')).doc.result).toEqual({ n: 2 });
});

test('connections that die without a word are made anew', async () => {
  const { port, hostname } = new URL(url);
  const passed = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) passed.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const worker = open({ url: `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`, silentMs: 6000 });
  try {
    worker.start({ work: async (input) => input });
    const api = open();
    await reaches(api, await api.enqueue('work', 'a', 1), 'done');
    for (const socket of [...passed]) socket.unpipe().pause();
    expect((await reaches(api, await api.enqueue('work', 'b', 2), 'done')).doc.result).toBe(2);
  } finally {
    await worker.close(0);
    for (const socket of passed) socket.destroy();
    proxy.close();
  }
});

test('a queue without Redis refuses at once, and does not keep its process from ending', async () => {
  const queue = openBullQueue({ url: 'redis://127.0.0.1:1', prefix });
  queue.start({});
  await expect(queue.enqueue('work', 'a', {})).rejects.toMatchObject({ code: 'unavailable', part: 'queue' });
  await expect(queue.ping()).rejects.toMatchObject({ code: 'unavailable', part: 'queue' });
  await queue.close(0);
});
