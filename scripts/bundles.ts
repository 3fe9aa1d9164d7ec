import { createReadStream } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { bundleQuestion } from '../src/app/schemas/bundle.ts';
import { faultsOf } from '../src/app/faults.ts';
import { readLines } from '../src/app/read-lines.ts';
import { withClusterFolder } from './cluster-folder.ts';
import { dateOption, runCommand } from './command.ts';

await runCommand({
  usage: `Puts together suppliers for each need of a file.

  npm run --silent bundles -- --dir DIR --needs Q.jsonl --out R.jsonl [--limit 3] [--now YYYY-MM-DD]

DIR holds members.jsonl and needs.jsonl. Q has lines {"needId"}. R gets lines {"needId","rank","members":[{"memberId",
"covers":[0,2],"partly":[3]}],"uncovered":[1]}, numbers being zero-based must-haves. No line for a need means that no
bundle should be proposed for it.`,
  options: z.object({
    dir: z.string(),
    needs: z.string(),
    out: z.string(),
    limit: z.coerce.number().int().min(1).max(10).default(3),
    now: dateOption,
  }),
  async run({ dir, needs, out, limit, now }) {
    const asked: string[] = [];
    for await (const line of readLines(createReadStream(needs) as AsyncIterable<Buffer>, needs)) {
      if (line.text.trim() === '' && line.fault === undefined) continue;
      const parsed = bundleQuestion.safeParse(line.fault === undefined ? tryJson(line.text) : undefined);
      if (!parsed.success)
        throw new Error(`${needs} line ${line.line}: ${faultsOf(parsed.error, line.text)[0]!.message}`);
      asked.push(parsed.data.needId);
    }
    const lines = await withClusterFolder(dir, now, async ({ bundles }) => {
      const found: object[] = [];
      for (const needId of asked)
        for (const { rank, members, uncovered } of (await bundles.forNeed(needId, limit, 'nb')).items)
          found.push({
            needId,
            rank,
            members: members.map(({ member, covers, partly }) => ({ memberId: member.id, covers, partly })),
            uncovered,
          });
      return found;
    });
    await writeFile(`${out}.part`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
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
