/** A MongoDB and a Redis of one's own on free ports of 127.0.0.1, for tests, torture and load. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { collectionNames } from '../src/adapters/store/tables.ts';
import { projectRoot } from '../src/project-root.ts';

export interface OwnServer {
  url: string;
  process(): ChildProcess;
  /** Ends it if it runs, and resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** On the same port and data; resolves when it answers. */
  start(): Promise<void>;
}

/**
 * The stand-in only uses an index whose fields are exactly those of the query; MongoDB itself takes the one of `_id` for
 * these. Without them it reads whole collections for every guarded write.
 */
export async function helpStandIn(mongoUrl: string): Promise<void> {
  const { createConnection } = (await import('mongoose')).default;
  const connection = await createConnection(mongoUrl).asPromise();
  for (const name of collectionNames)
    for (const field of ['version', 'unlogged'])
      await connection.collection(name).createIndex({ _id: 1, [field]: 1 }, { unique: true });
  await connection.close();
}

export interface Servers {
  mongo: OwnServer;
  redis: OwnServer;
  /** Ends both and removes what they kept. */
  stop(): Promise<void>;
}

const startWithinMs = 30_000;

/** Where the stand-in for MongoDB lies: KOBLING_TEST_MONGO_JAR, or beside the checkout. */
export const mongoJarPath = (): string =>
  process.env['KOBLING_TEST_MONGO_JAR'] ??
  path.join(projectRoot(), '..', 'shared', 'tools', 'mongolite', 'mongolite.jar');

/** @throws Error that names what is missing. */
export async function startServers(): Promise<Servers> {
  const jar = mongoJarPath();
  if (!existsSync(jar))
    throw new Error(
      `The stand-in for MongoDB is not at ${jar}. Set KOBLING_TEST_MONGO_JAR to it, or KOBLING_TEST_MONGO_URL to a MongoDB.`,
    );
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kobling-servers-'));
  const mongo = ownServer('java', await freePort(), 'mongodb', (port) => [
    ...['-XX:+UseSerialGC', '-Xmx1g', '-XX:TieredStopAtLevel=1', '-jar', jar],
    ...[String(port), path.join(folder, 'mongo.db')],
  ]);
  const redis = ownServer('redis-server', await freePort(), 'redis', (port) => [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--daemonize', 'no'],
    // As compose.yaml says.
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction', '--loglevel', 'warning'],
  ]);
  const stop = async () => {
    await Promise.all([mongo.kill('SIGKILL'), redis.kill('SIGKILL')]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([mongo.start(), redis.start()]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { mongo, redis, stop };
}

function ownServer(program: string, port: number, protocol: string, argsOf: (port: number) => string[]): OwnServer {
  let running: { child: ChildProcess; ended: Promise<unknown> } | undefined;
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    process: () => running!.child,
    async kill(signal) {
      running?.child.kill(signal);
      await running?.ended;
      running = undefined;
    },
    async start() {
      const child = spawn(program, argsOf(port), { stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-1000)));
      const failed = new Promise<never>((_resolve, reject) => {
        child.on('error', (error) =>
          reject(new Error(`${program} cannot be started: ${error.message}. Is it installed?`)),
        );
        child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)));
      });
      failed.catch(() => undefined);
      const ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve));
      running = { child, ended };
      await Promise.race([failed, answers(port)]);
    },
  };
}

async function answers(port: number): Promise<void> {
  for (const startMs = performance.now(); performance.now() - startMs < startWithinMs; await pause(50)) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return;
  }
  throw new Error(`Nothing answers on port ${port}.`);
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
