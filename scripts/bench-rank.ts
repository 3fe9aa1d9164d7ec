import os from 'node:os';
import path from 'node:path';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { openChildEmbedder } from '../src/adapters/embedder/child-embedder.ts';
import { verifyModel } from '../src/adapters/embedder/manifest.ts';
import { withVectorCache } from '../src/adapters/embedder/vector-cache.ts';
import { readConfig } from '../src/config.ts';
import { rankByEvidence, textsToEmbed } from '../src/domain/retrieval/rank.ts';
import { evidenceWeights } from '../src/domain/retrieval/weights.ts';
import { projectRoot } from '../src/project-root.ts';
import { awards } from './bench/awards.ts';
import { classes } from './bench/classes.ts';
import { passages } from './bench/passages.ts';
import { projects } from './bench/projects.ts';
import { readerOf, type Format } from './bench/ranking-set.ts';
import { rounds } from './bench/rounds.ts';
import { say } from './cluster-folder.ts';
import { runCommand } from './command.ts';

/** The first that knows the files takes them. */
const formats: Format[] = [passages, classes, rounds, projects, awards];
/** No measure looks further down. */
const kept = 1000;
const embedAtOnce = 512;

await runCommand({
  usage: `Ranks the candidates of a set of real data by the engine's own signals and shared weights.

  npm run --silent bench:rank -- --set FOLDER [--split dev] --out RUN.jsonl

FOLDER holds dev/ and, for --split hidden, hidden/ with queries and candidates; the past lies in dev/, and what has
happened since in hidden/history_extra.jsonl.gz. RUN gets {"qid","ranking":[ids]}, best first, at most ${kept}.`,
  options: z.object({ set: z.string(), split: z.string().regex(/^\w+$/).default('dev'), out: z.string() }),
  async run({ set, split, out }) {
    const read = readerOf(set);
    const tasks = formats.reduce<ReturnType<Format>>((found, format) => found ?? format(read, split), undefined);
    if (tasks === undefined) throw new Error(`No known format of ranking data lies in ${set}`);
    if (tasks.every(({ queries }) => queries.length === 0))
      throw new Error(`No queries lie in ${path.join(set, split)}`);
    const texts = new Set(tasks.flatMap((task) => textsToEmbed(task, task.queries)));
    const vectors = await embedded([...texts]);

    const start = performance.now();
    const lines = tasks.flatMap((task) => {
      const ranking = rankByEvidence({ ...task, vectors }, evidenceWeights);
      return task.queries.map((query) => ({
        qid: query.qid,
        ranking: ranking
          .rank(query)
          .slice(0, kept)
          .map(({ id }) => id),
      }));
    });
    say(`Ranked ${lines.length} questions in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    await writeFile(`${out}.part`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await rename(`${out}.part`, out);
  },
});

async function embedded(texts: string[]): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  if (texts.length === 0) return vectors;
  const model = await verifyModel(path.join(projectRoot(), 'models'));
  const processes = Math.max(1, Math.min(4, os.availableParallelism()));
  const embedder = withVectorCache(openChildEmbedder({ model, processes }), readConfig(process.env).cacheDir);
  try {
    for (let i = 0; i < texts.length; i += embedAtOnce) {
      const slice = texts.slice(i, i + embedAtOnce);
      (await embedder.embed(slice)).forEach((vector, k) => vectors.set(slice[k]!, vector));
      say(`Embedded ${Math.min(i + embedAtOnce, texts.length)} of ${texts.length} texts`);
    }
  } finally {
    await embedder.close();
  }
  return vectors;
}
