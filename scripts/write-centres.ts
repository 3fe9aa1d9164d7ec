/**
 * Writes models/<name>/centres.json: the mean vector of the seed's texts in each language. Run after replacing the model:
 * `npx tsx scripts/write-centres.ts`. Adding seed texts later is no reason to: the means hardly move, and scores would.
 */
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { centresFile } from '../src/adapters/embedder/centres.ts';
import { openChildEmbedder } from '../src/adapters/embedder/child-embedder.ts';
import { verifyModel } from '../src/adapters/embedder/manifest.ts';
import { packVector } from '../src/app/facet-vectors.ts';
import { memberSchema } from '../src/app/schemas/member.ts';
import { needSchema } from '../src/app/schemas/need.ts';
import { dated, readSeed } from '../src/app/seed.ts';
import { facetsOfMember, facetsOfNeed } from '../src/domain/facet.ts';
import { languages } from '../src/domain/member.ts';
import { projectRoot } from '../src/project-root.ts';

const model = await verifyModel(path.join(projectRoot(), 'models'));
const seed = await readSeed(path.join(projectRoot(), 'seed'));
const start = new Date();
const owners = [
  ...seed.members
    .map((line) => memberSchema.parse(dated(line, start)))
    .map((doc) => ({ doc, facets: facetsOfMember(doc) })),
  ...seed.needs.map((line) => needSchema.parse(dated(line, start))).map((doc) => ({ doc, facets: facetsOfNeed(doc) })),
];
const embedder = openChildEmbedder({ model, processes: os.availableParallelism() });
const centres: Record<string, string> = {};
for (const language of languages) {
  const texts = owners
    .filter(({ doc }) => doc.language === language)
    .flatMap(({ facets }) => facets.map((facet) => facet.text));
  const vectors = await embedder.embed(texts);
  centres[language] = packVector(
    Float32Array.from(
      { length: model.dimension },
      (_none, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length,
    ),
  );
  console.log(`${language}: ${texts.length} texts`);
}
await embedder.close();
await writeFile(centresFile(model), `${JSON.stringify({ modelDigest: model.digest, ...centres }, null, 1)}\n`);
