import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const manifestSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  dimension: z.number().int().positive(),
  maxTokens: z.number().int().positive(),
  licence: z.string(),
  /** By path inside the model's folder. */
  files: z.record(
    z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/),
    z.strictObject({ sha256: z.string().length(64), bytes: z.number().int() }),
  ),
});

export interface VerifiedModel {
  name: string;
  dimension: number;
  maxTokens: number;
  /** sha256 over name, dimension, window and the digests of all files. */
  digest: string;
  /** Folder that holds the model's folder. */
  modelsDir: string;
}

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
};

/** Reads `manifest.json` in a models folder and checks every file. @throws Error that names the first bad file. */
export async function verifyModel(modelsDir: string): Promise<VerifiedModel> {
  const manifestFile = path.join(modelsDir, 'manifest.json');
  const manifest = await readFile(manifestFile, 'utf8')
    .then((text) => manifestSchema.parse(JSON.parse(text)))
    .catch((error: unknown) => {
      throw new Error(`The model manifest cannot be read: ${manifestFile}`, { cause: error });
    });
  const { name, dimension, maxTokens } = manifest;
  const overall = createHash('sha256').update(`${name}:${dimension}:${maxTokens}\n`);
  for (const [file, { sha256 }] of Object.entries(manifest.files).sort()) {
    const full = path.join(modelsDir, name, file);
    const actual = await digestOf(full).catch((error: unknown) => {
      throw new Error(`A model file is missing or cannot be read: ${full}`, { cause: error });
    });
    if (actual !== sha256) throw new Error(`A model file is broken (its sha256 is not the manifest's): ${full}`);
    overall.update(`${file}:${sha256}\n`);
  }
  return { name, dimension, maxTokens, digest: overall.digest('hex'), modelsDir };
}
