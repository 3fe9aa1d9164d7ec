import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { learn } from '../src/app/learn.ts';
import { matchTasks } from '../src/app/rank-queries.ts';
import { feedbackEvents, judgmentsFrom } from '../src/domain/feedback.ts';
import { weightTables } from '../src/domain/match/weights.ts';
import { projectRoot } from '../src/project-root.ts';
import { withClusterFolder } from './cluster-folder.ts';
import { dateOption, runCommand } from './command.ts';
import { readJsonLines } from './json-lines.ts';
import { judgmentSchema } from './judgments.ts';

const feedbackSchema = z.object({
  task: z.enum(matchTasks),
  queryId: z.string(),
  candidateId: z.string(),
  event: z.enum(feedbackEvents),
  at: z.iso.datetime(),
});

const weightsFile = path.join(projectRoot(), 'src/domain/match/weights.json');

await runCommand({
  usage: `Learns the weights of the signals from judgments, and keeps them only if they rank better.

  npm run learn -- --dir DIR --judgments FILE [--events FILE] [--more FILE] [--task TASK] [--now YYYY-MM-DD] [--dry-run]

FILE of --judgments has lines {"task","queryId","candidateId","grade"}, grade 0-3; that of --events has
{"task","queryId","candidateId","event","at"}, event one of accept (2), decline (0), outcome (3), no-outcome (says
nothing), used where no judgment stands. --more names judgments to learn from without measuring on them. New weights of a task are written to
src/domain/match/weights.json only if their nDCG@10 on queries they were not learned from (10 times 5 folds) is higher
than that of the present ones with its whole 95 % interval. Review the change, run npm run evaluate, and commit it.`,
  options: z.object({
    dir: z.string(),
    judgments: z.string(),
    events: z.string().optional(),
    more: z.string().optional(),
    task: z.enum(matchTasks).optional(),
    now: dateOption,
    'dry-run': z.boolean().default(false),
  }),
  async run({ dir, judgments: file, events, more, task: only, now, 'dry-run': dryRun }) {
    const judged = await readJsonLines(file, judgmentSchema);
    const known = new Set(judged.map(({ task, queryId, candidateId }) => JSON.stringify([task, queryId, candidateId])));
    const fromEvents = judgmentsFrom(events === undefined ? [] : await readJsonLines(events, feedbackSchema)).filter(
      ({ task, queryId, candidateId }) => !known.has(JSON.stringify([task, queryId, candidateId])),
    );
    const moreJudged = more === undefined ? [] : await readJsonLines(more, judgmentSchema);
    const tables = { ...weightTables } as Record<string, unknown>;
    let taken = 0;
    await withClusterFolder(dir, now, async ({ matching, clock }) => {
      const judgments = [...judged, ...fromEvents];
      for (const task of matchTasks) {
        if ((only !== undefined && task !== only) || !judgments.some((one) => one.task === task)) continue;
        const date = clock.now().toISOString().slice(0, 10);
        const { table, wonBy, isBetter } = await learn(matching, { task, judgments, more: moreJudged, date });
        const { gain } = wonBy;
        process.stdout.write(
          `${task} (${wonBy.queries} queries, ${wonBy.moreQueries} more to learn from)\n` +
            `  nDCG@10 now ${wonBy.before.toFixed(4)}, new ${wonBy.fitted.toFixed(4)} fitted, ${wonBy.crossValidated.toFixed(4)} cross-validated\n` +
            `  gain ${gain.mean.toFixed(4)} [${gain.low.toFixed(4)}, ${gain.high.toFixed(4)}]: ` +
            `${isBetter ? 'taken' : 'not taken, for the interval does not lie above zero'}\n`,
        );
        if (!isBetter) continue;
        tables[task] = table;
        taken++;
      }
    });
    if (taken === 0 || dryRun) return;
    const text = await format(JSON.stringify(tables), { ...(await resolveConfig(weightsFile)), parser: 'json' });
    await writeFile(weightsFile, text);
    process.stdout.write(`Written to ${weightsFile}: review it, run npm run evaluate, commit.\n`);
  },
});
