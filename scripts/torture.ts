import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { composeEngine } from '../src/compose.ts';
import { createLog } from '../src/log.ts';
import { say } from './cluster-folder.ts';
import { runCommand } from './command.ts';
import { residentBytes, startKobling, type KoblingProcess } from './processes.ts';
import { helpStandIn, startServers, type Servers } from './servers.ts';
import { randomFrom } from './synthetic-cluster.ts';
import { violations } from './torture-check.ts';
import { startWriters, type Answered, type Book } from './torture-writers.ts';

const victims = ['api', 'worker', 'redis', 'mongo'] as const;
const longestLifeMs = 1500;
const answerWithinMs = 2000;
const memoryGoal = 1.1;
const settledWithinMs = 300_000;

await runCommand({
  usage: `Kills one part after the other under load and looks for what was lost.

  npm run torture -- --rounds N [--outage-seconds 20] [--seed 1] [--goals]

Two API processes and two workers over a MongoDB (stand-in) and a Redis of its own. Each round kills one of them with -9
in the middle of writes and jobs: an API process, a worker, Redis, the database, in turn. Then database and Redis are
each stopped for a while under load. Reports, and exits with 1 when anything acknowledged is missing or doubled, a job is
lost, processes rank differently, or an answer is anything but right or a clear 503 with Retry-After; with --goals also
when a refusal took more than ${answerWithinMs} ms, or an API process more than ${memoryGoal} times its memory.`,
  options: z.object({
    rounds: z.coerce.number().int().min(0).max(100_000),
    'outage-seconds': z.coerce.number().min(0).max(600).default(20),
    seed: z.coerce.number().int().default(1),
    goals: z.boolean().default(false),
  }),
  async run({ rounds, 'outage-seconds': outageSeconds, seed, goals }) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'kobling-torture-'));
    const servers = await startServers();
    const settings = {
      KOBLING_MONGO_URL: `${servers.mongo.url}/torture`,
      KOBLING_REDIS_URL: servers.redis.url,
      KOBLING_SEED: '0',
      KOBLING_NOW: '2026-11-21',
    };
    const book: Book = { possible: new Map(), imports: new Map(), answers: [], faults: [] };
    const processes: KoblingProcess[] = [];
    const ending = new AbortController();
    /** As a supervisor does: what does not come up, because the database is too busy, is started again. */
    const start = async (role: 'api' | 'worker', triesLeft = 3): Promise<void> => {
      try {
        processes.push(await startKobling(role, folder, settings));
      } catch (error) {
        if (triesLeft === 0) throw error;
        say(`Started again: ${(error as Error).message.trim()}`);
        await start(role, triesLeft - 1);
      }
    };
    const urls = () => processes.filter(({ role }) => role === 'api').map(({ url }) => url);
    try {
      await helpStandIn(settings.KOBLING_MONGO_URL);
      for (const role of ['worker', 'worker', 'api', 'api'] as const) await start(role);
      const random = randomFrom(seed);
      const writers = startWriters(urls, 'kill', book, ending.signal);
      for (let round = 0; round < rounds; round++) {
        await pause(random() * longestLifeMs);
        await killOne(victims[round % victims.length]!, servers, processes, start);
        if ((round + 1) % 10 === 0) say(`Round ${round + 1} of ${rounds}: ${book.answers.length} answers`);
      }
      await pause(longestLifeMs);
      await writers.stop();
      say(`${rounds} rounds: ${summary(book.answers)}`);

      const outages: string[] = [];
      if (outageSeconds > 0)
        for (const part of ['mongo', 'redis'] as const)
          outages.push(
            ...(await outage({ part, servers, seconds: outageSeconds, processes, urls, book, goals }, ending.signal)),
          );

      await settled(urls()[0]!);
      const engine = await composeEngine({
        storeFile: ':memory:',
        mongoUrl: settings.KOBLING_MONGO_URL,
        redisUrl: settings.KOBLING_REDIS_URL,
        role: 'api',
        cacheDir: folder,
        spoolDir: folder,
        now: settings.KOBLING_NOW,
        log: createLog('warn', 2),
      });
      for (const { url, faults } of processes) for (const line of faults) say(`${url}: ${line.slice(0, 2000)}`);
      const found = [...outages, ...(await violations(engine, urls(), book))];
      await engine.close(0);
      const members = [...book.possible.values()];
      process.stdout.write(
        `${members.length} members written, ${members.filter((names) => names.length > 1).length} of them with an unknown end; ` +
          `${book.imports.size} imports taken; ${found.length} violations\n`,
      );
      for (const one of found.slice(0, 50)) process.stdout.write(`  ${one}\n`);
      return found.length > 0 ? 1 : 0;
    } finally {
      ending.abort();
      await Promise.all(processes.map((one) => one.kill('SIGKILL')));
      await servers.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
});

