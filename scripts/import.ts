import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { importLines, type ImportReport } from '../src/app/import.ts';
import type { ImportLine } from '../src/app/import-line.ts';
import { composeEngine, isShared, outreachOf } from '../src/compose.ts';
import { environment, readConfig, type Config } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { runningServer } from '../src/server-file.ts';
import { embedEverything, filesOf, linesOfFolder, say } from './cluster-folder.ts';
import { runCommand } from './command.ts';

/** Of what was created and updated; all refusals are shown. */
const changesShown = 50;

await runCommand({
  usage: `Imports members, needs, past and coming events into the store of KOBLING_DATA_DIR.

  npm run import -- --dir DIR [--dry-run] [--json]

DIR holds members.jsonl, needs.jsonl, history.jsonl (past rounds and awards) and events.jsonl (to plan), or some of
them, one JSON object a line. Reports what was created, updated, unchanged and
refused, line by line. While a server runs on the same data folder, the import goes through it; where KOBLING_MONGO_URL
and KOBLING_REDIS_URL are set it writes beside the servers, and their workers embed. Exit code 1 when lines were refused.`,
  options: z.object({ dir: z.string(), 'dry-run': z.boolean().default(false), json: z.boolean().default(false) }),
  async run({ dir, 'dry-run': dryRun, json }) {
    const config = readConfig(environment());
    filesOf(dir);
    const server = isShared(config) ? undefined : await runningServer(config.dataDir);
    const report =
      server === undefined
        ? await importHere(config, dir, dryRun)
        : await importThrough(server.url, dir, dryRun, config);
    process.stdout.write(json ? `${JSON.stringify(report, null, 1)}\n` : readable(report));
    return report.refused > 0 ? 1 : 0;
  },
});

async function importHere(config: Config, dir: string, dryRun: boolean): Promise<ImportReport> {
  await mkdir(config.dataDir, { recursive: true });
  const shared = isShared(config);
  const engine = await composeEngine({
    storeFile: path.join(config.dataDir, 'kobling.sqlite'),
    mongoUrl: config.mongoUrl,
    redisUrl: config.redisUrl,
    ownFolder: shared ? undefined : config.dataDir,
    role: shared ? 'api' : 'all',
    cacheDir: config.cacheDir,
    spoolDir: path.join(config.dataDir, 'spool'),
    now: config.now,
    log: createLog('warn', 2),
    ...outreachOf(config),
    embedProcesses: 2,
  });
  try {
    // Embedded right below; if that is cut short, the next start of a server makes up for it.
    const embedding = shared ? engine.embedding : { request: async () => undefined };
    const report = await importLines(
      { store: engine.store, embedding, clock: engine.clock },
      linesOfFolder(dir, engine.clock.now()),
      {
        dryRun,
        onProgress: (lines) => say(`Read ${lines} lines`),
      },
    );
    if (!dryRun && !shared) await embedEverything(engine);
    return report;
  } finally {
    await engine.close(0);
  }
}

/** Line numbers of the report are those of the stream; the offset of the second file is taken off again. */
async function importThrough(url: string, dir: string, dryRun: boolean, { now }: Config): Promise<ImportReport> {
  say(`A server runs at ${url}: importing through it.`);
  const origins: ImportLine[] = [];
  async function* bytes() {
    for await (const { text, ...origin } of linesOfFolder(dir, now === undefined ? new Date() : new Date(now))) {
      const { fault } = origin;
      origins.push({ ...origin, text: '' });
      // What could not be read here must be refused there too, under its own number.
      yield Buffer.from(`${fault === undefined ? text.replace(/\r$/u, '') : JSON.stringify(fault)}\n`);
    }
  }
  const answer = await fetch(new URL(`/api/v1/imports?dryRun=${dryRun}`, url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: Readable.toWeb(Readable.from(bytes())) as ReadableStream,
    duplex: 'half',
  }).catch((error: unknown) => {
    throw new Error(`The server at ${url} could not be reached, or the folder not be read: ${causeOf(error)}`);
  });
  const body = (await answer.json()) as { jobId?: string; detail?: string };
  if (!answer.ok) throw new Error(`The server refused the import: ${body.detail ?? answer.status}`);
  const report = body.jobId === undefined ? (body as unknown as ImportReport) : await resultOf(url, body.jobId);
  for (const done of report.lines) {
    const origin = origins[done.line - 1];
    if (origin !== undefined)
      Object.assign(done, { line: origin.line, ...(origin.file === undefined ? {} : { file: origin.file }) });
  }
  for (const fault of report.faults) {
    const origin = origins[fault.line - 1];
    if (origin === undefined) continue;
    Object.assign(fault, { line: origin.line, ...(origin.file === undefined ? {} : { file: origin.file }) });
    if (origin.fault !== undefined) Object.assign(fault, { code: 'unreadable', message: origin.fault, value: '' });
    if (fault.firstLine !== undefined) fault.firstLine = origins[fault.firstLine - 1]?.line ?? fault.firstLine;
  }
  return report;
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function resultOf(url: string, jobId: string): Promise<ImportReport> {
  for (;;) {
    const job = (await (await fetch(new URL(`/api/v1/jobs/${jobId}`, url))).json()) as {
      state: string;
      result?: ImportReport;
      error?: string;
      progress?: { done: number; total: number };
    };
    if (job.state === 'done') return job.result!;
    if (job.state === 'dead') throw new Error(`The import failed: ${job.error}`);
    if (job.progress !== undefined) say(`${Math.round((100 * job.progress.done) / job.progress.total)} %`);
    await wait(500);
  }
}

function readable(report: ImportReport): string {
  const { created, updated, unchanged, refused, faults, dryRun } = report;
  const changed = report.lines.filter(({ outcome }) => outcome !== 'unchanged');
  const changes = changed
    .slice(0, changesShown)
    .map(({ file, line, id, outcome }) => `  ${file ?? 'line'}:${line} (${id}): ${outcome}`);
  const more = created + updated - changes.length;
  if (more > 0) changes.push(`  and ${more} more; --json names the first 1,000`);
  const refusals = faults.map(
    ({ file, line, id, field, message, value, firstLine }) =>
      `  ${file ?? 'line'}:${line}${id === undefined ? '' : ` (${id})`}: ${field === '' ? '' : `${field}: `}${message}` +
      (firstLine === undefined ? '' : ` That is line ${firstLine}.`) +
      (value === undefined ? '' : ` It was ${JSON.stringify(value)}.`),
  );
  const summary = `${dryRun ? 'Would be: ' : ''}${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused\n`;
  const lines = [...refusals, ...changes];
  return summary + (lines.length === 0 ? '' : `${lines.join('\n')}\n`);
}
