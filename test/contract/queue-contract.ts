/** What every queue must do. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JobHandler, JobQueue, JobRecord, Stored } from '../../src/app/ports.ts';

export interface QueueUnderTest {
  /** Retries after a few milliseconds, three attempts, two jobs at a time. */
  open(): Promise<JobQueue>;
}

/** Resolves when a job reaches a state. */
export const reaches = (queue: JobQueue, id: string, state: JobRecord['state']): Promise<Stored<JobRecord>> =>
  new Promise((resolve, reject) => {
    const stop = queue.onChange((job) => {
      if (job.id !== id || job.doc.state !== state) return;
      stop();
      resolve(job);
    });
    queue.get(id).then((job) => {
      if (job?.doc.state !== state) return;
      stop();
      resolve(job);
    }, reject);
  });

export function queueContract(name: string, prepare: () => QueueUnderTest): void {
  describe(`${name} keeps the queue contract`, () => {
    let under: QueueUnderTest;
    let queue: JobQueue;
    const start = (handler: JobHandler) => queue.start({ work: handler });
    beforeEach(async () => {
      under = prepare();
      queue = await under.open();
    });
    afterEach(() => queue.close(0));

    test('a job runs and its result can be read', async () => {
      start(async (input) => ({ got: input }));
      const id = await queue.enqueue('work', 'a', { n: 1 });
      expect((await reaches(queue, id, 'done')).doc.result).toEqual({ got: { n: 1 } });
      expect((await queue.counts()).done).toBe(1);
    });

    test('equal waiting jobs are one, also when asked for at once', async () => {
      const ids = await Promise.all([1, 2, 3].map(() => queue.enqueue('work', 'a', {})));
      expect(new Set(ids).size).toBe(1);
      expect(await queue.enqueue('work', 'b', {})).not.toBe(ids[0]);
      expect((await queue.counts()).waiting).toBe(2);
    });

    test('a failing job is tried again and then goes to the dead letters, from where it can be put back', async () => {
      let calls = 0;
      let healthy = false;
      start(async () => {
        calls++;
        if (!healthy) throw new Error('not today');
        return 'fine';
      });
      const id = await queue.enqueue('work', 'a', {});
      const dead = await reaches(queue, id, 'dead');
      expect(calls).toBe(3);
      expect(dead.doc.error).toBe('not today');
      expect((await queue.list({ state: 'dead', limit: 10 })).items.map((job) => job.id)).toEqual([id]);
      healthy = true;
      await queue.retry(id);
      expect((await reaches(queue, id, 'done')).doc.result).toBe('fine');
      await expect(queue.retry(id)).rejects.toMatchObject({ code: 'missing' });
    });

    test('progress can be read while a job runs', async () => {
      let finish = () => {};
      const held = new Promise<void>((resolve) => (finish = resolve));
      start(async (_input, context) => {
        context.progress(3, 10);
        await held;
      });
      const id = await queue.enqueue('work', 'a', {});
      await new Promise<void>((resolve) => {
        const stop = queue.onChange((job) => {
          if (job.doc.progress?.done !== 3) return;
          stop();
          resolve();
        });
      });
      expect((await queue.get(id))?.doc.progress).toEqual({ done: 3, total: 10 });
      finish();
      await reaches(queue, id, 'done');
    });

    test('jobs survive a restart, also the one that was running', async () => {
      let started = () => {};
      const running = new Promise<void>((resolve) => (started = resolve));
      start(
        (_input, context) =>
          new Promise((_resolve, reject) => {
            started();
            context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
          }),
      );
      const first = await queue.enqueue('work', 'a', {});
      await running;
      const later = await queue.enqueue('work', 'b', {}, { delayMs: 60_000 });
      await queue.close(0);
      queue = await under.open();
      start(async () => 'after restart');
      expect((await reaches(queue, first, 'done')).doc).toMatchObject({ result: 'after restart', attempts: 1 });
      expect((await queue.get(later))?.doc.state).toBe('waiting');
    });

    test('closing waits for a running job within the grace', async () => {
      let finish = () => {};
      let started = () => {};
      const running = new Promise<void>((resolve) => (started = resolve));
      start(() => {
        started();
        return new Promise((resolve) => (finish = () => resolve('done in time')));
      });
      const id = await queue.enqueue('work', 'a', {});
      await running;
      const closing = queue.close(5000);
      finish();
      await closing;
      expect((await queue.get(id))?.doc).toMatchObject({ state: 'done', result: 'done in time' });
    });

    test('jobs of one process start in the order they came, two at a time', async () => {
      const started: unknown[] = [];
      const release: (() => void)[] = [];
      const ids: string[] = [];
      for (const n of [1, 2, 3, 4]) ids.push(await queue.enqueue('work', `key ${n}`, n));
      const twoRun = new Promise<void>((resolve) => {
        start(async (input) => {
          started.push(input);
          if (started.length === 2) resolve();
          await new Promise<void>((free) => release.push(free));
        });
      });
      await twoRun;
      expect(started).toEqual([1, 2]);
      expect(await queue.counts()).toMatchObject({ waiting: 2, active: 2 });
      const thirdRuns = reaches(queue, ids[2]!, 'active');
      release.shift()!();
      await thirdRuns;
      release.shift()!();
      await reaches(queue, ids[3]!, 'active');
      await reaches(queue, ids[1]!, 'done');
      const ended = [reaches(queue, ids[2]!, 'done'), reaches(queue, ids[3]!, 'done')];
      const freeRest = () => release.splice(0).forEach((free) => free());
      freeRest();
      queue.onChange(freeRest);
      await Promise.all(ended);
      expect(started).toEqual([1, 2, 3, 4]);
    });

    test('a delayed job does not start before its time', async () => {
      start(async () => Date.now());
      const enqueuedAtMs = Date.now();
      const id = await queue.enqueue('work', 'a', {}, { delayMs: 60 });
      expect((await reaches(queue, id, 'done')).doc.result).toBeGreaterThanOrEqual(enqueuedAtMs + 60);
    });

    test('an equal job of another kind, or one asked for while the first runs, is a job of its own', async () => {
      const ran: string[] = [];
      let again = '';
      queue.start({
        work: async (_input, { jobId }) => {
          if (ran.push(jobId) === 1) again = await queue.enqueue('work', 'a', {});
        },
        other: async () => 'other',
      });
      const id = await queue.enqueue('work', 'a', {});
      const other = await queue.enqueue('other', 'a', {});
      expect((await reaches(queue, other, 'done')).doc.result).toBe('other');
      await reaches(queue, id, 'done');
      await reaches(queue, again, 'done');
      expect(ran).toEqual([id, again]);
      expect(other).not.toBe(id);
    });

    test('a job that waited before a restart is still one with its equals', async () => {
      const id = await queue.enqueue('work', 'a', { n: 1 });
      await queue.close(0);
      queue = await under.open();
      expect(await queue.enqueue('work', 'a', { n: 2 })).toBe(id);
      start(async (input) => input);
      expect((await reaches(queue, id, 'done')).doc.result).toEqual({ n: 1 });
    });

    test('a job that nobody can handle ends with the dead letters', async () => {
      start(async () => undefined);
      const id = await queue.enqueue('unheard of', 'a', {});
      expect((await reaches(queue, id, 'dead')).doc.error).toContain('unheard of');
    });

    test('listeners hear every state, and nothing once they stopped', async () => {
      const heard: string[] = [];
      const stop = queue.onChange((job) => heard.push(`${job.doc.key} ${job.doc.state}`));
      start(async () => undefined);
      await reaches(queue, await queue.enqueue('work', 'a', {}), 'done');
      stop();
      await reaches(queue, await queue.enqueue('work', 'b', {}), 'done');
      expect(heard).toEqual(['a waiting', 'a active', 'a done']);
    });

    test('a listener that throws harms neither the job nor the other listeners', async () => {
      queue.onChange(() => {
        throw new Error('deaf');
      });
      start(async () => 'fine');
      expect((await reaches(queue, await queue.enqueue('work', 'a', {}), 'done')).doc.result).toBe('fine');
    });

    test('the list is paged and filtered by state', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.push(await queue.enqueue('work', `key ${i}`, i));
      const first = await queue.list({ state: 'waiting', limit: 3 });
      const second = await queue.list({ state: 'waiting', limit: 3, after: first.nextCursor! });
      expect([...first.items, ...second.items].map((job) => job.id).toSorted()).toEqual(ids.toSorted());
      expect(second.nextCursor).toBeUndefined();
      expect((await queue.list({ state: 'dead', limit: 3 })).items).toEqual([]);
      expect((await queue.list({ limit: 10 })).items).toHaveLength(5);
      await expect(queue.retry(ids[0]!)).rejects.toMatchObject({ code: 'missing' });
      expect(await queue.get('no such job')).toBeUndefined();
    });

    test('closing does not wait longer than the grace for a handler that does not listen', async () => {
      let started = () => {};
      const running = new Promise<void>((resolve) => (started = resolve));
      start(() => {
        started();
        return new Promise(() => undefined);
      });
      const id = await queue.enqueue('work', 'a', {});
      await running;
      await queue.close(10);
      expect((await queue.get(id))?.doc).toMatchObject({ state: 'waiting', attempts: 0 });
    });

    test('nothing starts once the queue closes, and what is enqueued then waits for the restart', async () => {
      const ran: unknown[] = [];
      start(async (input) => ran.push(input));
      await queue.close(0);
      const id = await queue.enqueue('work', 'late', 'late');
      queue = await under.open();
      expect((await queue.get(id))?.doc.state).toBe('waiting');
      expect(ran).toEqual([]);
      start(async (input) => ran.push(input));
      await reaches(queue, id, 'done');
      expect(ran).toEqual(['late']);
    });
  });
}
