import { z } from 'zod';
import { bundleQuestion } from '../src/app/schemas/bundle.ts';
import { withClusterFolder } from './cluster-folder.ts';
import { dateOption, refusalUsage, runCommand } from './command.ts';
import { orRefuse, readJsonLines, writeJsonLines } from './json-lines.ts';

await runCommand({
  usage: `Puts together suppliers for each need of a file.

  npm run --silent bundles -- --dir DIR --needs Q.jsonl --out R.jsonl [--limit 3] [--now YYYY-MM-DD]

DIR holds members.jsonl and needs.jsonl. Q has lines {"needId"}. R gets lines {"needId","rank","members":[{"memberId",
"covers":[0,2],"partly":[3]}],"uncovered":[1]}, numbers being zero-based must-haves. No line for a need means that no
bundle should be proposed for it.

${refusalUsage}`,
  options: z.object({
    dir: z.string(),
    needs: z.string(),
    out: z.string(),
    limit: z.coerce.number().int().min(1).max(10).default(3),
    now: dateOption,
  }),
  async run({ dir, needs, out, limit, now }, refuse) {
    const asked = await readJsonLines(needs, bundleQuestion, refuse);
    const lines = await withClusterFolder(dir, now, refuse, async ({ bundles }) => {
      const found: object[] = [];
      for (const { value, at } of asked) {
        const { needId } = value;
        const answer = await orRefuse(at, refuse, bundles.forNeed(needId, limit, 'nb'));
        for (const { rank, members, uncovered } of answer?.items ?? [])
          found.push({
            needId,
            rank,
            members: members.map(({ member, covers, partly }) => ({ memberId: member.id, covers, partly })),
            uncovered,
          });
      }
      return found;
    });
    await writeJsonLines(out, lines);
  },
});
