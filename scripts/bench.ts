import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { verifyModel } from '../src/adapters/embedder/manifest.ts';
import { environment, readConfig } from '../src/config.ts';
import { projectRoot } from '../src/project-root.ts';
import { benchEmbedding } from './bench/embedding.ts';
import type { Figure } from './bench/measure.ts';
import { benchRequests } from './bench/requests.ts';
import { benchThroughput } from './bench/throughput.ts';
import { runCommand } from './command.ts';

const parts = ['embedding', 'requests', 'throughput'] as const;

await runCommand({
  usage: `Measures what the engine costs beside its bare parts, as ratios taken in one run.

  npm run --silent bench -- [--only embedding|requests|throughput] [--facets 1000,10000,100000] [--rounds 9]

Graphs of made-up clusters are built once and kept in KOBLING_CACHE_DIR; the first run over 100,000 facets takes some
minutes. Other load on the machine shows in the quartiles; the load average is printed.`,
  options: z.object({
    only: z.enum(parts).optional(),
    facets: z
      .string()
      .regex(/^\d+(,\d+)*$/u, 'must be numbers with commas')
      .default('1000,10000,100000'),
    rounds: z.coerce.number().int().min(1).max(100).default(9),
  }),
  async run({ only, facets, rounds }) {
    const { cacheDir } = readConfig(environment());
    await mkdir(cacheDir, { recursive: true });
    const runs = (part: (typeof parts)[number]) => only === undefined || only === part;
    const figures: Figure[] = [];
    if (runs('embedding'))
      figures.push(...(await benchEmbedding(await verifyModel(path.join(projectRoot(), 'models')), rounds)));
    if (runs('requests'))
      for (const count of facets.split(',').map(Number)) figures.push(...(await benchRequests(count, cacheDir)));
    if (runs('throughput')) figures.push(...(await benchThroughput(cacheDir, rounds)));
    process.stdout.write(table(figures));
    process.stdout.write(
      `load average ${os
        .loadavg()
        .map((load) => load.toFixed(2))
        .join(', ')} on ${os.availableParallelism()} cores\n`,
    );
  },
});

function table(figures: readonly Figure[]): string {
  const rows = [{ measure: 'measure', figure: 'figure', goal: 'goal', detail: 'detail' }, ...figures];
  const columns = ['measure', 'figure', 'goal', 'detail'] as const;
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `${columns
          .map((column, i) => row[column].padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
