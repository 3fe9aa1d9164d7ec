import { z } from 'zod';
import { matchTasks } from '../src/app/rank-queries.ts';
import { suggestAll } from '../src/app/suggest-all.ts';
import { giniBound } from '../src/domain/exposure.ts';
import { withClusterFolder } from './cluster-folder.ts';
import { dateOption, refusalUsage, runCommand } from './command.ts';

await runCommand({
  usage: `Makes everybody's suggestions at once and tells how evenly candidates are shown.

  npm run --silent exposure -- --dir DIR [--task TASK] [--now YYYY-MM-DD] [--json]

Nobody is suggested more often than its introductionsPerMonth. The Gini is over how often candidates of about equal
relevance are shown, 0 = all the same; at most ${giniBound}, or else the lists were made with the widest band of near-ties.

${refusalUsage}`,
  options: z.object({
    dir: z.string(),
    task: z.enum(matchTasks).optional(),
    now: dateOption,
    json: z.boolean().default(false),
  }),
  async run({ dir, task: only, now, json }, refuse) {
    await withClusterFolder(dir, now, refuse, async (engine) => {
      for (const task of matchTasks) {
        if (only !== undefined && task !== only) continue;
        const { suggestions, shown, band, gini } = await suggestAll(engine, task);
        const most = [...shown].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 5);
        process.stdout.write(
          json
            ? `${JSON.stringify({ task, suggestions, gini, bound: giniBound, band })}\n`
            : `${task}: ${suggestions.length} suggestions of ${shown.size} candidates\n` +
                `  Gini among equals ${gini.toFixed(3)} (bound ${giniBound}), near-ties within ${band}\n` +
                `  shown most: ${most.map(([id, count]) => `${id} ${count}`).join(', ')}\n`,
        );
      }
    });
  },
});
