/** Large imports wait as a file and run as a job; what is left of the file is removed when the job has ended. */
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Embedding } from './embedding.ts';
import { importLines } from './import.ts';
import type { JobHandler, Store } from './ports.ts';
import { readLines } from './read-lines.ts';

export const importJob = 'import';

export const importJobInput = z.object({
  /** File name inside the spool folder. */
  file: z.string().regex(/^[A-Za-z0-9-]+\.ndjson$/),
  dryRun: z.boolean(),
  totalBytes: z.number(),
});
export type ImportJobInput = z.infer<typeof importJobInput>;

export function importJobHandler(deps: { store: Store; embedding: Embedding; spoolDir: string }): JobHandler {
  return async (input, context) => {
    const { file, dryRun, totalBytes } = importJobInput.parse(input);
    const spooled = path.join(deps.spoolDir, file);
    const stream = createReadStream(spooled, { highWaterMark: 1 << 20, signal: context.signal });
    const report = await importLines(deps, readLines(stream as AsyncIterable<Buffer>), {
      dryRun,
      onProgress: () => context.progress(Math.min(stream.bytesRead, totalBytes), totalBytes),
    });
    await rm(spooled, { force: true });
    return report;
  };
}
