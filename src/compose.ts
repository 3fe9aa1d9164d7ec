/** The only importer of adapters: ports are chosen here, use-cases are built on them, and everything can be closed. */
import path from 'node:path';
import { lockFolder } from './adapters/folder-lock.ts';
import { readCentres } from './adapters/embedder/centres.ts';
import { openChildEmbedder } from './adapters/embedder/child-embedder.ts';
import { whenNeeded } from './adapters/embedder/when-needed.ts';
import { verifyModel } from './adapters/embedder/manifest.ts';
import { withVectorCache } from './adapters/embedder/vector-cache.ts';
import { openFileMailer } from './adapters/mailer/file-mailer.ts';
import { openSmtpMailer } from './adapters/mailer/smtp-mailer.ts';
import { openInProcessQueue } from './adapters/queue/in-process.ts';
import { openThreadSolver } from './adapters/solver/thread-solver.ts';
import { openSqliteStore } from './adapters/store/sqlite.ts';
import { createAdaptiveIndex } from './adapters/vectors/adaptive.ts';
import { createAnswerLinks, type AnswerLinks } from './app/answer-links.ts';
import { createApproveMany, type ApproveMany } from './app/approve-many.ts';
import { createCatalog, type Catalog } from './app/catalog.ts';
import { createEmbedding, type Embedding } from './app/embedding.ts';
import { importJob, importJobHandler, removeSpooledWhenDone, sweepSpool } from './app/import-job.ts';
import { createBundles, type Bundles } from './app/bundles.ts';
import { createJoint, type Joint } from './app/joint.ts';
import { createIntroduceByHand, type IntroduceByHand } from './app/introduction-by-hand.ts';
import { createIntroductionErasure } from './app/introduction-erasure.ts';
import { createIntroductionTimer } from './app/introduction-timer.ts';
import {
  createIntroductions,
  defaultIntroductionSettings,
  type Introductions,
  type IntroductionSettings,
} from './app/introductions.ts';
import { createMailRelay } from './app/mail-relay.ts';
import { createMatching, type Matching } from './app/matching.ts';
import { createPairStates } from './app/pair-states.ts';
import { createProgrammeMail } from './app/programme-mail.ts';
import { planJob, planJobHandler } from './app/plan-job.ts';
import { createProgrammes, type Programmes } from './app/programmes.ts';
import type { Clock, Embedder, JobQueue, Mailer, Store } from './app/ports.ts';
import { exposureJob, exposureJobHandler } from './app/exposure-job.ts';
import { createPastEvents, type PastEvents } from './app/past-events.ts';
import { createRecords } from './app/records.ts';
import { suggestJob, suggestJobHandler } from './app/suggest-job.ts';
import { createSuggest, type Suggest } from './app/suggest.ts';
import { agendaIcs } from './http/programme/ics.ts';
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
  bundles: Bundles;
  joint: Joint;
  records: ReturnType<typeof createRecords>;
  pastEvents: PastEvents;
  programmes: Programmes;
  introductions: Introductions;
  introduceByHand: IntroduceByHand;
  suggest: Suggest;
  approveMany: ApproveMany;
  links: AnswerLinks;
  /** Asks for what time and undelivered mail make due; the engine does it every minute by itself. */
  sweep(): Promise<void>;
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
  /** How long a text may wait for its vector before it is asked for again. Default 15,000 ms. */
  lostAfterMs?: number | undefined;
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
  /** Where mails go. Default: into files beside the spool folder, without links. */
  mail?: MailOptions;
  introductions?: Partial<IntroductionSettings>;
}

export interface MailOptions {
  /** Default: mails become files in `folder`. */
  smtpUrl?: string | undefined;
  folder: string;
  from?: string | undefined;
  /** Without it mails have no links. */
  publicUrl?: string | undefined;
}

