import { z } from 'zod';
import { evaluate, type Interval } from '../src/domain/evaluate.ts';
import { rankQuery } from '../src/app/rank-queries.ts';
import { withClusterFolder } from './cluster-folder.ts';
import { dateOption, refusalUsage, runCommand } from './command.ts';
import { orRefuse, readJsonLines } from './json-lines.ts';
import { judgmentSchema, judgmentsIn, ofTheFolder } from './judgments.ts';

const keyOf = ({ task, queryId }: { task: string; queryId: string }) => `${task} ${queryId}`;
const figure = ({ mean, low, high }: Interval) => `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;

await runCommand({
  usage: `Measures the rankings against graded judgments.

  npm run --silent evaluate -- --dir DIR [--judgments FILE] [--now YYYY-MM-DD] [--json]

FILE (DIR/judgments.jsonl where none is named) has lines {"task","queryId","candidateId","grade"}, grade 0-3. Prints nDCG@10 (gain 2^grade - 1, ideal over all
judged) with unjudged as 0 and on the judged only, and recall@20 of grades 2-3, each with a 95 % bootstrap interval,
and the ten worst queries of each task. Judgments about somebody who is not in DIR are counted on stderr and left out.

${refusalUsage}`,
  options: z.object({
    dir: z.string(),
    judgments: z.string().optional(),
    now: dateOption,
    json: z.boolean().default(false),
  }),
  async run({ dir, judgments: file, now, json }, refuse) {
    const lines = await readJsonLines(file ?? judgmentsIn(dir), judgmentSchema, refuse);
    const figures = await withClusterFolder(dir, now, refuse, async ({ matching, catalog }) => {
      const judged = ofTheFolder(catalog, lines);
      const rankings = new Map<string, string[]>();
      const firstOf = new Map(judged.toReversed().map((line) => [keyOf(line.value), line]));
      for (const [key, { value, at }] of firstOf) {
        const ranked = await orRefuse(at, refuse, rankQuery(matching, value.task, value.queryId, 1000));
        if (ranked !== undefined)
          rankings.set(
            key,
            ranked.map((line) => line.candidateId),
          );
      }
      const judgments = judged.map(({ value }) => value).filter((one) => rankings.has(keyOf(one)));
      return evaluate(judgments, (task, queryId) => rankings.get(keyOf({ task, queryId }))!);
    });
    if (json) {
      process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
      return;
    }
    for (const { task, queries, ndcg, ndcgJudged, recall } of figures) {
      process.stdout.write(`${task} (${queries.length} queries)\n`);
      process.stdout.write(
        `  nDCG@10, unjudged as 0  ${figure(ndcg)}\n  nDCG@10, judged only    ${figure(ndcgJudged)}\n  recall@20               ${figure(recall)}\n`,
      );
      const worst = [...queries].sort((a, b) => a.ndcg - b.ndcg).slice(0, 10);
      process.stdout.write(
        `  worst: ${worst.map((query) => `${query.queryId} ${query.ndcg.toFixed(2)}`).join(', ')}\n`,
      );
    }
  },
});
