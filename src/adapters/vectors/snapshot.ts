/**
 * A graph kept on disk: `graph-<digest>.hnsw` and, beside it, `snapshot.json` with everything that hnswlib's file does
 * not say of itself. The description is put in place last and by renaming, so that the two always belong together.
 */
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { readHnswIndex, type HnswIndex } from './hnsw.ts';

/** Checked in one go: entry by entry takes longer than reading the graph. */
const listOf = <T>(isEntry: (entry: unknown) => boolean) =>
  z.custom<T[]>((list) => Array.isArray(list) && list.every(isEntry));

const descriptionSchema = z.strictObject({
  format: z.literal(3),
  model: z.string(),
  dimension: z.number().int(),
  /** Of the graph's file: a flipped link would end the process in the middle of a search. CRC-32 reads as fast as a disk. */
  checksum: z.string().regex(/^[0-9a-f]{1,8}-\d+$/),
  keys: listOf<string | null>((key) => key === null || typeof key === 'string'),
  /** Digest of the vector of each key (see hnsw.ts). */
  digests: listOf<number>((digest) => typeof digest === 'number'),
});
type Description = z.infer<typeof descriptionSchema>;

const chunkBytes = 1 << 20;

const descriptionFile = (folder: string) => path.join(folder, 'snapshot.json');
const graphName = (checksum: string) => `graph-${checksum}.hnsw`;

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
  const digests = graph.digestOfLabels();
  const checksum = await checksumOf(part);
  await rename(part, path.join(folder, graphName(checksum)));
  await writeFile(part, JSON.stringify({ format: 3, ...about, checksum, keys, digests } satisfies Description));
  await rename(part, descriptionFile(folder));
  // Another process may put its own in place at the same time: then the last description counts.
  const inPlace = graphName((await readDescription(folder)).checksum);
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
    const { model, dimension, checksum, keys, digests } = await readDescription(folder);
    if (model !== about.model || dimension !== about.dimension) return undefined;
    const file = path.join(folder, graphName(checksum));
    const keyOf = keys.map((key) => key ?? undefined);
    const [found, graph] = await Promise.all([checksumOf(file), readHnswIndex(file, dimension, keyOf, digests)]);
    return found === checksum ? graph : undefined;
  } catch {
    return undefined;
  }
}

const readDescription = async (folder: string): Promise<Description> =>
  descriptionSchema.parse(JSON.parse(await readFile(descriptionFile(folder), 'utf8')));

/** CRC-32 and length. */
async function checksumOf(file: string): Promise<string> {
  let sum = 0;
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
    sum = crc32(chunk, sum);
    bytes += chunk.length;
  }
  return `${sum.toString(16)}-${bytes}`;
}
