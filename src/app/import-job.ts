/** Large imports wait as a file and run as a job. The file stays until the job is known to be done. */
import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Embedding } from './embedding.ts';
import { importLines } from './import.ts';
import { everyOf } from './pages.ts';
import type { Clock, JobHandler, JobQueue, Store } from './ports.ts';
import { readLines } from './read-lines.ts';

export const importJob = 'import';

const importJobInput = z.object({
  /** File name inside the spool folder. */
  file: z.string().regex(/^[A-Za-z0-9-]+\.ndjson$/),
  dryRun: z.boolean(),
  totalBytes: z.number(),
});
export type ImportJobInput = z.infer<typeof importJobInput>;

/** Small, so that other requests are served between two chunks. */
const chunkBytes = 1 << 16;

export function importJobHandler(deps: {
  store: Store;
  embedding: Embedding;
  clock: Clock;
  spoolDir: string;
}): JobHandler {
  return async (input, context) => {
    const { file, dryRun, totalBytes } = importJobInput.parse(input);
    const stream = createReadStream(path.join(deps.spoolDir, file), {
      highWaterMark: chunkBytes,
      signal: context.signal,
    });
    return importLines(deps, readLines(stream as AsyncIterable<Buffer>), {
      dryRun,
      onProgress: () => context.progress(Math.min(stream.bytesRead, totalBytes), totalBytes),
    });
  };
}

/** Removes each spooled file once its job is done. Returns the way to stop. */
export function removeSpooledWhenDone(queue: JobQueue, spoolDir: string): () => void {
  return queue.onChange(({ doc }) => {
    if (doc.kind === importJob && doc.state === 'done')
      // What cannot be removed now is found by the sweep of the next start.
      void rm(path.join(spoolDir, importJobInput.parse(doc.input).file), { force: true }).catch(() => undefined);
  });
}

/**
 * Removes files that no job needs: left by a process that ended at the wrong moment. A file of another process may be too
 * young for a job: give `olderThanMs` where requests are taken meanwhile.
 */
export async function sweepSpool(queue: JobQueue, spoolDir: string, olderThanMs = 0): Promise<void> {
  const files = new Set(await readdir(spoolDir).catch(() => []));
  for await (const { doc } of everyOf((from) => queue.list({ limit: 1000, ...from })))
    if (doc.kind === importJob && doc.state !== 'done') files.delete(importJobInput.parse(doc.input).file);
  for (const file of files) {
    const { mtimeMs } = await stat(path.join(spoolDir, file)).catch(() => ({ mtimeMs: Infinity }));
    if (olderThanMs === 0 || mtimeMs < Date.now() - olderThanMs) await rm(path.join(spoolDir, file), { force: true });
  }
}
