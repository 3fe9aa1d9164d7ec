/** The only importer of adapters: ports are chosen here, use-cases are built on them, and everything can be closed. */
import path from 'node:path';
import { lockFolder } from './adapters/folder-lock.ts';
import { openChildEmbedder } from './adapters/embedder/child-embedder.ts';
import { whenNeeded } from './adapters/embedder/when-needed.ts';
import { verifyModel } from './adapters/embedder/manifest.ts';
import { withVectorCache } from './adapters/embedder/vector-cache.ts';
import { openInProcessQueue } from './adapters/queue/in-process.ts';
import { openSqliteStore } from './adapters/store/sqlite.ts';
import { createAdaptiveIndex } from './adapters/vectors/adaptive.ts';
import { createCatalog, type Catalog } from './app/catalog.ts';
import { createEmbedding, type Embedding } from './app/embedding.ts';
import { importJob, importJobHandler, removeSpooledWhenDone, sweepSpool } from './app/import-job.ts';
import { createMatching, type Matching } from './app/matching.ts';
import type { Clock, Embedder, JobQueue, Store } from './app/ports.ts';
import { createRecords } from './app/records.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { projectRoot } from './project-root.ts';

export interface Engine {
  store: Store;
  embedder: Embedder;
  queue: JobQueue;
  embedding: Embedding;
  catalog: Catalog;
  matching: Matching;
  records: ReturnType<typeof createRecords>;
  clock: Clock;
  index: ReturnType<typeof createAdaptiveIndex>;
  /** Starts the jobs and the upkeep of the index. */
  start(): void;
  close(graceMs: number): Promise<void>;
}

export interface EngineOptions {
  /** SQLite file or `:memory:`. */
  storeFile: string;
  /** MongoDB in place of the file. */
  mongoUrl?: string | undefined;
  /** Redis for the jobs, in place of the store. */
  redisUrl?: string | undefined;
  /** Before the keys in Redis. Default `kobling`. */
  redisPrefix?: string;
  /** Tries before a job is dead. Default 5. */
  jobAttempts?: number | undefined;
  /** `api` runs no jobs, and starts the model only when something is to be embedded. Default `all`. */
  role?: Config['role'];
  /** A folder that this engine needs for itself alone, until it is closed. */
  ownFolder?: string | undefined;
  /** Where the graph of the index is kept from one start to the next; without it, it is built each time. */
  indexDir?: string;
  cacheDir: string;
  /** Where large imports wait. */
  spoolDir: string;
  /** Fixed date (YYYY-MM-DD) that stands for today. */
  now: string | undefined;
  log: Log;
  /** Embedding processes. Default 1: the API keeps a core. */
  embedProcesses?: number;
  modelsDir?: string;
}

const indexSliceMs = 10;
const indexPauseMs = 20;
const upkeepEveryMs = 1000;
/** Keeping the graph pays from so many changes on. */
const worthSaving = 2000;
const spoolYoungMs = 3_600_000;

/**
 * @throws Error that names a broken model file, or says that the folder is taken; StoreError or Error when the store
 * cannot be opened.
 */
