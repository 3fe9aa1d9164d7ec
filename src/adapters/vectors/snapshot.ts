/**
 * A graph kept on disk: `graph-<digest>.hnsw` and, beside it, `snapshot.json` with everything that hnswlib's file does
 * not say of itself. The description is put in place last and by renaming, so that the two always belong together.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readHnswIndex, type HnswIndex } from './hnsw.ts';

const descriptionSchema = z.strictObject({
  format: z.literal(1),
  model: z.string(),
  dimension: z.number().int(),
  /** sha256 of the graph's file: a flipped link would end the process in the middle of a search. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  keys: z.array(z.string().nullable()),
});
type Description = z.infer<typeof descriptionSchema>;

const descriptionFile = (folder: string) => path.join(folder, 'snapshot.json');
const graphName = (sha256: string) => `graph-${sha256.slice(0, 16)}.hnsw`;

/** Replaces the folder's snapshot. @throws Error when the folder cannot be written; the older snapshot is then still good. */
export async function writeSnapshot(
  folder: string,
  about: { model: string; dimension: number },
  graph: HnswIndex,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const part = path.join(folder, `part-${process.pid}`);
  await graph.writeTo(part);
  // Asked for afterwards: what was deleted meanwhile may or may not be so in the file, and must not be found again.
  const keys = graph.keyOfLabels().map((key) => key ?? null);
  const sha256 = await digestOf(part);
  await rename(part, path.join(folder, graphName(sha256)));
  await writeFile(part, JSON.stringify({ format: 1, ...about, sha256, keys } satisfies Description));
  await rename(part, descriptionFile(folder));
  // Another process may put its own in place at the same time: then the last description counts.
  const inPlace = graphName((await readDescription(folder)).sha256);
  for (const file of await readdir(folder))
    if (file.startsWith('graph-') && file !== inPlace) await rm(path.join(folder, file), { force: true });
  await access(path.join(folder, inPlace));
}

/** Undefined when there is none, when it is of another model, or when it is broken in any way. */
export async function readSnapshot(
  folder: string,
  about: { model: string; dimension: number },
): Promise<HnswIndex | undefined> {
  try {
    const { model, dimension, sha256, keys } = await readDescription(folder);
    if (model !== about.model || dimension !== about.dimension) return undefined;
    const file = path.join(folder, graphName(sha256));
    if ((await digestOf(file)) !== sha256) return undefined;
    return await readHnswIndex(
      file,
      dimension,
      keys.map((key) => key ?? undefined),
    );
  } catch {
    return undefined;
  }
}

const readDescription = async (folder: string): Promise<Description> =>
  descriptionSchema.parse(JSON.parse(await readFile(descriptionFile(folder), 'utf8')));

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