async function killOne(
  victim: (typeof victims)[number],
  servers: Servers,
  processes: KoblingProcess[],
  start: (role: 'api' | 'worker') => Promise<void>,
): Promise<void> {
  if (victim === 'redis' || victim === 'mongo') {
    await servers[victim].kill('SIGKILL');
    return servers[victim].start();
  }
  const [process] = processes.splice(
    processes.findIndex(({ role }) => role === victim),
    1,
  );
  await process!.kill('SIGKILL');
  await start(victim);
}

interface Outage {
  part: 'mongo' | 'redis';
  servers: Servers;
  seconds: number;
  processes: readonly KoblingProcess[];
  urls: () => readonly string[];
  book: Book;
  /** Whether a missed goal of time or memory counts. */
  goals: boolean;
}

/** Stops one server under load and tells what was answered meanwhile. Returns what was not as it should be. */
async function outage(
  { part, servers, seconds, processes, urls, book, goals }: Outage,
  signal: AbortSignal,
): Promise<string[]> {
  const server = servers[part];
  const found: string[] = [];
  const api = processes.find(({ role }) => role === 'api')!;
  const writers = startWriters(urls, `out-${part}`, book, signal);
  await pause(2000);
  const before = await residentBytes(api.pid);
  const from = book.answers.length;
  await server.kill('SIGKILL');
  await pause(seconds * 500);
  const ready = (await (await fetch(`${api.url}/health/ready`)).json()) as { parts: Record<string, string> };
  const name = part === 'mongo' ? 'store' : 'queue';
  if (ready.parts[name] !== 'away')
    found.push(`/health/ready says ${JSON.stringify(ready.parts)} while ${part} is away`);
  await pause(seconds * 500);
  const meanwhile = book.answers.slice(from);
  await server.start();
  const backMs = performance.now();
  const recovered = book.answers.length;
  const kinds = part === 'mongo' ? ['write', 'match'] : ['import', 'write'];
  while (
    !kinds.every((kind) =>
      book.answers.slice(recovered).some((one) => one.kind === kind && one.status > 0 && one.status < 300),
    )
  )
    if (performance.now() - backMs > 60_000) {
      const since = summary(book.answers.slice(recovered));
      found.push(`${part} was back for a minute and not everything was answered again: ${since || 'no answer at all'}`);
      break;
    } else await pause(20);
  const recoveredMs = performance.now() - backMs;
  await writers.stop();
  const after = await residentBytes(api.pid);
  const slowest = Math.max(0, ...meanwhile.filter(({ status }) => status === 503).map(({ ms }) => ms));
  const late = meanwhile.filter(({ ms, status }) => status === 503 && ms > answerWithinMs);
  if (part === 'redis' && meanwhile.some(({ kind, detail }) => kind !== 'import' && detail?.includes('job queue')))
    found.push('Redis was away, and more than imports was refused for it');
  if (goals && late.length > 0) found.push(`${late.length} refusals took over ${answerWithinMs} ms`);
  if (goals && after > memoryGoal * before) found.push(`memory grew to ${(after / before).toFixed(2)} times`);
  say(
    `${part} away for ${seconds} s: ${summary(meanwhile)}, slowest refusal ${Math.round(slowest)} ms, ${late.length} over ${answerWithinMs} ms; again after ${Math.round(recoveredMs)} ms; ` +
      `memory of an API process ${mebi(before)} -> ${mebi(after)} MiB (${(after / before).toFixed(2)} times)`,
  );
  return found;
}

function summary(answers: readonly Answered[]): string {
  const byKind = new Map<string, number>();
  for (const { kind, status } of answers) byKind.set(`${kind} ${status}`, (byKind.get(`${kind} ${status}`) ?? 0) + 1);
  return [...byKind]
    .sort()
    .map(([what, count]) => `${count} x ${what}`)
    .join(', ');
}

/** Resolves when no job waits or runs and every text has its vector, or after a long time. */
async function settled(url: string): Promise<void> {
  for (const startMs = performance.now(); performance.now() - startMs < settledWithinMs; await pause(200)) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const valueOf = (name: string) => new RegExp(`^${name} (\\d+)`, 'mu').exec(metrics)?.[1];
    const hasNo = (state: string) => valueOf(`kobling_jobs\\{state="${state}"\\}`) === '0';
    const isEmbedded = valueOf('kobling_facets_embedded') === valueOf('kobling_facets');
    if (hasNo('waiting') && hasNo('active') && isEmbedded) return;
  }
}

function mebi(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
