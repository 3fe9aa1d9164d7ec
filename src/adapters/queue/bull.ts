import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import Bull from 'bull';
import { StoreError, type JobHandler, type JobQueue, type JobRecord } from '../../app/ports.ts';
import { answered, createConnections, queueIsAway } from './bull-connections.ts';
import { createFold } from './bull-fold.ts';
import { toStored, type JobData } from './bull-jobs.ts';
import { createNews } from './bull-news.ts';
import { ascendingIds, asJson, unlessAborted } from './job-run.ts';

export interface BullQueueOptions {
  /** redis: or rediss: */
  url: string;
  /** Before every key. Default `kobling`. */
  prefix?: string;
  /** Jobs at the same time in this process. Default 4. */
  concurrency?: number;
  /** Tries before a job is dead. Default 5. */
  maxAttempts?: number;
  /** First wait after a failure; doubles each time, up to five minutes. Default 1000 ms. */
  backoffMs?: number;
  /** Finished jobs that are kept to be read. Default 200. */
  keepDone?: number;
  /** How long a job belongs to a process that gives no sign of life. Default 15 s. */
  lockMs?: number;
  /** How often jobs of ended processes are looked for. Default 5 s. */
  stalledMs?: number;
  /** A connection that is not heard of for so long is made anew; more than the 5 s of a blocking read. Default 15 s. */
  silentMs?: number;
  /** Told of faults that no caller waits for, such as Redis being away. */
  onError?: (error: unknown) => void;
}

const progressEveryMs = 500;
const longestBackoffMs = 5 * 60_000;
/** A job that was running at so many ends of a process is what ends it. */
const maxInterruptedAttempts = 20;
const startAgainMs = 1000;
/** A job that came while a part was away waits this long for it. */
const partAwayMs = 2000;
/** From here ioredis only waits for the connection to come back. */
const lostConnection = new Set(['close', 'reconnecting', 'end']);
/** Bull counts every end of a run; how many count against the job is decided here. */
const unlimited = 1_000_000;
const states: Record<JobRecord['state'], readonly string[]> = {
  waiting: ['wait', 'delayed', 'paused'],
  active: ['active'],
  done: ['completed'],
  dead: ['failed'],
};

/** What the end of a run means to bull: again after so long, at once, or (-1) not any more. */
class RunEnded extends Error {
  readonly againAfterMs: number;
  constructor(message: string, againAfterMs: number) {
    super(message);
    this.againAfterMs = againAfterMs;
  }
}

/**
 * Durable jobs on Redis for any number of processes. Job ids ascend in the order enqueued. A process only runs jobs once
 * `start` was called. Redis may be away at any time, also at the start: calls are then refused, and work goes on when it
 * is back. What Redis acknowledged survives it as its append-only file does.
 */
