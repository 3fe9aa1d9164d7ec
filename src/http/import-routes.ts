import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Embedding } from '../app/embedding.ts';
import { importLines } from '../app/import.ts';
import { importJob, type ImportJobInput } from '../app/import-job.ts';
import type { Clock, JobQueue, Store } from '../app/ports.ts';
import { readLines } from '../app/read-lines.ts';
import { importQuery, importReport } from '../app/schemas/list.ts';
import { Problem } from '../domain/problem.ts';
import { route, type Route } from './route.ts';

/** Larger bodies wait as a file and run as a job. */
const atOnceBytes = 1_000_000;
const maxBytes = 200_000_000;

export interface ImportRoutesDeps {
  store: Store;
  embedding: Embedding;
  clock: Clock;
  queue: JobQueue;
  spoolDir: string;
  /** Default 200 MB. */
  maxImportBytes?: number;
}

export function importRoutes(deps: ImportRoutesDeps): Route[] {
  const { maxImportBytes = maxBytes } = deps;
  return [
    route({
      method: 'post',
      path: '/api/v1/imports',
      summary:
        'Import members, needs, past events and events to plan as JSON lines, 200 MB at most; over 1 MB as a job',
      tag: 'imports',
      query: importQuery,
      rawBody: ['application/x-ndjson', 'application/jsonl', 'application/ndjson'],
      answers: {
        200: { description: 'Done: what every line came to.', schema: importReport },
        202: {
          description: 'Taken; the report is the result of the job.',
          schema: z.object({ jobId: z.string() }),
          headers: { Location: 'Address of the job.' },
        },
      },
      problems: ['too-large', 'unsupported-media-type', 'invalid', 'unavailable'],
      async handle({ query, request }) {
        const dryRun = query.dryRun === 'true';
        const tooLarge = () => new Problem('too-large', 'An import may be 200 MB at most. Split it.');
        if (Number(request.headers['content-length'] ?? 0) > maxImportBytes) throw tooLarge();
        const start = await readUpTo(request, atOnceBytes);
        if (start.ended)
          return { status: 200, body: await importLines(deps, readLines(only(start.bytes)), { dryRun }) };
        await mkdir(deps.spoolDir, { recursive: true });
        const file = `${randomUUID()}.ndjson`;
        const spooled = path.join(deps.spoolDir, file);
        let totalBytes = 0;
        try {
          await pipeline(
            async function* () {
              for await (const chunk of joined(start.bytes, request)) {
                totalBytes += chunk.length;
                if (totalBytes > maxImportBytes) throw tooLarge();
                yield chunk;
              }
            },
            createWriteStream(spooled, { flush: true }),
          );
          const input: ImportJobInput = { file, dryRun, totalBytes };
          const jobId = await deps.queue.enqueue(importJob, file, input);
          return { status: 202, body: { jobId }, headers: { Location: `/api/v1/jobs/${jobId}` } };
        } catch (error) {
          await rm(spooled, { force: true });
          throw error;
        }
      },
    }),
  ];
}

/** Reads until more than `limit` bytes have come, and leaves the rest in the stream. */
async function readUpTo(stream: Readable, limit: number): Promise<{ bytes: Buffer; ended: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of keptOpen(stream)) {
    parts.push(chunk);
    length += chunk.length;
    if (length > limit) return { bytes: Buffer.concat(parts), ended: false };
  }
  return { bytes: Buffer.concat(parts), ended: true };
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
async function* joined(bytes: Buffer, rest: Readable): AsyncGenerator<Buffer> {
  yield bytes;
  yield* keptOpen(rest);
}
/** A stream whose connection outlives the reading: a refusal must still reach the sender. */
const keptOpen = (stream: Readable) => stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
