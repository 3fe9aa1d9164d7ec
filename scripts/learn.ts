import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { gradedQueries, learn, type GradedQuery } from '../src/app/learn.ts';
import { matchTasks, type MatchTask } from '../src/app/rank-queries.ts';
import { feedbackEvents, judgmentsFrom } from '../src/domain/feedback.ts';
import { weightTables } from '../src/domain/match/weights.ts';
import { projectRoot } from '../src/project-root.ts';
import { withClusterFolder } from './cluster-folder.ts';
import { dateOption, refusalUsage, runCommand, type Refuse } from './command.ts';
import { readJsonLines } from './json-lines.ts';
import { judgmentSchema, judgmentsIn, ofTheFolder } from './judgments.ts';

const feedbackSchema = z.object({
  task: z.enum(matchTasks),
  queryId: z.string(),
  candidateId: z.string(),
  event: z.enum(feedbackEvents),
  at: z.iso.datetime(),
});

interface Pair {
  task: MatchTask;
  queryId: string;
  candidateId: string;
}
const pairKey = ({ task, queryId, candidateId }: Omit<Pair, 'task'> & { task: string }) =>
  JSON.stringify([task, queryId, candidateId]);

const weightsFile = path.join(projectRoot(), 'src/domain/match/weights.json');

await runCommand({
  usage: `Learns the weights of the signals from judgments, and keeps them only if they rank better.

  npm run learn -- --dir DIR [--judgments FILE] [--events FILE] [--more DIR ...] [--task TASK] [--now YYYY-MM-DD] [--dry-run]

FILE of --judgments (DIR/judgments.jsonl where none is named) has lines {"task","queryId","candidateId","grade"}, grade 0-3; that of --events has
{"task","queryId","candidateId","event","at"}, event one of accept (2), decline (0), outcome (3), no-outcome (says
nothing), used where no judgment stands. --more DIR, as often as you like, names the folder of another cluster with its judgments in
judgments.jsonl, such as seed/judged: all are learned from and measured on alike. New weights of a task are written to
src/domain/match/weights.json only if their nDCG@10 on queries they were not learned from (10 times 5 folds) is higher
than that of the present ones with its whole 95 % interval. Review the change, run npm run evaluate, and commit it. Judgments
about somebody who is not in DIR are counted on stderr and left out.

${refusalUsage} No weights are written then.`,
  options: z.object({
    dir: z.string(),
    judgments: z.string().optional(),
    events: z.string().optional(),
    more: z.array(z.string()).default([]),
    task: z.enum(matchTasks).optional(),
    now: dateOption,
    'dry-run': z.boolean().default(false),
  }),
  async run({ dir, judgments: file, events, more, task: only, now, 'dry-run': dryRun }, tell) {
    let isWhole = true;
    const refuse: Refuse = (what) => {
      isWhole = false;
      tell(what);
    };
    const tasks = matchTasks.filter((task) => only === undefined || task === only);
    const queries = new Map<MatchTask, GradedQuery[]>();
    // Every file is read before anything is embedded: a wrong name is told at once.
    const linesOf = async (folder: string, judgments: string, feedback?: string) => ({
      folder,
      judged: await readJsonLines(judgments, judgmentSchema, refuse),
      happened: feedback === undefined ? [] : await readJsonLines(feedback, feedbackSchema, refuse),
    });
    const clusters = [await linesOf(dir, file ?? judgmentsIn(dir), events)];
    for (const other of more) clusters.push(await linesOf(other, judgmentsIn(other)));
    let date = '';
    // The clusters are kept apart: nobody of one is a candidate in the other.
    for (const { folder, judged, happened } of clusters)
      await withClusterFolder(folder, now, refuse, async ({ matching, catalog, clock }) => {
        date = clock.now().toISOString().slice(0, 10);
        const graded = ofTheFolder(catalog, judged).map(({ value }) => value);
        const known = new Set(graded.map(pairKey));
        const told = judgmentsFrom(ofTheFolder(catalog, happened).map(({ value }) => value));
        const all = [...graded, ...told.filter((one) => !known.has(pairKey(one)))];
        for (const task of tasks)
          queries.set(task, [...(queries.get(task) ?? []), ...(await gradedQueries(matching, task, all))]);
      });

    const tables = { ...weightTables } as Record<string, unknown>;
    let taken = 0;
    for (const task of tasks) {
      const judged = queries.get(task)!;
      if (judged.length === 0) continue;
      const { table, wonBy, isBetter } = learn(task, judged, date);
      const { gain } = wonBy;
      process.stdout.write(
        `${task} (${wonBy.queries} queries)\n` +
          `  nDCG@10 now ${wonBy.before.toFixed(4)}, new ${wonBy.fitted.toFixed(4)} fitted, ${wonBy.crossValidated.toFixed(4)} cross-validated\n` +
          `  gain ${gain.mean.toFixed(4)} [${gain.low.toFixed(4)}, ${gain.high.toFixed(4)}]: ` +
          `${isBetter ? 'taken' : 'not taken, for the interval does not lie above zero'}\n`,
      );
      if (!isBetter) continue;
      tables[task] = table;
      taken++;
    }
    if (taken === 0 || dryRun) return;
    if (!isWhole) {
      process.stdout.write('Not written, for lines were refused.\n');
      return;
    }
    const text = await format(JSON.stringify(tables, undefined, 2), {
      ...(await resolveConfig(weightsFile)),
      parser: 'json',
    });
    await writeFile(weightsFile, text);
    process.stdout.write(`Written to ${weightsFile}: review it, run npm run evaluate, commit.\n`);
  },
});
