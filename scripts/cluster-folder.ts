/** A folder with members.jsonl, needs.jsonl, history.jsonl and events.jsonl, loaded into a throw-away engine. Shared by the commands that rank. */
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { facetsOfMember, facetsOfNeed } from '../src/domain/facet.ts';
import { importLines } from '../src/app/import.ts';
import type { ImportLine } from '../src/app/import-line.ts';
import { readLines } from '../src/app/read-lines.ts';
import { dated } from '../src/app/seed.ts';
import { composeEngine, type Engine } from '../src/compose.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { projectRoot } from '../src/project-root.ts';
import type { Refuse } from './command.ts';

/** Faults of the folder that a command names. */
const faultsShown = 20;

export const clusterFiles = ['members.jsonl', 'needs.jsonl', 'history.jsonl', 'events.jsonl'] as const;

/** The files that an import reads, of those that lie in the folder. @throws Error when there is none. */
export function filesOf(dir: string): string[] {
  const present = clusterFiles.filter((file) => existsSync(path.join(dir, file)));
  if (present.length === 0) throw new Error(`Neither ${clusterFiles.join(' nor ')} lies in ${dir}.`);
  return present;
}

/** In the seed's own folder days count from `today`, as they do from the day of a first start. */
export async function* linesOfFolder(dir: string, today: Date): AsyncGenerator<ImportLine> {
  const isSeed = path.resolve(dir) === path.join(projectRoot(), 'seed');
  for (const file of filesOf(dir))
    for await (const line of readLines(createReadStream(path.join(dir, file)) as AsyncIterable<Buffer>, file))
      yield isSeed
        ? { ...line, text: JSON.stringify(dated(JSON.parse(line.text) as Record<string, unknown>, today)) }
        : line;
}

/**
 * Calls `use` with an engine that holds the folder's cluster, embedded; removes it afterwards. Progress on stderr, where
 * lines that are refused are named too. The store is in memory; where KOBLING_TEST_MONGO_URL is set, a database of its own on that server.
 */
export async function withClusterFolder<T>(
  dir: string,
  now: string | undefined,
  refuse: Refuse,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const config = readConfig(process.env);
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'kobling-'));
  const mongoUrl = ownDatabase(process.env['KOBLING_TEST_MONGO_URL']);
  try {
    const engine = await composeEngine({
      storeFile: ':memory:',
      mongoUrl,
      cacheDir: config.cacheDir,
      spoolDir: temporary,
      now: now ?? config.now,
      log: createLog('warn', 2),
      embedProcesses: Math.max(1, Math.min(4, os.availableParallelism())),
    });
    try {
      // A day given by `now` may lie back: what came about since is no fault, and matches of that day leave it out.
      const clock = { now: () => new Date(Math.max(Date.now(), engine.clock.now().getTime())) };
      const report = await importLines({ ...engine, clock }, linesOfFolder(dir, engine.clock.now()), { dryRun: false });
      say(`Loaded ${report.created} entries from ${dir}; ${report.refused} lines refused.`);
      for (const { file, line, field, message } of report.faults.slice(0, faultsShown))
        refuse(`  ${file} line ${line}: ${field} ${message}`);
      if (report.faults.length > faultsShown) refuse('  and more; npm run import -- --dir DIR --dry-run names them.');
      await embedEverything(engine);
      return await use(engine);
    } finally {
      await engine.close(0);
      if (mongoUrl !== undefined) await dropDatabase(mongoUrl);
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function ownDatabase(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const own = new URL(url);
  own.pathname = `kobling-${randomUUID()}`;
  return own.href;
}

async function dropDatabase(url: string): Promise<void> {
  const { createConnection } = (await import('mongoose')).default;
  const connection = await createConnection(url).asPromise();
  await connection.dropDatabase();
  await connection.close();
}

/** First all texts in one go, so that every embedding process is busy; then owner by owner out of the cache. */
export async function embedEverything(engine: Engine): Promise<void> {
  await engine.catalog.refresh();
  const texts = new Set<string>();
  for (const member of engine.catalog.members()) for (const facet of facetsOfMember(member.doc)) texts.add(facet.text);
  for (const need of engine.catalog.needs()) for (const facet of facetsOfNeed(need.doc)) texts.add(facet.text);
  for (const event of engine.catalog.events()) texts.add(event.doc.text);
  const list = [...texts];
  const step = 512;
  for (let i = 0; i < list.length; i += step) {
    await engine.embedder.embed(list.slice(i, i + step));
    say(`Embedded ${Math.min(i + step, list.length)} of ${list.length} texts`);
  }
  for (const member of engine.catalog.members()) await engine.embedding.update('member', member.id);
  for (const need of engine.catalog.needs()) await engine.embedding.update('need', need.id);
  for (const event of engine.catalog.events()) await engine.embedding.update('event', event.doc.id);
}

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
