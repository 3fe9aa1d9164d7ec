/** What only the queue on the embedded store can suffer: the store goes away, the process dies. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openInProcessQueue, type InProcessQueueOptions } from '../../src/adapters/queue/in-process.ts';
import { StoreError, type Collection, type JobQueue, type JobRecord, type Store } from '../../src/app/ports.ts';
import { sqliteWorld, type SqliteWorld } from '../support/store-sqlite-world.ts';
import { reaches } from './queue-contract.ts';

describe('In-process queue in trouble', () => {
  let world: SqliteWorld;
  let store: Store;
  const stores: Store[] = [];
  const queues: JobQueue[] = [];
  const open = (options: Partial<InProcessQueueOptions> = {}) => {
    const queue = openInProcessQueue({ jobs: store.collection('jobs'), maxAttempts: 3, backoffMs: 5, ...options });
    queues.push(queue);
    return queue;
  };
  const openStore = async () => {
    store = await world.open();
    stores.push(store);
  };
  beforeEach(async () => {
    world = await sqliteWorld();
    await openStore();
  });
  afterEach(async () => {
    for (const queue of queues.splice(0)) await queue.close(0);
    for (const opened of stores.splice(0)) await opened.close();
    await world.dispose();
  });

  /** The jobs collection with a switch: while `isAway`, writes are refused as by a full disk. */
  const unsteadyJobs = () => {
    const state = { isAway: false };
    const jobs = store.collection('jobs');
    const refusing =
      <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (state.isAway) throw new StoreError('unavailable', 'The disk is full.');
        return write(...args);
      };
    const unsteady: Collection<JobRecord> = {
      ...jobs,
      insert: refusing(jobs.insert),
      replace: refusing(jobs.replace),
      writeMany: refusing(jobs.writeMany),
    };
    return { state, jobs: unsteady };
  };
  const heldHandler = () => {
    let finish: (value: unknown) => void = () => undefined;
    let tellStarted = () => {};
    const started = new Promise<void>((resolve) => (tellStarted = resolve));
    const handler = () => {
      tellStarted();
      return new Promise((resolve) => (finish = resolve));
    };
    return { handler, started, finish: (value: unknown) => finish(value) };
  };

  test('runs a job again that was running when the process died', async () => {
    const held = heldHandler();
    const first = open();
    first.start({ work: held.handler });
    const id = await first.enqueue('work', 'a', { n: 1 });
    await held.started;
    await store.close();

    await openStore();
    const second = open();
    second.start({ work: async (input, { attempt }) => ({ input, attempt }) });
    expect((await reaches(second, id, 'done')).doc.result).toEqual({ input: { n: 1 }, attempt: 2 });
  });

  test('gives up on a job that was running at twenty ends of the process', async () => {
    const held = heldHandler();
    const first = open();
    first.start({ work: held.handler });
    const id = await first.enqueue('work', 'a', {});
    await held.started;
    const running = (await first.get(id))!;
    await store.collection('jobs').replace(id, { ...running.doc, attempts: 20 }, running.version);
    await store.close();

    await openStore();
    const second = open();
    second.start({ work: async () => 'never' });
    expect((await reaches(second, id, 'dead')).doc.error).toContain('20 times');
  });

  test('waits longer before every new try', async () => {
    const queue = open({ backoffMs: 40 });
    const triedAtMs: number[] = [];
    queue.start({
      work: async () => {
        triedAtMs.push(Date.now());
        throw new Error('not today');
      },
    });
    await reaches(queue, await queue.enqueue('work', 'a', {}), 'dead');
    expect(triedAtMs).toHaveLength(3);
    expect(triedAtMs[1]! - triedAtMs[0]!).toBeGreaterThanOrEqual(40);
    expect(triedAtMs[2]! - triedAtMs[1]!).toBeGreaterThanOrEqual(80);
  });

  test('keeps the result of a job that ends while the store is away, without running it again', async () => {
    const { state, jobs } = unsteadyJobs();
    const errors: unknown[] = [];
    let tellReported = () => {};
    const reported = new Promise<void>((resolve) => (tellReported = resolve));
    const held = heldHandler();
    const queue = open({
      jobs,
      onError: (error) => {
        errors.push(error);
        tellReported();
      },
    });
    queue.start({ work: held.handler });
    const id = await queue.enqueue('work', 'a', {});
    await held.started;
    state.isAway = true;
    held.finish('kept');
    await reported;
    expect((await queue.get(id))?.doc.state).toBe('active');
    state.isAway = false;
    expect((await reaches(queue, id, 'done')).doc).toMatchObject({ result: 'kept', attempts: 1 });
    expect(errors).toEqual([expect.objectContaining({ code: 'unavailable' })]);
  });

  test('acknowledges no job that was not stored, nor its equals, and takes it later', async () => {
    const { state, jobs } = unsteadyJobs();
    const queue = open({ jobs });
    queue.start({ work: async () => 'ran' });
    state.isAway = true;
    const results = await Promise.allSettled([1, 2, 3].map(() => queue.enqueue('work', 'a', {})));
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    state.isAway = false;
    const id = await queue.enqueue('work', 'a', {});
    expect((await reaches(queue, id, 'done')).doc.result).toBe('ran');
    expect((await queue.list({ limit: 10 })).items).toHaveLength(1);
  });

  test('goes on with its job when progress cannot be stored', async () => {
    const { state, jobs } = unsteadyJobs();
    const queue = open({ jobs });
    queue.start({
      work: async (_input, { progress }) => {
        state.isAway = true;
        progress(1, 2);
        await queue.counts();
        state.isAway = false;
        return 'fine';
      },
    });
    const done = await reaches(queue, await queue.enqueue('work', 'a', {}), 'done');
    expect(done.doc).toMatchObject({ result: 'fine', attempts: 1 });
  });

  test('stores progress twice a second at most, and the end of it at once', async () => {
    const queue = open();
    const told: unknown[] = [];
    queue.onChange(({ doc }) => doc.state === 'active' && doc.progress !== undefined && told.push(doc.progress.done));
    queue.start({
      work: async (_input, { progress }) => {
        for (let done = 1; done <= 1000; done++) progress(done, 1000);
      },
    });
    const id = await queue.enqueue('work', 'a', {});
    expect((await reaches(queue, id, 'done')).doc.progress).toEqual({ done: 1000, total: 1000 });
    expect(told).toEqual([1, 1000]);
  });

  test('ends a job with the dead letters whose result has no JSON form', async () => {
    const queue = open();
    queue.start({ work: async () => 10n });
    const dead = await reaches(queue, await queue.enqueue('work', 'a', {}), 'dead');
    expect(dead.doc.error).toMatch(/BigInt/);
  });

  test('forgets old finished jobs, not the dead ones', async () => {
    const queue = open({ keepDone: 3, maxAttempts: 1 });
    queue.start({
      work: async (input) => {
        if (input === 0) throw new Error('not today');
      },
    });
    const ids: string[] = [];
    for (let i = 0; i < 54; i++) ids.push(await queue.enqueue('work', `key ${i}`, i));
    await Promise.all(ids.slice(1).map((id) => reaches(queue, id, 'done')));
    await queue.close(1000);
    expect((await queue.list({ limit: 100 })).items.map((job) => job.id)).toEqual([ids[0], ...ids.slice(-3)]);
  });
});
