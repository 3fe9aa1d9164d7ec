import path from 'node:path';
import { loadSeed, readSeed } from '../../src/app/seed.ts';
import { createReadiness, type Readiness } from '../../src/app/readiness.ts';
import type { JobQueue } from '../../src/app/ports.ts';
import { composeEngine, type Engine, type MailOptions } from '../../src/compose.ts';
import { createService } from '../../src/http/service.ts';
import { createLog } from '../../src/log.ts';
import { projectRoot } from '../../src/project-root.ts';
import { ownServers } from './own-servers.ts';

export const today = '2026-11-21';
export const seedDir = path.join(projectRoot(), 'seed');

export interface RunningService extends ReturnType<typeof createService> {
  engine: Engine;
  readiness: Readiness;
  spoolDir: string;
  /** Resolves when no job waits or runs. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The whole service with the real model, without a port; `folder` holds the rest. On a store in memory, or on the
 * servers that the tests were given.
 */
export async function startService(
  folder: string,
  options: {
    seed?: boolean;
    maxImportBytes?: number;
    mail?: MailOptions;
    jobAttempts?: number;
    lostAfterMs?: number;
    /** Others than those that the tests were given. */
    servers?: ReturnType<typeof ownServers>;
  } = {},
): Promise<RunningService> {
  const log = createLog('silent');
  const spoolDir = path.join(folder, 'spool');
  const servers = options.servers ?? ownServers();
  const engine = await composeEngine({
    storeFile: ':memory:',
    ...servers.options,
    cacheDir: path.join(folder, 'cache'),
    spoolDir,
    now: today,
    jobAttempts: options.jobAttempts,
    lostAfterMs: options.lostAfterMs,
    log,
    ...(options.mail === undefined ? {} : { mail: options.mail }),
  });
  const readiness = createReadiness();
  const closing = new AbortController();
  const seed = await readSeed(seedDir);
  const service = createService({
    engine,
    readiness,
    examples: seed.examples,
    spoolDir,
    closing: closing.signal,
    log,
    ...(options.maxImportBytes === undefined ? {} : { maxImportBytes: options.maxImportBytes }),
  });
  await loadSeed(engine, seed, engine.clock.now(), options.seed ?? false);
  engine.start();
  return {
    ...service,
    engine,
    readiness,
    spoolDir,
    idle: () => idle(engine.queue),
    async close() {
      closing.abort();
      await engine.close(0);
      await servers.remove();
    },
  };
}

export async function idle(queue: JobQueue): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      queue.counts().then(({ waiting, active }) => {
        if (waiting + active > 0) return;
        stop();
        resolve();
      }, reject);
    };
    const stop = queue.onChange(look);
    look();
  });
}
