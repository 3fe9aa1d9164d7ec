/** The only importer of adapters: ports are chosen here, use-cases are built on them, and everything can be closed. */
import path from 'node:path';
import { lockFolder } from './adapters/folder-lock.ts';
import { openChildEmbedder } from './adapters/embedder/child-embedder.ts';
import { verifyModel } from './adapters/embedder/manifest.ts';
import { withVectorCache } from './adapters/embedder/vector-cache.ts';
import { openInProcessQueue } from './adapters/queue/in-process.ts';
import { openThreadSolver } from './adapters/solver/thread-solver.ts';
import { openSqliteStore } from './adapters/store/sqlite.ts';
import { createAdaptiveIndex } from './adapters/vectors/adaptive.ts';
import { createCatalog, type Catalog } from './app/catalog.ts';
import { createEmbedding, type Embedding } from './app/embedding.ts';
import { importJob, importJobHandler, removeSpooledWhenDone, sweepSpool } from './app/import-job.ts';
import { createMatching, type Matching } from './app/matching.ts';
import { planJob, planJobHandler } from './app/plan-job.ts';
import { createProgrammes, type Programmes } from './app/programmes.ts';
import type { Clock, Embedder, JobQueue, Store } from './app/ports.ts';
import { createRecords } from './app/records.ts';
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
  programmes: Programmes;
  clock: Clock;
  index: ReturnType<typeof createAdaptiveIndex>;
  /** Starts the jobs and the upkeep of the index. */
  start(): void;
  close(graceMs: number): Promise<void>;
}

export interface EngineOptions {
  /** SQLite file or `:memory:`. */
  storeFile: string;
  /** A folder that this engine needs for itself alone, until it is closed. */
  ownFolder?: string;
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

/**
 * @throws Error that names a broken model file, or says that the folder is taken; StoreError or Error when the store
 * cannot be opened.
 */
export async function composeEngine(options: EngineOptions): Promise<Engine> {
  const { log } = options;
  const model = await verifyModel(options.modelsDir ?? path.join(projectRoot(), 'models'));
  const unlock = options.ownFolder === undefined ? undefined : lockFolder(options.ownFolder);
  const store = openSqliteStore(options.storeFile);
  const embedder = withVectorCache(
    openChildEmbedder({ model, processes: options.embedProcesses ?? 1 }),
    options.cacheDir,
  );
  const queue = openInProcessQueue({
    jobs: store.collection('jobs'),
    onError: (error) => log.error({ err: error }, 'a job could not be kept'),
  });
  if (options.ownFolder !== undefined) await sweepSpool(queue, options.spoolDir);
  const embedding = createEmbedding({ store, embedder, queue, evict: (texts) => embedder.evict(texts) });
  const index = createAdaptiveIndex(model.dimension);
  const catalog = createCatalog(store, index);
  const clock = fixedClock(options.now);
  const matching = createMatching({ catalog, clock });
  const records = createRecords(store, embedding);
  const solver = openThreadSolver();
  const programmes = createProgrammes({ store, queue, clock });

  let upkeep: NodeJS.Timeout | undefined;
  const keepUp = () => {
    const more = index.maintain(indexSliceMs);
    upkeep = setTimeout(keepUp, more ? indexPauseMs : 1000).unref();
  };

  return {
    store,
    embedder,
    queue,
    embedding,
    catalog,
    matching,
    records,
    programmes,
    clock,
    index,
    start() {
      queue.start({
        ...embedding.handlers,
        [planJob]: planJobHandler({ store, matching, solver, clock }),
        [importJob]: importJobHandler({ store, embedding, spoolDir: options.spoolDir }),
      });
      removeSpooledWhenDone(queue, options.spoolDir);
      keepUp();
    },
    async close(graceMs) {
      clearTimeout(upkeep);
      await queue.close(graceMs);
      await solver.close();
      await embedder.close();
      await store.close();
      unlock?.();
    },
  };
}

/** Real time, or noon UTC of a fixed date. */
export const fixedClock = (date: string | undefined): Clock => ({
  now: () => (date === undefined ? new Date() : new Date(`${date}T12:00:00.000Z`)),
});
