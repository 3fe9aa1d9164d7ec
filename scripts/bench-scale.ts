import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { createCatalog } from '../src/app/catalog.ts';
import { textsOf } from '../src/app/embedding.ts';
import { ownerKey, packVector, textDigest } from '../src/app/facet-vectors.ts';
import { importLines } from '../src/app/import.ts';
import { createMatching } from '../src/app/matching.ts';
import { fixedClock } from '../src/compose.ts';
import { readConfig } from '../src/config.ts';
import type { Member } from '../src/domain/member.ts';
import { openSqliteStore } from '../src/adapters/store/sqlite.ts';
import { createAdaptiveIndex, type AdaptiveIndex } from '../src/adapters/vectors/adaptive.ts';
import { say } from './cluster-folder.ts';
import { runCommand } from './command.ts';
import { residentBytes, startKobling, type KoblingProcess } from './processes.ts';
import { helpStandIn, startServers } from './servers.ts';
import { syntheticMember, syntheticVector } from './synthetic-cluster.ts';

const dimension = 384;
const facetsEach = 10;
const model = 'synthetic';
const today = '2026-11-21';
const asked = 200;
const clients = 8;
const loadMs = 15_000;
const parts = ['match', 'import', 'processes'] as const;

const print = (line: string) => void process.stdout.write(`${line}\n`);

await runCommand({
  usage: `Measures how Kobling grows, on synthetic members and vectors.

  npm run bench:scale -- [--sizes 10000,100000] [--only match|import|processes] [--members 10000]

match: cost of a match request and memory per vector at each size, and a start from the kept graph against reading the
same files. Building a graph costs 1 to 3 ms a vector, once: it is kept in the cache folder. import: rows stored, and how
fast embedding follows meanwhile. processes: requests a second of one API process against two, over a MongoDB (stand-in:
no benchmark of MongoDB) and a Redis of its own. bench-embed.ts compares the embedder with bare onnxruntime.`,
  options: z.object({
    sizes: z
      .string()
      .regex(/^\d+(?:,\d+)*$/u)
      .default('10000,100000'),
    only: z.enum(parts).optional(),
    members: z.coerce.number().int().min(100).max(1_000_000).default(10_000),
  }),
  async run({ sizes, only, members }) {
    const wanted = only === undefined ? parts : [only];
    print(`load average ${os.loadavg()[0]!.toFixed(1)} on ${os.availableParallelism()} cores`);
    if (wanted.includes('match')) await benchMatch(sizes.split(',').map(Number));
    if (wanted.includes('import')) await benchImport(members);
    if (wanted.includes('processes')) await benchProcesses();
  },
});

async function benchMatch(sizes: readonly number[]): Promise<void> {
  const costs: { size: number; cpuMs: number }[] = [];
  for (const size of sizes) {
    const folder = path.join(readConfig(process.env).cacheDir, 'bench-scale', String(size));
    await mkdir(folder, { recursive: true });
    const before = process.memoryUsage.rss();
    const index = createAdaptiveIndex(dimension);
    for (let i = 0; i < size; i++) index.set(keyOf(i), syntheticVector(i, dimension));
    await keptGraph(index, folder, size);
    const bytes = (process.memoryUsage.rss() - before) / size;
    print(`${size} vectors, ${index.serving}: ${bytes.toFixed(0)} bytes of resident memory each`);
    if (index.serving === 'hnsw') await benchStart(folder, size);
    costs.push({ size, cpuMs: await matchCpuMs(size, index) });
    print(`${size} vectors: a match request takes ${costs.at(-1)!.cpuMs.toFixed(1)} ms of cpu`);
  }
  for (const { size, cpuMs } of costs.slice(1))
    print(`${size} against ${costs[0]!.size} vectors: ${(cpuMs / costs[0]!.cpuMs).toFixed(2)} times the cost`);
}

/** `member:m<i>#<facet>`, as the catalog names them: ten facets a member. */
function keyOf(i: number): string {
  return `${ownerKey('member', `m${Math.floor(i / facetsEach)}`)}#${i % facetsEach}`;
}

