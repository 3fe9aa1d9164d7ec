import { z } from 'zod';
import { querySchema, rankQuery, type RankedLine } from '../src/app/rank-queries.ts';
import { withClusterFolder, say } from './cluster-folder.ts';
import { dateOption, refusalUsage, runCommand } from './command.ts';
import { orRefuse, readJsonLines, writeJsonLines } from './json-lines.ts';

await runCommand({
  usage: `Ranks every question of a file over the cluster in a folder.

  npm run --silent match -- --dir DIR --queries Q.jsonl --out R.jsonl [--top 50] [--now YYYY-MM-DD]

DIR holds members.jsonl and needs.jsonl. Q has lines {"task","queryId"}, task one of investor_for_startup,
supplier_for_need, partner_for_member. R gets {"task","queryId","candidateId","rank","score"}, best first;
pairs that a gate closes are absent; there is no floor.

${refusalUsage}`,
  options: z.object({
    dir: z.string(),
    queries: z.string(),
    out: z.string(),
    top: z.coerce.number().int().min(1).max(10_000).default(50),
    now: dateOption,
  }),
  async run({ dir, queries, out, top, now }, refuse) {
    const asked = await readJsonLines(queries, querySchema, refuse);
    const results = await withClusterFolder(dir, now, refuse, async ({ matching }) => {
      const lines: RankedLine[] = [];
      for (const [i, { value, at }] of asked.entries()) {
        const ranked = await orRefuse(at, refuse, rankQuery(matching, value.task, value.queryId, top));
        lines.push(...(ranked ?? []));
        if ((i + 1) % 50 === 0 || i + 1 === asked.length) say(`Ranked ${i + 1} of ${asked.length} questions`);
      }
      return lines;
    });
    await writeJsonLines(out, results);
  },
});