export function openBullQueue(options: BullQueueOptions): JobQueue {
  const { prefix = 'kobling', concurrency = 4, maxAttempts = 5, backoffMs = 1000, keepDone = 200 } = options;
  const { lockMs = 15_000, stalledMs = 5000, silentMs = 15_000 } = options;
  const report = options.onError ?? (() => undefined);
  const connections = createConnections(options.url, silentMs, report);
  const bull = new Bull<JobData>('jobs', {
    prefix,
    createClient: (type) => connections.create(type),
    settings: {
      lockDuration: lockMs,
      stalledInterval: stalledMs,
      maxStalledCount: maxInterruptedAttempts,
      retryProcessDelay: startAgainMs,
      backoffStrategies: { kobling: (_attempts: number, error: unknown) => (error as RunEnded).againAfterMs },
    },
  });
  bull.on('error', report);
  const client = bull.client;
  const news = createNews({
    client,
    channel: `${prefix}:changes`,
    subscriber: () => connections.create('subscriber'),
    report,
  });
  const { tell } = news;
  const { claim, release } = createFold(client, prefix);
  const newId = ascendingIds();
  /** Until a job of this process was told as waiting, it must not be told as active. */
  const adding = new Map<string, Promise<unknown>>();
  let closed = false;
  let handlers: Record<string, JobHandler> = {};
  const stopped = new AbortController();
  setMaxListeners(0, stopped.signal);
  const active = new Set<Promise<unknown>>();

  /** After the end of the queue a late caller gets one of its own. */
  const redis = async <T>(run: () => Promise<T>, late: (queue: JobQueue) => Promise<T>): Promise<T> => {
    if (!closed) {
      if (lostConnection.has(client.status)) throw queueIsAway();
      return answered(run);
    }
    const queue = openBullQueue(options);
    try {
      return await late(queue);
    } finally {
      await queue.close(0);
    }
  };

  /** In the middle of a move it does not count as waiting: a job too many harms less than one too few. */
  const isWaiting = async (job: Bull.Job<JobData>) => ['waiting', 'delayed', 'paused'].includes(await job.getState());
  const stateOf = async (job: Bull.Job): Promise<JobRecord['state']> => {
    const state = await job.getState();
    const found = Object.entries(states).find(([, lists]) => lists.includes(state === 'waiting' ? 'wait' : state));
    // In the middle of a move from one list to another.
    return (found?.[0] as JobRecord['state'] | undefined) ?? 'waiting';
  };
  const add = async (id: string, data: JobData, delayMs: number) => {
    await bull.add(data.kind, data, {
      jobId: id,
      delay: delayMs,
      attempts: unlimited,
      backoff: { type: 'kobling' },
      stackTraceLimit: 1,
      removeOnComplete: keepDone,
    });
    return (await bull.getJob(id))!;
  };

  const enqueue = async (data: JobData, delayMs: number): Promise<string> => {
    const id = newId();
    for (let held = ''; ;) {
      const standing = await claim(data, id, held);
      if (standing === id) {
        const added = add(id, data, delayMs).then((job) => tell(toStored(job, 'waiting')));
        adding.set(id, added);
        await added.finally(() => adding.delete(id));
        return id;
      }
      const job = await bull.getJob(standing);
      // Claimed by a process that has not added it yet, or never will.
      if (job === null) {
        await add(standing, data, delayMs);
        return standing;
      }
      if (await isWaiting(job)) return standing;
      held = standing;
    }
  };

  const run = async (job: Bull.Job<JobData>): Promise<unknown> => {
    const id = String(job.id);
    const { data } = job;
    await adding.get(id)?.catch(() => undefined);
    const keeping = setInterval(() => void keepLock(job).catch(() => undefined), lockMs / 3);
    let saving: Promise<unknown> = Promise.resolve();
    let savedAtMs = -Infinity;
    let hasEnded = false;
    const progress = (done: number, total: number) => {
      if (hasEnded || (performance.now() - savedAtMs < progressEveryMs && done < total)) return;
      savedAtMs = performance.now();
      saving = saving
        .then(() => job.progress({ done, total }))
        .then(() => tell(toStored(job, 'active')))
        .catch(report);
    };
    try {
      // Whoever asks from here on is not sure to be served by this run.
      await answered(() => release(data, id));
      stopped.signal.throwIfAborted();
      tell(toStored(job, 'active'));
      const handler = handlers[data.kind];
      if (handler === undefined) throw new Error(`There is no handler for jobs of the kind ${data.kind}.`);
      const { signal } = stopped;
      const attempt = job.attemptsMade - data.forgiven + 1;
      const value = await unlessAborted(handler(data.input, { jobId: id, attempt, progress, signal }), signal);
      const result = asJson(value);
      return result === undefined ? {} : { value: result };
    } catch (error) {
      if (stopped.signal.aborted) return await putBack(job);
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof StoreError && error.code === 'unavailable') return await putBack(job, message, partAwayMs);
      const attempts = job.attemptsMade - data.forgiven + 1;
      if (attempts >= maxAttempts) throw new RunEnded(message, -1);
      await claim(data, id).catch(report);
      throw new RunEnded(message, Math.min(backoffMs * 2 ** (attempts - 1), longestBackoffMs));
    } finally {
      hasEnded = true;
      await saving;
      await untilHeard();
      clearInterval(keeping);
    }
  };
  /** Bull gives a lock up when it could not be renewed once; while the job is nobody else's it is still ours. */
  const keepLock = async (job: Bull.Job<JobData>) => {
    const isHeld = ((await job.extendLock(lockMs)) as unknown) === 1;
    if (!isHeld && (await job.isActive())) await job.takeLock();
  };
  /** Bull tells Redis once how a run ended: told to a Redis that is away, the job would lie until its lock has run out. */
  const untilHeard = async () => {
    while (!stopped.signal.aborted)
      try {
        await client.ping();
        return;
      } catch (error) {
        report(error);
        await pause(startAgainMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
  };
  /** The process ends, or a part is away: not the job's fault. @throws RunEnded. */
  const putBack = async (job: Bull.Job<JobData>, message = 'The process ended.', againAfterMs = 0): Promise<never> => {
    await job.update({ ...job.data, forgiven: job.data.forgiven + 1 }).catch(report);
    await claim(job.data, String(job.id)).catch(report);
    throw new RunEnded(message, againAfterMs);
  };
  bull.on('completed', (job: Bull.Job<JobData>) => tell(toStored(job, 'done')));
  bull.on('failed', (job: Bull.Job<JobData>, error: Error) =>
    tell(toStored(job, error instanceof RunEnded && error.againAfterMs >= 0 ? 'waiting' : 'dead')),
  );

  const startProcessing = async () => {
    await untilHeard();
    if (closed) return;
    await bull.process('*', concurrency, (job) => {
      const running = run(job);
      active.add(running);
      void running.catch(() => undefined).finally(() => active.delete(running));
      return running;
    });
  };

  const idsIn = async (wanted: readonly JobRecord['state'][]) => {
    const found = new Map<string, JobRecord['state']>();
    for (const state of wanted)
      for (const list of states[state]) {
        const key = bull.toKey(list);
        const isList = list === 'wait' || list === 'active' || list === 'paused';
        for (const id of isList ? await client.lrange(key, 0, -1) : await client.zrange(key, 0, -1))
          found.set(id, state);
      }
    return found;
  };

  return {
    enqueue: (kind, key, input, { delayMs = 0 } = {}) =>
      redis(
        () => enqueue({ kind, key, input: asJson(input), forgiven: 0 }, delayMs),
        (queue) => queue.enqueue(kind, key, input, { delayMs }),
      ),
    get: (id) =>
      redis(
        async () => {
          const job = await bull.getJob(id);
          return job === null ? undefined : toStored(job, await stateOf(job));
        },
        (queue) => queue.get(id),
      ),
    list: (filter) =>
      redis(
        async () => {
          const { state, after = '', limit } = filter;
          const found = await idsIn(state === undefined ? ['waiting', 'active', 'done', 'dead'] : [state]);
          const ids = [...found.keys()].filter((id) => id > after).sort();
          const jobs = await Promise.all(ids.slice(0, limit).map((id) => bull.getJob(id)));
          const items = jobs.flatMap((job) => (job === null ? [] : [toStored(job, found.get(String(job.id))!)]));
          return ids.length > limit ? { items, nextCursor: ids[limit - 1]! } : { items };
        },
        (queue) => queue.list(filter),
      ),
    retry: (id) =>
      redis(
        async () => {
          const job = await bull.getJob(id);
          const missing = () => new StoreError('missing', `There is no dead job ${id}.`);
          if (job === null || (await stateOf(job)) !== 'dead') throw missing();
          await job.update({ ...job.data, forgiven: job.attemptsMade });
          await claim(job.data, id);
          await job.retry().catch((error: unknown) => {
            throw /retry|fail/iu.test((error as Error).message) ? missing() : error;
          });
          tell(toStored(job, 'waiting'));
        },
        (queue) => queue.retry(id),
      ),
    onChange: news.listen,
    counts: () =>
      redis(
        async () => {
          const { waiting, delayed, active: running, completed, failed } = await bull.getJobCounts();
          return { waiting: waiting + delayed, active: running, done: completed, dead: failed };
        },
        (queue) => queue.counts(),
      ),
    ping: () =>
      redis(
        async () => void (await client.ping()),
        (queue) => queue.ping(),
      ),
    start(given) {
      handlers = given;
      void startProcessing().catch((error: unknown) => {
        if (!closed) report(error);
      });
    },
    async close(graceMs) {
      if (closed) return;
      closed = true;
      news.close();
      const paused = bull.pause(true).catch(report);
      const grace = new AbortController();
      await Promise.race([
        Promise.allSettled(active),
        pause(graceMs, undefined, { signal: grace.signal }).catch(() => undefined),
      ]);
      grace.abort();
      stopped.abort(new Error('The queue is closing.'));
      await paused;
      await bull.close().catch(report);
      connections.end();
    },
  };
}
