import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { forNobody } from '../../app/patience.ts';
import {
  StoreError,
  type Collection,
  type JobHandler,
  type JobQueue,
  type JobRecord,
  type Stored,
} from '../../app/ports.ts';
import { ascendingIds, asJson, unlessAborted } from './job-run.ts';

export interface InProcessQueueOptions {
  jobs: Collection<JobRecord>;
  /** Jobs at the same time. Default 4. */
  concurrency?: number;
  /** Tries before a job is dead. Default 5. */
  maxAttempts?: number;
  /** First wait after a failure; doubles each time, up to five minutes. Default 1000 ms. */
  backoffMs?: number;
  /** Finished jobs that are kept to be read. Default 200. */
  keepDone?: number;
  /** Told of faults that no caller waits for, such as a store that is away. */
  onError?: (error: unknown) => void;
}

const progressEveryMs = 500;
const pollWhenAwayMs = 1000;
const longestBackoffMs = 5 * 60_000;
/** Timers overflow beyond 24 days; the queue looks again after an hour at most. */
const longestTimerMs = 3_600_000;
/** A job that was running at so many ends of the process is what ends it. */
const maxInterruptedAttempts = 20;
const pruneAtOnce = 50;

interface Waiting {
  fold: string;
  runAtMs: number;
  known: Promise<string>;
}

/**
 * Durable jobs inside one process: every job is a document, so that a restart goes on where the last process stopped.
 * Jobs found `active` at the start belonged to a process that died and run again. Job ids ascend in the order enqueued.
 */