async function keptGraph(index: AdaptiveIndex, folder: string, size: number): Promise<void> {
  if (await index.restore(folder, model)) {
    while (index.maintain(50));
    return;
  }
  const startMs = performance.now();
  for (let saidMs = startMs; index.maintain(200);) {
    if (performance.now() - saidMs < 30_000) continue;
    saidMs = performance.now();
    say(`building the graph of ${size} vectors, ${Math.round((saidMs - startMs) / 1000)} s so far`);
  }
  if (await index.save(folder, model))
    print(`${size} vectors: building the graph took ${((performance.now() - startMs) / size).toFixed(2)} ms a vector`);
}

async function benchStart(folder: string, size: number): Promise<void> {
  const index = createAdaptiveIndex(dimension);
  for (let i = 0; i < size; i++) index.set(keyOf(i), syntheticVector(i, dimension));
  const times = { read: [] as number[], restore: [] as number[] };
  for (let round = 0; round < 3; round++) {
    times.read.push(
      await milliseconds(async () => {
        for (const file of await readdir(folder))
          for await (const chunk of createReadStream(path.join(folder, file), { highWaterMark: 1 << 20 })) void chunk;
      }),
    );
    times.restore.push(await milliseconds(() => index.restore(folder, model)));
  }
  const [read, restore] = [Math.min(...times.read), Math.min(...times.restore)];
  print(
    `${size} vectors: start from the kept graph ${restore.toFixed(0)} ms, reading the same files ${read.toFixed(0)} ms: ` +
      `${(restore / read).toFixed(1)} times`,
  );
}

/** Mean over many requests. The catalog is the real one, over members whose facets have the vectors of the index. */
async function matchCpuMs(size: number, index: AdaptiveIndex): Promise<number> {
  const store = openSqliteStore(':memory:');
  const members = Math.floor(size / facetsEach);
  for (let first = 0; first < members; first += 500) {
    const some = Array.from({ length: Math.min(500, members - first) }, (_, n) => syntheticMember(first + n));
    await store.collection('members').writeMany(some.map((doc) => ({ op: 'insert', id: doc.id, doc })));
    await store.collection('vectors').writeMany(
      some.map((doc, n) => ({
        op: 'insert',
        id: ownerKey('member', doc.id),
        doc: { modelDigest: model, dimension, vectors: vectorsOf(doc, first + n) },
      })),
    );
  }
  // The graph is there already: what the catalog sets is what the index holds.
  const catalog = createCatalog(store, {
    ...index,
    size: index.size,
    set: () => undefined,
    delete: () => false,
    search: index.search,
  });
  const matching = createMatching({ catalog, clock: fixedClock(today) });
  await catalog.refresh();
  const ask = (n: number) =>
    matching.list({
      ...({ subjectType: 'member', kind: 'partners', limit: 10, lang: 'nb', full: false } as const),
      subjectId: `m${(n * 7919) % members}`,
    });
  for (let n = 0; n < 20; n++) await ask(n);
  const usage = process.cpuUsage();
  for (let n = 0; n < asked; n++) await ask(n);
  const { user, system } = process.cpuUsage(usage);
  await store.close();
  return (user + system) / 1000 / asked;
}

function vectorsOf(doc: Member, n: number): Record<string, string> {
  return Object.fromEntries(
    textsOf('member', doc).map((text, facet) => [
      textDigest(text),
      packVector(syntheticVector(n * facetsEach + (facet % facetsEach), dimension)),
    ]),
  );
}

