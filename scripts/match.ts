import { createReadStream } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { querySchema, rankQuery, type RankedLine } from '../src/app/rank-queries.ts';
import { readLines } from '../src/app/read-lines.ts';
import { faultsOf } from '../src/app/faults.ts';
import { withClusterFolder, say } from './cluster-folder.ts';
import { dateOption, runCommand } from './command.ts';

await runCommand({
  usage: `Ranks every question of a file over the cluster in a folder.

  npm run --silent match -- --dir DIR --queries Q.jsonl --out R.jsonl [--top 50] [--now YYYY-MM-DD]

DIR holds members.jsonl and needs.jsonl. Q has lines {"task","queryId"}, task one of investor_for_startup,
supplier_for_need, partner_for_member. R gets {"task","queryId","candidateId","rank","score"}, best first;
pairs that a gate closes are absent; there is no floor.`,
  options: z.object({
    dir: z.string(),
    queries: z.string(),
    out: z.string(),
    top: z.coerce.number().int().min(1).max(10_000).default(50),
    now: dateOption,
  }),
  async run({ dir, queries, out, top, now }) {
    const asked: z.infer<typeof querySchema>[] = [];
    for await (const line of readLines(createReadStream(queries) as AsyncIterable<Buffer>, queries)) {
      if (line.text.trim() === '' && line.fault === undefined) continue;
      const parsed = querySchema.safeParse(line.fault === undefined ? tryJson(line.text) : undefined);
      if (!parsed.success)
        throw new Error(`${queries} line ${line.line}: ${faultsOf(parsed.error, line.text)[0]!.message}`);
      asked.push(parsed.data);
    }
    const results = await withClusterFolder(dir, now, async ({ matching }) => {
      const lines: RankedLine[] = [];
      for (const [i, { task, queryId }] of asked.entries()) {
        lines.push(...(await rankQuery(matching, task, queryId, top)));
        if ((i + 1) % 50 === 0 || i + 1 === asked.length) say(`Ranked ${i + 1} of ${asked.length} questions`);
      }
      return lines;
    });
    await writeFile(`${out}.part`, results.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await rename(`${out}.part`, out);
  },
});

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