const indexSliceMs = 10;
const indexPauseMs = 20;
const sweepEveryMs = 60_000;
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
  const centres = await readCentres(model);
  const unlock = options.ownFolder === undefined ? undefined : lockFolder(options.ownFolder);
  const store = await openStore(options);
  const openEmbedder = () => openChildEmbedder({ model, processes: options.embedProcesses ?? 1 });
  const embedder = withVectorCache(
    options.role === 'api' ? whenNeeded({ ...model, modelDigest: model.digest }, openEmbedder) : openEmbedder(),
    options.cacheDir,
  );
  const queue = await openQueue(options, store);
  if (options.ownFolder !== undefined) await sweepSpool(queue, options.spoolDir);
  const embedding = createEmbedding({
    store,
    embedder,
    queue,
    evict: (texts) => embedder.evict(texts),
    lostAfterMs: options.lostAfterMs,
  });
  const index = createAdaptiveIndex(model.dimension);
  const catalog = createCatalog(store, index, centres);
  const clock = fixedClock(options.now);
  const pairStates = createPairStates(store);
  const bundles = createBundles({ catalog, clock, pairStates });
  const joint = createJoint({ catalog, clock });
  const matching = createMatching({ catalog, clock, pairStates });

  const mail = options.mail ?? { folder: path.join(options.spoolDir, '..', 'mail') };
  const mailer = openMailer(mail);
  const links = createAnswerLinks(store, mail.publicUrl);
  const relay = createMailRelay({
    store,
    queue,
    mailer,
    links,
    messageIdHost: hostOf(mail.publicUrl),
    canReply: mail.from !== undefined,
  });
  const introductions = createIntroductions({
    store,
    clock,
    relay,
    settings: { ...defaultIntroductionSettings, ...options.introductions },
  });
  const timer = createIntroductionTimer({ store, queue, clock, introductions, relay });
  const suggest = createSuggest({
    store,
    catalog,
    matching,
    clock,
    attendeesOf: async (eventId) => (await store.collection('events').get(eventId))?.doc.attendees,
  });
  const pastEvents = createPastEvents(store, embedding);
  const records = createRecords(store, embedding, createIntroductionErasure(store, introductions), pastEvents);
  const solver = openThreadSolver();
  const programmes = createProgrammes({ store, queue, clock });
  const programmeMail = createProgrammeMail({
    store,
    queue,
    mailer,
    calendarOf: agendaIcs,
    messageIdHost: hostOf(mail.publicUrl),
  });

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
    if (options.role !== 'api' && catalog.lagging.size > 0) {
      await catalog.refresh();
      await embedding.recover(catalog.lagging);
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
  let closing = false;
  let sweeping: NodeJS.Timeout | undefined;
  const sweepNow = (isFirst = false) => {
    timer
      .sweep(isFirst && options.ownFolder !== undefined)
      .catch((error: unknown) => log.error({ err: error as Error }, 'what is due could not be looked up'))
      .finally(() => {
        if (!closing) sweeping = setTimeout(() => sweepNow(), sweepEveryMs).unref();
      });
  };

  return {
    store,
    embedder,
    queue,
    embedding,
    catalog,
    matching,
    bundles,
    joint,
    records,
    pastEvents,
    programmes,
    introductions,
    introduceByHand: createIntroduceByHand({ catalog, matching, introductions }),
    suggest,
    approveMany: createApproveMany({ store, clock, introductions }),
    links,
    sweep: timer.sweep,
    clock,
    index,
    start() {
      if (options.role !== 'api') {
        queue.start({
          ...embedding.handlers,
          [planJob]: planJobHandler({ store, matching, solver, clock }),
          [importJob]: importJobHandler({ store, embedding, clock, spoolDir: options.spoolDir }),
          [suggestJob]: suggestJobHandler(suggest),
          [exposureJob]: exposureJobHandler({ catalog, matching }),
          ...programmeMail.handlers,
          ...relay.handlers,
          ...timer.handlers,
        });
        if (isShared(options)) void sweepSpool(queue, options.spoolDir, spoolYoungMs).catch(() => undefined);
        sweepNow(true);
        programmeMail
          .recover()
          .catch((error: unknown) =>
            log.error({ err: error as Error }, 'waiting programme mails could not be looked up'),
          );
      }
      removeSpooledWhenDone(queue, options.spoolDir);
      upkeep.start();
    },
    async close(graceMs) {
      closing = true;
      clearTimeout(sweeping);
      await upkeep.stop();
      await queue.close(graceMs);
      await solver.close();
      await mailer.close();
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

/** How a data folder's settings have it deliver mail and treat introductions. */
export const outreachOf = (config: Config): Pick<EngineOptions, 'mail' | 'introductions'> => ({
  mail: {
    folder: path.join(config.dataDir, 'mail'),
    smtpUrl: config.smtpUrl,
    from: config.mailFrom,
    publicUrl: config.publicUrl,
  },
  introductions: {
    answerDays: config.answerDays,
    askBoth: config.askBoth,
    mailDelayMs: config.mailDelaySeconds * 1000,
  },
});

/** Right side of Message-IDs, and of the sender's address where none is set; a bare address of a machine will not do. */
function hostOf(publicUrl: string | undefined): string {
  const host = publicUrl === undefined ? '' : new URL(publicUrl).hostname;
  return /[a-z]\.[a-z]/iu.test(host) ? host : 'kobling.localhost';
}

function openMailer({
  smtpUrl,
  folder,
  publicUrl,
  from = `Kobling <kobling@${hostOf(publicUrl)}>`,
}: MailOptions): Mailer {
  return smtpUrl === undefined ? openFileMailer({ folder, from }) : openSmtpMailer({ url: smtpUrl, from });
}
