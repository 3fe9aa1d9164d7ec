/** The service: reads its settings, opens everything, listens, and stops cleanly. */
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Express } from 'express';
import { StoreError } from './app/ports.ts';
import { createReadiness } from './app/readiness.ts';
import { loadSeed, readSeed } from './app/seed.ts';
import { composeEngine, isShared, outreachOf } from './compose.ts';
import { environment, readConfig, type Config } from './config.ts';
import { createService } from './http/service.ts';
import { createLog } from './log.ts';
import { projectRoot } from './project-root.ts';
import { announceServer, runningServer, withdrawServer } from './server-file.ts';

const requestGraceMs = 10_000;
const jobGraceMs = 5_000;
const idleCheckMs = 50;
/** A disk that stalls stops this process: whoever asks meanwhile is to be served late, not cut off. */
const waitingConnections = 4096;
/** Longer than such a stall, and than a proxy in front keeps its connections. */
const keepAliveMs = 65_000;
const startPatienceMs = 60_000;
const startAgainMs = 200;

async function main(): Promise<void> {
  const config = readConfig(environment());
  const log = createLog(config.logLevel);
  await mkdir(config.dataDir, { recursive: true });
  // Where the data is shared, any number may serve it.
  const other = isShared(config) ? undefined : await runningServer(config.dataDir);
  if (other !== undefined)
    throw new Error(
      `Another Kobling (process ${other.pid}) already serves ${config.dataDir} at ${other.url}. Stop it, or set KOBLING_DATA_DIR to another folder.`,
    );
  const seed = await readSeed(path.join(projectRoot(), 'seed'));
  const spoolDir = path.join(config.dataDir, 'spool');
  const engine = await composeEngine({
    storeFile: path.join(config.dataDir, 'kobling.sqlite'),
    mongoUrl: config.mongoUrl,
    redisUrl: config.redisUrl,
    role: config.role,
    ownFolder: isShared(config) ? undefined : config.dataDir,
    indexDir: path.join(config.dataDir, 'index'),
    cacheDir: config.cacheDir,
    spoolDir,
    now: config.now,
    log,
    ...outreachOf(config),
  });
  const patienceMs = config.mongoUrl === undefined ? 0 : startPatienceMs;
  const readiness = createReadiness();
  readiness.set('store', 'ready');
  readiness.set('queue', 'ready');
  const closing = new AbortController();
  const { app } = createService({
    engine,
    readiness,
    examples: seed.examples,
    spoolDir,
    names: { publicUrl: config.publicUrl, anyName: config.allowOpen },
    closing: closing.signal,
    log,
  });

  const server = await listen(app, config);
  const url = addressOf(server, config.host);

  let stopped: Promise<void> | undefined;
  const stop = (why: string) => (stopped ??= stopAll(why));
  const stopAll = async (why: string) => {
    log.info({ why }, 'stopping');
    closing.abort();
    await finishRequests(server);
    await engine.close(jobGraceMs);
    if (!isShared(config)) await withdrawServer(config.dataDir);
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => void stop(signal).then(() => process.exit(0)));

  try {
    if (!isShared(config)) await announceServer(config.dataDir, { url, pid: process.pid });
    const loaded = await patiently(patienceMs, () => loadSeed(engine, seed, engine.clock.now(), config.seed));
    readiness.set('seed', 'ready');
    engine.start();
    await engine.embedding.requestBacklog();
    await engine.embedder.ready();
    readiness.set('model', 'ready');
    await patiently(patienceMs, () => engine.catalog.refresh());
    const { members, needs } = engine.catalog.state();
    log.info({ url, members, needs, seed: loaded }, 'ready');
    process.stdout.write(
      `Kobling is ready at ${url} with ${members} members and ${needs} needs. Stop it with Ctrl+C.\n`,
    );
  } catch (error) {
    // A signal that came meanwhile closed what the start still needed: that is no failure.
    if (stopped !== undefined) return stopped;
    await stop('the start failed');
    throw error;
  }
}

/** A database that is busy or just starts again is waited for; one that was never there has been told of before. */
async function patiently<T>(patienceMs: number, step: () => Promise<T>): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;)
    try {
      return await step();
    } catch (error) {
      const isAway = error instanceof StoreError && error.code === 'unavailable';
      if (!isAway || performance.now() > giveUpAtMs) throw error;
      await wait(startAgainMs);
    }
}

function listen(app: Express, config: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(config.port, config.host, waitingConnections);
    server.keepAliveTimeout = keepAliveMs;
    server.once('listening', () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${config.port} on ${config.host} is taken by another program. Set KOBLING_PORT to a free one.`,
            )
          : error,
      ),
    );
  });
}

/** Takes no more connections and waits for those in use, each of which ends with its present answer. */
async function finishRequests(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
  await Promise.race([closed, wait(requestGraceMs)]);
  clearInterval(idle);
  server.closeAllConnections();
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