export function openInProcessQueue(options: InProcessQueueOptions): JobQueue {
  const { jobs, concurrency = 4, maxAttempts = 5, backoffMs = 1000, keepDone = 200 } = options;
  const report = options.onError ?? (() => undefined);
  const listeners = new Set<(job: Stored<JobRecord>) => void>();
  const newId = ascendingIds();
  const active = new Map<string, Promise<void>>();
  /** Jobs to start, by id in the order they came. */
  const waiting = new Map<string, Waiting>();
  /** The waiting job of each kind and key. A promise, because it counts only once it is stored. */
  const waitingByFold = new Map<string, Promise<string>>();
  /** Oldest first. */
  let done: string[] = [];
  let handlers: Record<string, JobHandler> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let recovered: Promise<void> | undefined;
  let closing = false;
  const stopped = new AbortController();
  // Every job and what it calls listens to it.
  setMaxListeners(0, stopped.signal);

  const foldOf = (kind: string, key: string) => `${kind}\0${key}`;

  const wait = (id: string, { kind, key, runAt }: JobRecord, known = Promise.resolve(id)) => {
    const fold = foldOf(kind, key);
    waiting.set(id, { fold, runAtMs: Date.parse(runAt), known });
    if (!waitingByFold.has(fold)) waitingByFold.set(fold, known);
  };
  const takeFromWaiting = (id: string, { fold, known }: Waiting) => {
    waiting.delete(id);
    if (waitingByFold.get(fold) === known) waitingByFold.delete(fold);
  };

  const tell = (job: Stored<JobRecord>) => {
    for (const listener of listeners)
      try {
        listener(job);
      } catch (error) {
        report(error);
      }
    return job;
  };
  const save = async (job: Stored<JobRecord>, change: Partial<JobRecord>) =>
    tell(await jobs.replace(job.id, { ...job.doc, ...change }, job.version));

  /** Goes on until the store takes it: what a job came to must not be lost because the store was away for a while. */
  const insist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;)
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StoreError && error.code === 'unavailable')) throw error;
        report(error);
        await pause(pollWhenAwayMs, undefined, { signal: stopped.signal });
      }
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
    const interrupted = await all('active');
    const put = await jobs.writeMany(
      interrupted.map(({ id, version, doc }) => ({
        op: 'replace',
        id,
        doc:
          doc.attempts < maxInterruptedAttempts
            ? { ...doc, state: 'waiting' }
            : { ...doc, state: 'dead', error: `Interrupted ${doc.attempts} times by the end of the process.` },
        expectedVersion: version,
      })),
    );
    for (const result of put) if (result.ok) tell(result.stored!);
    const finished = await all('done');
    for (const { id, doc } of await all('waiting')) wait(id, doc);
    done = finished.sort((a, b) => (a.storedAt < b.storedAt ? -1 : 1)).map(({ id }) => id);
  };
  // The same recovery serves whoever comes first, and is tried again when the store was away.
  const ready = () =>
    (recovered ??= recover().catch((error: unknown) => {
      recovered = undefined;
      throw error;
    }));

  const pump = (delayMs = 0) => {
    if (closing || handlers === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        ready().then(startDue, (error: unknown) => {
          report(error);
          pump(pollWhenAwayMs);
        });
      },
      Math.min(delayMs, longestTimerMs),
    );
  };

  const startDue = () => {
    if (closing) return;
    const nowMs = Date.now();
    let nextMs = Infinity;
    for (const [id, job] of waiting) {
      if (active.size >= concurrency) return;
      if (job.runAtMs > nowMs) {
        nextMs = Math.min(nextMs, job.runAtMs);
        continue;
      }
      takeFromWaiting(id, job);
      const running = forNobody(() => run(id))
        .catch((error: unknown) => {
          if (!stopped.signal.aborted) report(error);
        })
        .finally(() => {
          active.delete(id);
          pump();
        });
      active.set(id, running);
    }
    if (nextMs < Infinity) pump(Math.max(1, nextMs - nowMs));
  };

  const run = async (id: string) => {
    const found = await insist(() => jobs.get(id));
    if (found?.doc.state !== 'waiting') return;
    const attempts = found.doc.attempts + 1;
    let job = await insist(() => save(found, { state: 'active', attempts, progress: undefined }));

    let saving = Promise.resolve();
    let savedAtMs = -Infinity;
    let hasEnded = false;
    const progress = (doneUnits: number, total: number) => {
      if (hasEnded || (performance.now() - savedAtMs < progressEveryMs && doneUnits < total)) return;
      savedAtMs = performance.now();
      // Progress is news, not a fact to keep: while the store is away it is dropped.
      saving = saving.then(async () => {
        job = await save(job, { progress: { done: doneUnits, total } });
      });
      saving = saving.catch(report);
    };

    const ended = await outcome(job, progress);
    hasEnded = true;
    await saving;
    job = await insist(() => save(job, ended));
    if (job.doc.state === 'waiting') wait(id, job.doc);
    if (job.doc.state === 'done') await prune(id);
  };

  /** What the job becomes: done, dead, or waiting again. */
  const outcome = async ({ id, doc }: Stored<JobRecord>, progress: (done: number, total: number) => void) => {
    try {
      const handler = handlers?.[doc.kind];
      if (handler === undefined) throw new Error(`There is no handler for jobs of the kind ${doc.kind}.`);
      const { signal } = stopped;
      const result = await unlessAborted(
        handler(doc.input, { jobId: id, attempt: doc.attempts, progress, signal }),
        signal,
      );
      return { state: 'done', result: asJson(result), error: undefined } as const;
    } catch (error) {
      if (stopped.signal.aborted) return { state: 'waiting', attempts: doc.attempts - 1 } as const;
      const message = error instanceof Error ? error.message : String(error);
      if (doc.attempts >= maxAttempts) return { state: 'dead', error: message } as const;
      const waitMs = Math.min(backoffMs * 2 ** (doc.attempts - 1), longestBackoffMs);
      return { state: 'waiting', error: message, runAt: new Date(Date.now() + waitMs).toISOString() } as const;
    }
  };

  /** In batches, so that most jobs do not pay for it. */
  const prune = async (id: string) => {
    done.push(id);
    if (done.length < keepDone + pruneAtOnce) return;
    const old = done.splice(0, done.length - keepDone);
    await jobs.writeMany(old.map((oldId) => ({ op: 'remove', id: oldId }))).catch((error: unknown) => {
      done.unshift(...old);
      report(error);
    });
  };

  return {
    async enqueue(kind, key, input, { delayMs = 0 } = {}) {
      await ready();
      const fold = foldOf(kind, key);
      const equal = waitingByFold.get(fold);
      if (equal !== undefined) return equal;
      const id = newId();
      const runAt = new Date(Date.now() + delayMs).toISOString();
      const known = jobs.insert(id, { kind, key, input, state: 'waiting', attempts: 0, runAt }).then((job) => {
        wait(id, job.doc, known);
        tell(job);
        pump();
        return id;
      });
      waitingByFold.set(fold, known);
      try {
        return await known;
      } catch (error) {
        waitingByFold.delete(fold);
        throw error;
      }
    },
    get: (id) => jobs.get(id),
    list: ({ state, after, limit }) =>
      jobs.find({
        limit,
        ...(state === undefined ? {} : { where: { state } }),
        ...(after === undefined ? {} : { after }),
      }),
    async retry(id) {
      await ready();
      const job = await jobs.get(id);
      if (job?.doc.state !== 'dead') throw new StoreError('missing', `There is no dead job ${id}.`);
      const put = await save(job, { state: 'waiting', attempts: 0, runAt: new Date().toISOString() });
      wait(id, put.doc);
      pump();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async counts() {
      const count = (state: JobRecord['state']) => jobs.count({ state });
      return {
        waiting: await count('waiting'),
        active: await count('active'),
        done: await count('done'),
        dead: await count('dead'),
      };
    },
    // The queue is where the jobs are stored: it is away when the store is.
    ping: async () => void (await jobs.count({ state: 'active' })),
    start(given) {
      handlers = given;
      pump();
    },
    async close(graceMs) {
      closing = true;
      clearTimeout(timer);
      const finished = Promise.all(active.values());
      const grace = new AbortController();
      await Promise.race([finished, pause(graceMs, undefined, { signal: grace.signal }).catch(() => undefined)]);
      grace.abort();
      stopped.abort(new Error('The queue is closing.'));
      await finished;
    },
  };
}
