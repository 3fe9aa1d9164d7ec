import { randomUUID } from 'node:crypto';
import {
  StoreError,
  type Collection,
  type JobHandler,
  type JobQueue,
  type JobRecord,
  type Stored,
} from '../../app/ports.ts';

export interface InProcessQueueOptions {
  jobs: Collection<JobRecord>;
  /** Jobs at the same time. Default 4. */
  concurrency?: number;
  /** Tries before a job is dead. Default 5. */
  maxAttempts?: number;
  /** First wait after a failure; doubles each time. Default 1000 ms. */
  backoffMs?: number;
  /** Finished jobs that are kept to be read. Default 200. */
  keepDone?: number;
  onError?: (error: unknown) => void;
}

const progressEveryMs = 500;
const pollWhenAwayMs = 1000;

/**
 * Durable jobs inside one process: every job is a document, so that a restart goes on where the last process stopped.
 * Jobs found `active` at the start belonged to a process that died and run again.
 */
export function openInProcessQueue(options: InProcessQueueOptions): JobQueue {
  const { jobs, concurrency = 4, maxAttempts = 5, backoffMs = 1000, keepDone = 200 } = options;
  const report = options.onError ?? (() => undefined);
  const listeners = new Set<(job: Stored<JobRecord>) => void>();
  const stopped = new AbortController();
  const active = new Map<string, Promise<void>>();
  /** Waiting jobs by kind and key, to fold equal ones; ids in the order they came. */
  const waiting = new Map<string, { key: string; runAtMs: number }>();
  let handlers: Record<string, JobHandler> = {};
  let timer: NodeJS.Timeout | undefined;
  let recovered: Promise<void> | undefined;
  const done: string[] = [];

  const foldKey = (kind: string, key: string) => `${kind}\0${key}`;
  const tell = (job: Stored<JobRecord>) => {
    for (const listener of listeners) listener(job);
  };

  const all = async (state: JobRecord['state']) => {
    const found: Stored<JobRecord>[] = [];
    let after: string | undefined;
    do {
      const page = await jobs.find({ where: { state }, limit: 1000, ...(after === undefined ? {} : { after }) });
      found.push(...page.items);
      after = page.nextCursor;
    } while (after !== undefined);
    return found;
  };

  const recover = async () => {
    for (const job of await all('active')) await jobs.replace(job.id, { ...job.doc, state: 'waiting' }, job.version);
    const found = await all('waiting');
    found.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    for (const job of found)
      waiting.set(job.id, { key: foldKey(job.doc.kind, job.doc.key), runAtMs: Date.parse(job.doc.runAt) });
    done.push(...(await all('done')).sort((a, b) => (a.storedAt < b.storedAt ? -1 : 1)).map((job) => job.id));
  };
  // The same recovery serves whoever comes first, and is tried again when the store was away.
  const ready = () =>
    (recovered ??= recover().catch((error: unknown) => {
      recovered = undefined;
      throw error;
    }));

  const pump = (delayMs = 0) => {
    if (stopped.signal.aborted || Object.keys(handlers).length === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      ready().then(startDue, (error: unknown) => {
        report(error);
        pump(pollWhenAwayMs);
      });
    }, delayMs);
  };

  const startDue = () => {
    const now = Date.now();
    let next = Infinity;
    for (const [id, { runAtMs }] of waiting) {
      if (active.size >= concurrency) return;
      if (runAtMs > now) {
        next = Math.min(next, runAtMs);
        continue;
      }
      waiting.delete(id);
      active.set(
        id,
        run(id).finally(() => {
          active.delete(id);
          pump();
        }),
      );
    }
    if (next < Infinity) pump(Math.max(1, next - now));
  };

  const run = async (id: string) => {
    try {
      const found = await jobs.get(id);
      if (found === undefined || found.doc.state !== 'waiting') return;
      let job = await jobs.replace(id, { ...found.doc, state: 'active', attempts: found.doc.attempts + 1 }, found.version);
      tell(job);
      let lastSaved = 0;
      let saving: Promise<void> = Promise.resolve();
      const save = (change: Partial<JobRecord>) =>
        (saving = saving.then(async () => {
          job = await jobs.replace(id, { ...job.doc, ...change }, job.version);
          tell(job);
        }));
      const progress = (doneUnits: number, total: number) => {
        if (Date.now() - lastSaved < progressEveryMs && doneUnits < total) return;
        lastSaved = Date.now();
        save({ progress: { done: doneUnits, total } }).catch(report);
      };
      const handler = handlers[job.doc.kind];
      try {
        if (handler === undefined) throw new Error(`No handler for jobs of the kind ${job.doc.kind}`);
        const result = await handler(job.doc.input, { jobId: id, attempt: job.doc.attempts, progress, signal: stopped.signal });
        await save({ state: 'done', result, error: undefined });
        done.push(id);
        while (done.length > keepDone) await jobs.remove(done.shift()!).catch(report);
      } catch (error) {
        await saving.catch(() => undefined);
        const message = error instanceof Error ? error.message : String(error);
        if (stopped.signal.aborted) {
          await save({ state: 'waiting', attempts: job.doc.attempts - 1 });
        } else if (job.doc.attempts >= maxAttempts) {
          await save({ state: 'dead', error: message });
        } else {
          const runAtMs = Date.now() + backoffMs * 2 ** (job.doc.attempts - 1);
          await save({ state: 'waiting', error: message, runAt: new Date(runAtMs).toISOString() });
          waiting.set(id, { key: foldKey(job.doc.kind, job.doc.key), runAtMs });
        }
      }
    } catch (error) {
      // The store was away: the job is still in it and is looked at again.
      report(error);
      waiting.set(id, { key: id, runAtMs: Date.now() + pollWhenAwayMs });
      const found = await jobs.get(id).catch(() => undefined);
      if (found?.doc.state === 'active')
        await jobs.replace(id, { ...found.doc, state: 'waiting' }, found.version).catch(report);
    }
  };

  return {
    async enqueue(kind, key, input, { delayMs = 0 } = {}) {
      await ready();
      const fold = foldKey(kind, key);
      for (const [id, job] of waiting) if (job.key === fold) return id;
      const id = randomUUID();
      const runAtMs = Date.now() + delayMs;
      // Reserved before the write, so that two equal calls at once make one job.
      waiting.set(id, { key: fold, runAtMs: Infinity });
      try {
        const job = await jobs.insert(id, {
          kind,
          key,
          input,
          state: 'waiting',
          attempts: 0,
          runAt: new Date(runAtMs).toISOString(),
        });
        waiting.set(id, { key: fold, runAtMs });
        tell(job);
      } catch (error) {
        waiting.delete(id);
        throw error;
      }
      pump();
      return id;
    },
    get: (id) => jobs.get(id),
    list: ({ state, after, limit }) =>
      jobs.find({ limit, ...(state === undefined ? {} : { where: { state } }), ...(after === undefined ? {} : { after }) }),
    async retry(id) {
      const job = await jobs.get(id);
      if (job?.doc.state !== 'dead') throw new StoreError('missing', `There is no dead job ${id}.`);
      const runAt = new Date().toISOString();
      const put = await jobs.replace(id, { ...job.doc, state: 'waiting', attempts: 0, runAt }, job.version);
      waiting.set(id, { key: foldKey(job.doc.kind, job.doc.key), runAtMs: Date.parse(runAt) });
      tell(put);
      pump();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async counts() {
      const [waitingCount, activeCount, doneCount, dead] = await Promise.all(
        (['waiting', 'active', 'done', 'dead'] as const).map((state) => jobs.count({ state })),
      );
      return { waiting: waitingCount!, active: activeCount!, done: doneCount!, dead: dead! };
    },
    start(given) {
      handlers = given;
      pump();
    },
    async close(graceMs) {
      clearTimeout(timer);
      const finished = Promise.allSettled([...active.values()]);
      let graceTimer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        graceTimer = setTimeout(resolve, graceMs);
      });
      handlersGone();
      await Promise.race([finished, grace]);
      clearTimeout(graceTimer);
      stopped.abort(new Error('The queue is closing.'));
      await finished;
    },
  };

  /** No new job starts from here on; the running ones keep the handler they were given. */
  function handlersGone() {
    handlers = {};
  }
}
