/** A made-up cluster of any size: seed sentences in new combinations, their vectors moved a little. */

import os from 'node:os';
import path from 'node:path';
import { packVector, textDigest } from '../../src/app/facet-vectors.ts';
import { composeEngine, type Engine } from '../../src/compose.ts';
import { facetsOfMember } from '../../src/domain/facet.ts';
import { memberKinds, type Member } from '../../src/domain/member.ts';
import { createLog } from '../../src/log.ts';
import { randomFrom } from './measure.ts';
import { seedSentences } from './sentences.ts';

const facetsPerMember = 10;
const batch = 500;
/** How far a vector is moved, in each of its numbers: the nearest neighbours of random pairs differ. */
const jitter = 0.03;

/** An engine in memory with about `facets` facets, followed by its catalog; the graph, if any, is kept in `cacheDir`. */
export async function madeUpCluster(facets: number, cacheDir: string): Promise<Engine> {
  const engine = await composeEngine({
    storeFile: ':memory:',
    cacheDir,
    spoolDir: os.tmpdir(),
    now: '2026-11-21',
    log: createLog('warn', 2),
  });
  const sentences = seedSentences();
  const known = new Map((await engine.embedder.embed(sentences)).map((vector, i) => [sentences[i]!, vector]));
  const random = randomFrom(7);
  const pick = () => sentences[Math.floor(random() * sentences.length)]!;
  const moved = (vector: Float32Array) => {
    const other = vector.map((value) => value + jitter * (2 * random() - 1));
    const norm = Math.hypot(...other);
    return other.map((value) => value / norm);
  };
  for (let i = 0; i * facetsPerMember < facets;) {
    const docs: Member[] = [];
    for (; docs.length < batch && i * facetsPerMember < facets; i++)
      docs.push({
        id: `m${String(i).padStart(6, '0')}`,
        kind: memberKinds[i % memberKinds.length]!,
        name: `Member ${i}`,
        offers: [pick(), pick(), pick(), pick()],
        seeks: [pick(), pick(), pick()],
        summary: pick(),
      });
    await engine.store.collection('members').writeMany(docs.map((doc) => ({ op: 'insert', id: doc.id, doc })));
    await engine.store.collection('vectors').writeMany(
      docs.map((doc) => ({
        op: 'insert',
        id: `member:${doc.id}`,
        doc: {
          modelDigest: engine.embedder.modelDigest,
          dimension: engine.embedder.dimension,
          vectors: Object.fromEntries(
            facetsOfMember(doc).map(({ text }) => [
              textDigest(text),
              packVector(moved(known.get(text) ?? known.get(doc.offers![0]!)!)),
            ]),
          ),
        },
      })),
    );
  }
  await engine.catalog.refresh();
  const folder = path.join(cacheDir, `bench-graph-${facets}`);
  if (!(await engine.index.restore(folder, engine.embedder.modelDigest)) && engine.index.maintain(0)) {
    process.stderr.write(`Building the graph of ${engine.index.size} facets (kept for the next run)\n`);
    while (engine.index.maintain(1000));
    await engine.index.save(folder, engine.embedder.modelDigest);
  }
  while (engine.index.maintain(1000));
  return engine;
}
