/** The mean vector of each language, measured once per model (scripts/write-centres.ts) and kept beside it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { LanguageCentres } from '../../app/catalog.ts';
import { unpackVector } from '../../app/facet-vectors.ts';
import type { VerifiedModel } from './manifest.ts';

export const centresFile = (model: VerifiedModel): string => path.join(model.modelsDir, model.name, 'centres.json');

const packed = z.string().transform(unpackVector);
const centresSchema = z.strictObject({ modelDigest: z.string(), nb: packed, nn: packed, en: packed });

/** @throws Error when the file is missing, broken or of another model. */
export async function readCentres(model: VerifiedModel): Promise<LanguageCentres> {
  const file = centresFile(model);
  const { modelDigest, ...centres } = await readFile(file, 'utf8')
    .then((text) => centresSchema.parse(JSON.parse(text)))
    .catch((error: unknown) => {
      throw new Error(`The language centres of the model cannot be read: ${file}`, { cause: error });
    });
  if (modelDigest !== model.digest || Object.values(centres).some((centre) => centre.length !== model.dimension))
    throw new Error(`The language centres are of another model; run npx tsx scripts/write-centres.ts: ${file}`);
  return centres;
}