export async function composeEngine(options: EngineOptions): Promise<Engine> {
  const { log } = options;
  const model = await verifyModel(options.modelsDir ?? path.join(projectRoot(), 'models'));
  const unlock = options.ownFolder === undefined ? undefined : lockFolder(options.ownFolder);
  const store = await openStore(options);
  const openEmbedder = () => openChildEmbedder({ model, processes: options.embedProcesses ?? 1 });
  const embedder = withVectorCache(
    options.role === 'api' ? whenNeeded({ ...model, modelDigest: model.digest }, openEmbedder) : openEmbedder(),
    options.cacheDir,
  );
  const queue = await openQueue(options, store);
  if (options.ownFolder !== undefined) await sweepSpool(queue, options.spoolDir);
  const embedding = createEmbedding({ store, embedder, queue, evict: (texts) => embedder.evict(texts) });
  const index = createAdaptiveIndex(model.dimension);
  const catalog = createCatalog(store, index);
  const clock = fixedClock(options.now);
  const matching = createMatching({ catalog, clock });
  const records = createRecords(store, embedding);

  const keepIndex = async (atLeast: number) => {
    if (options.indexDir === undefined || index.unsaved < atLeast) return;
    await index
      .save(options.indexDir, model.digest)
      .catch((error: unknown) => log.warn({ err: error }, 'the index could not be kept'));
  };
  let isWarm = options.indexDir === undefined;
  let queueWasAway = false;
  const keepUp = async (): Promise<number> => {
    await embedding.catchUp();
    if (isShared(options)) {
      const isAway = await queue.ping().then(
        () => false,
        () => true,
      );
      // Another process may have ended with a wish that it could not hand on.
      if (queueWasAway && !isAway) await embedding.requestBacklog();
      queueWasAway = isAway;
      await catalog.refresh();
    }
    if (!isWarm) {
      await catalog.refresh();
      await index.restore(options.indexDir!, model.digest);
      isWarm = true;
    }
    if (index.maintain(indexSliceMs)) return indexPauseMs;
    await keepIndex(Math.max(worthSaving, index.size / 20));
    return upkeepEveryMs;
  };
  const upkeep = repeated(keepUp, upkeepEveryMs);

  return {
    store,
    embedder,
    queue,
    embedding,
    catalog,
    matching,
    records,
    clock,
    index,
    start() {
      if (options.role !== 'api') {
        queue.start({
          ...embedding.handlers,
          [importJob]: importJobHandler({ store, embedding, spoolDir: options.spoolDir }),
        });
        if (isShared(options)) void sweepSpool(queue, options.spoolDir, spoolYoungMs).catch(() => undefined);
      }
      removeSpooledWhenDone(queue, options.spoolDir);
      upkeep.start();
    },
    async close(graceMs) {
      await upkeep.stop();
      await queue.close(graceMs);
      await keepIndex(1);
      await embedder.close();
      await store.close();
      unlock?.();
    },
  };
}

/** Whether several processes work on the same data. */
export const isShared = ({ mongoUrl, redisUrl }: Pick<EngineOptions, 'mongoUrl' | 'redisUrl'>): boolean =>
  mongoUrl !== undefined && redisUrl !== undefined;

// Loaded late: who stays with the embedded default needs neither.
async function openStore({ mongoUrl, storeFile }: EngineOptions): Promise<Store> {
  if (mongoUrl === undefined) return openSqliteStore(storeFile);
  const { openMongoStore } = await import('./adapters/store/mongo.ts');
  return openMongoStore(mongoUrl);
}

async function openQueue(options: EngineOptions, store: Store): Promise<JobQueue> {
  const { redisUrl, redisPrefix, jobAttempts: maxAttempts, log } = options;
  const attempts = maxAttempts === undefined ? {} : { maxAttempts };
  if (redisUrl === undefined)
    return openInProcessQueue({
      jobs: store.collection('jobs'),
      ...attempts,
      onError: (error) => log.error({ err: error }, 'a job could not be kept'),
    });
  const { openBullQueue } = await import('./adapters/queue/bull.ts');
  return openBullQueue({
    url: redisUrl,
    ...attempts,
    ...(redisPrefix === undefined ? {} : { prefix: redisPrefix }),
    onError: (error) => log.warn({ err: error }, 'the job queue is in trouble'),
  });
}

/** Calls `work` again and again, after as many milliseconds as it says, or `afterFailureMs`. */
function repeated(work: () => Promise<number>, afterFailureMs: number) {
  let timer: NodeJS.Timeout | undefined;
  let done = Promise.resolve();
  let isStopped = false;
  const start = () => {
    done = work()
      .catch(() => afterFailureMs)
      .then((pauseMs) => {
        if (!isStopped) timer = setTimeout(start, pauseMs).unref();
      });
  };
  return {
    start,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await done;
    },
  };
}

/** Real time, or noon UTC of a fixed date. */
export const fixedClock = (date: string | undefined): Clock => ({
  now: () => (date === undefined ? new Date() : new Date(`${date}T12:00:00.000Z`)),
});