async function benchImport(members: number): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kobling-bench-'));
  const lines = Array.from({ length: members }, (_, n) => ({ line: n + 1, text: JSON.stringify(syntheticMember(n)) }));
  const store = openSqliteStore(path.join(folder, 'rows.sqlite'));
  const ms = await milliseconds(() =>
    importLines({ store, embedding: { request: async () => undefined }, clock: { now: () => new Date() } }, lines, {
      dryRun: false,
    }),
  );
  await store.close();
  print(`import: ${members} members stored in ${(ms / 1000).toFixed(1)} s`);
  const kobling = await startKobling('all', folder, { KOBLING_SEED: '0' });
  try {
    const headers = { 'Content-Type': 'application/x-ndjson' };
    const startMs = performance.now();
    let isOver = false;
    /** As a probe or another user comes: over a connection of its own. */
    const newcomers = (async () => {
      let slowest = 0;
      for (; !isOver; await pause(100))
        slowest = Math.max(
          slowest,
          await milliseconds(() => fetch(`${kobling.url}/health/live`, { headers: { Connection: 'close' } })),
        );
      return slowest;
    })();
    await fetch(`${kobling.url}/api/v1/imports`, {
      method: 'POST',
      headers,
      body: lines.map(({ text }) => text).join('\n'),
    });
    const readyOf = async () =>
      (await (await fetch(`${kobling.url}/health/ready`)).json()) as {
        embedding: { facets: number; embedded: number };
      };
    let slowestMs = 0;
    for (;;) {
      const { embedding } = await readyOf();
      if (embedding.embedded > 200) break;
      await pause(100);
    }
    const from = { ms: performance.now(), embedded: (await readyOf()).embedding.embedded };
    while (performance.now() - from.ms < 2 * loadMs) {
      slowestMs = Math.max(
        slowestMs,
        await milliseconds(() => fetch(`${kobling.url}/api/v1/members/m1/matches/partners`)),
      );
      await pause(200);
    }
    isOver = true;
    const { embedded, facets } = (await readyOf()).embedding;
    const rate = ((embedded - from.embedded) * 1000) / (performance.now() - from.ms);
    print(
      `import: embedding follows with ${rate.toFixed(0)} facets a second (${embedded} of ${facets} after ` +
        `${((performance.now() - startMs) / 1000).toFixed(0)} s); matches are answered meanwhile, the slowest in ${slowestMs.toFixed(0)} ms, ` +
        `and a new connection in ${(await newcomers).toFixed(0)} ms`,
    );
  } finally {
    await kobling.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchProcesses(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kobling-bench-'));
  const servers = await startServers();
  const settings = {
    KOBLING_MONGO_URL: `${servers.mongo.url}/bench`,
    KOBLING_REDIS_URL: servers.redis.url,
    KOBLING_SEED: '1',
  };
  const apis: KoblingProcess[] = [];
  await helpStandIn(settings.KOBLING_MONGO_URL);
  const worker = await startKobling('worker', folder, settings);
  try {
    for (const count of [1, 2]) {
      apis.push(await startKobling('api', folder, settings));
      const usage = process.cpuUsage();
      const startMs = performance.now();
      const rate = await requestsPerSecond(apis.map(({ url }) => url));
      const { user, system } = process.cpuUsage(usage);
      const share = (user + system) / 1000 / (performance.now() - startMs);
      const memory = Math.round((await residentBytes(apis[0]!.pid)) / 2 ** 20);
      print(
        `${count} API process${count > 1 ? 'es' : ''}: ${rate.toFixed(0)} requests a second; the load generator took ` +
          `${Math.round(100 * share)} % of a core; the first has ${memory} MiB resident`,
      );
    }
  } finally {
    await Promise.all([worker, ...apis].map((one) => one.kill('SIGKILL')));
    await servers.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function requestsPerSecond(urls: readonly string[]): Promise<number> {
  const { items } = (await (await fetch(`${urls[0]}/api/v1/members?kind=startup&limit=20`)).json()) as {
    items: { id: string }[];
  };
  const run = async (forMs: number) => {
    const endMs = performance.now() + forMs;
    let done = 0;
    const client = async (c: number) => {
      for (let i = c; performance.now() < endMs; i++, done++)
        await (
          await fetch(
            `${urls[i % urls.length]}/api/v1/members/${items[i % items.length]!.id}/matches/partners?limit=10`,
          )
        ).arrayBuffer();
    };
    await Promise.all(Array.from({ length: clients }, (_, c) => client(c)));
    return (1000 * done) / forMs;
  };
  await run(loadMs / 3);
  return run(loadMs);
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
