import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { say } from './cluster-folder.ts';
import { runCommand } from './command.ts';
import { residentBytes, startKobling } from './processes.ts';
import { helpStandIn, startServers } from './servers.ts';

const share = 0.7;
const probeClients = 8;
const probeMs = 15_000;
const warmUpMs = 5000;
const answerWithinMs = 60_000;
const ratioGoal = 8;
const memoryGoal = 1.1;
const subjects = 40;

const kinds = ['startup', 'investor', 'company', 'research'] as const;
const words = ['radar', 'fallsensor', 'heimeoppfølging', 'journal', 'rehabilitering', 'medisin', 'analyse', 'trygghet'];
const text = (seed: number) =>
  Array.from({ length: 8 }, (_, i) => words[(seed * (i + 3) + i) % words.length]).join(' ');
const memberOf = (n: number) => ({
  id: `load-${n}`,
  kind: kinds[n % kinds.length],
  name: `Medlem ${n}`,
  summary: `${text(n)} ${n}`,
  offers: [`Løysing for ${text(n + 1)}`],
  seeks: [`Pilot med ${text(n + 2)}`],
});

interface Answered {
  kind: string;
  /** What was wrong with the answer. */
  fault?: string;
}
interface Sample extends Answered {
  /** From when it was due. */
  ms: number;
}

await runCommand({
  usage: `Loads one Kobling process with mixed reads and writes, for long.

  npm run load -- [--minutes 30] [--members 300] [--servers] [--goals]

First finds the rate that the process holds with 8 clients and the same mix, until all that they wrote is embedded; then
asks at 70 % of it, whether or not answers come, and counts the time from when a request was due. Of 10 requests 6 are
matches, 3 read and 1 writes, so that embedding runs too. With --servers on a MongoDB (stand-in: no benchmark of MongoDB)
and a Redis of its own. Goals: no error, p99/p50 at most ${ratioGoal}, resident memory after the last quarter at most ${memoryGoal} times
that after the first. Exits with 1 on errors; with --goals also when another goal is missed.`,
  options: z.object({
    minutes: z.coerce.number().min(0.1).max(600).default(30),
    members: z.coerce.number().int().min(subjects).max(20_000).default(300),
    servers: z.boolean().default(false),
    goals: z.boolean().default(false),
  }),
  async run({ minutes, members, servers: withServers, goals }) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'kobling-load-'));
    const servers = withServers ? await startServers() : undefined;
    if (servers !== undefined) await helpStandIn(`${servers.mongo.url}/load`);
    const kobling = await startKobling('all', folder, {
      KOBLING_SEED: '1',
      ...(servers === undefined
        ? {}
        : { KOBLING_MONGO_URL: `${servers.mongo.url}/load`, KOBLING_REDIS_URL: servers.redis.url }),
    });
    try {
      await fill(kobling.url, members);
      const request = mixedRequests(kobling.url);
      const held = await ratePerSecond(request, () => embedded(kobling.url));
      const rate = share * held;
      say(
        `One process holds ${held.toFixed(0)} requests a second; loading it with ${rate.toFixed(0)} for ${minutes} min.`,
      );

      const samples: Sample[] = [];
      const quarters: number[] = [];
      const usage = process.cpuUsage();
      const startMs = performance.now();
      const quarterMs = minutes * 15_000;
      const pending = new Set<Promise<unknown>>();
      for (let i = 0; performance.now() - startMs < 4 * quarterMs; i++) {
        const dueMs = startMs + (i * 1000) / rate;
        const waitMs = dueMs - performance.now();
        if (waitMs > 1) await pause(waitMs);
        const one = request().then((answered) => samples.push({ ms: performance.now() - dueMs, ...answered }));
        pending.add(one);
        void one.finally(() => pending.delete(one));
        if (performance.now() - startMs > (quarters.length + 1) * quarterMs)
          quarters.push(await residentBytes(kobling.pid));
      }
      await Promise.all(pending);
      if (quarters.length < 4) quarters.push(await residentBytes(kobling.pid));
      const { user, system } = process.cpuUsage(usage);
      const areMet = report(samples, quarters, (user + system) / 1000 / (performance.now() - startMs));
      const faults = samples.filter(({ fault }) => fault !== undefined).length;
      return faults > 0 || (goals && !areMet) ? 1 : 0;
    } finally {
      await kobling.kill('SIGKILL');
      await servers?.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
});

/** Prints what was measured; true when all goals are met. */
function report(samples: readonly Sample[], quarters: readonly number[], ownShare: number): boolean {
  const all = percentiles(samples);
  const faults = new Map<string, number>();
  for (const { kind, fault } of samples)
    if (fault !== undefined) faults.set(`${kind}: ${fault}`, (faults.get(`${kind}: ${fault}`) ?? 0) + 1);
  const errors = [...faults.values()].reduce((sum, count) => sum + count, 0);
  const ratio = all(0.99) / all(0.5);
  const growth = quarters.at(-1)! / quarters[0]!;
  const verdict = (isMet: boolean) => (isMet ? 'met' : 'MISSED');
  process.stdout.write(`${samples.length} requests, ${errors} errors (${verdict(errors === 0)})\n`);
  for (const [what, count] of faults) process.stdout.write(`  ${count} x ${what}\n`);
  for (const kind of new Set(samples.map((one) => one.kind))) {
    const of = percentiles(samples.filter((one) => one.kind === kind));
    process.stdout.write(`  ${kind}: p50 ${of(0.5).toFixed(1)} ms, p99 ${of(0.99).toFixed(1)} ms\n`);
  }
  process.stdout.write(
    `p50 ${all(0.5).toFixed(1)} ms, p99 ${all(0.99).toFixed(1)} ms, ratio ${ratio.toFixed(1)} (goal ${ratioGoal}: ${verdict(ratio <= ratioGoal)})\n` +
      `resident ${quarters.map((bytes) => Math.round(bytes / 2 ** 20)).join(', ')} MiB after the quarters, ` +
      `${growth.toFixed(2)} times (goal ${memoryGoal}: ${verdict(growth <= memoryGoal)})\n` +
      `the load generator took ${Math.round(100 * ownShare)} % of a core; load average ${os.loadavg()[0]!.toFixed(1)} on ${os.availableParallelism()} cores\n`,
  );
  return errors === 0 && ratio <= ratioGoal && growth <= memoryGoal;
}

function percentiles(samples: readonly Sample[]): (part: number) => number {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b);
  return (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}

async function fill(url: string, members: number): Promise<void> {
  const lines = Array.from({ length: members }, (_, n) => JSON.stringify(memberOf(n))).join('\n');
  const headers = { 'Content-Type': 'application/x-ndjson' };
  const answer = await fetch(`${url}/api/v1/imports`, { method: 'POST', headers, body: lines });
  if (!answer.ok) throw new Error(`The members were refused: ${await answer.text()}`);
  await embedded(url, members);
}

/** Resolves when every text has its vector, and there are more than `atLeast`. */
async function embedded(url: string, atLeast = 0): Promise<void> {
  for (;;) {
    const { embedding } = (await (await fetch(`${url}/health/ready`)).json()) as {
      embedding: { facets: number; embedded: number };
    };
    if (embedding.facets > atLeast && embedding.facets === embedding.embedded) return;
    await pause(100);
  }
}

/** Each call is one request. */
function mixedRequests(url: string): () => Promise<Answered> {
  let count = 0;
  const send = async (kind: string, address: string, init?: RequestInit): Promise<Answered> => {
    try {
      const answer = await fetch(url + address, { ...init, signal: AbortSignal.timeout(answerWithinMs) });
      const text = await answer.text();
      return answer.ok ? { kind } : { kind, fault: `${answer.status} ${text.slice(0, 200)}` };
    } catch (error) {
      const { message, cause } = error as Error;
      return { kind, fault: `${message}: ${(cause as Error | undefined)?.message ?? '-'}` };
    }
  };
  return () => {
    const i = count++;
    // Startups of the filled cluster: every fourth.
    const id = `load-${4 * (i % (subjects / 4))}`;
    const which = i % 10;
    if (which < 4) return send('match', `/api/v1/members/${id}/matches/investors?limit=10`);
    if (which < 6) return send('match', `/api/v1/members/${id}/matches/partners?limit=10`);
    if (which < 8) return send('read', `/api/v1/members/${id}`);
    if (which < 9) return send('list', '/api/v1/members?limit=20&q=radar');
    const body = JSON.stringify({ summary: `${text(i)} ${i}` });
    const headers = { 'Content-Type': 'application/merge-patch+json', 'If-Match': '*' };
    // Ten apart, so that no two writes to one member overlap.
    return send('write', `/api/v1/members/load-${subjects + (Math.floor(i / 10) % (subjects * 4))}`, {
      method: 'PATCH',
      headers,
      body,
    });
  };
}

/** Requests a second, with the time counted that the work which they left behind takes until `caughtUp`. */
async function ratePerSecond(request: () => Promise<unknown>, caughtUp: () => Promise<void>): Promise<number> {
  const run = async (forMs: number) => {
    const startMs = performance.now();
    let done = 0;
    const client = async () => {
      for (; performance.now() - startMs < forMs; done++) await request();
    };
    await Promise.all(Array.from({ length: probeClients }, client));
    await caughtUp();
    return (1000 * done) / (performance.now() - startMs);
  };
  await run(warmUpMs);
  return run(probeMs);
}
