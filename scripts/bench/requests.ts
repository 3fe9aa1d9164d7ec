/** A match request against the same searches alone on a bare hnswlib index, the index against exact, memory. */
import hnswlib from 'hnswlib-node';
import type { Engine } from '../../src/compose.ts';
import type { MemberParty } from '../../src/domain/match/party.ts';
import { createExactIndex } from '../../src/adapters/vectors/exact.ts';
import { madeUpCluster } from './cluster.ts';
import { median, quantile, seconds, type Figure } from './measure.ts';

const neighbours = 100;
const subjects = 40;
const dimension = 384;
/** The memory of a smaller cluster drowns in that of the process. */
const enoughToWeigh = 10_000;

export async function benchRequests(facets: number, cacheDir: string): Promise<Figure[]> {
  const before = residentBytes();
  const engine = await madeUpCluster(facets, cacheDir);
  try {
    const memory = (residentBytes() - before) / [...engine.catalog.members()].length;
    const bare = bareIndex(engine);
    const asked = sample(engine);
    const ratios: number[] = [];
    const coldMs: number[] = [];
    for (const member of asked) {
      const search = () => {
        for (const role of ['profile', 'ask'] as const)
          for (const { vector } of member.byRole[role]) bare.searchKnn(Array.from(vector!), neighbours);
      };
      const request = () =>
        engine.matching.list({
          subjectType: 'member',
          subjectId: member.id,
          kind: 'partners',
          limit: 10,
          lang: 'nb',
          full: false,
        });
      search();
      const alone = await seconds(search);
      const whole = await seconds(request);
      ratios.push(whole / alone);
      coldMs.push(whole * 1000);
    }
    return [
      {
        measure: `match request / the same searches on bare hnswlib, ${facets} facets`,
        figure: median(ratios).toFixed(1),
        goal: '<= 3',
        detail: `partners, nothing kept: median ${median(coldMs).toFixed(1)} ms, p95 ${quantile(coldMs, 0.95).toFixed(1)} ms`,
      },
      {
        measure: `recall@10 of the index against exact, ${facets} facets`,
        figure: recall(engine, asked).toFixed(3),
        goal: '>= 0.99',
        detail: `served by ${engine.index.serving}`,
      },
      ...(facets < enoughToWeigh
        ? []
        : [
            {
              measure: `memory per member, ${facets} facets`,
              figure: `${(memory / 1000).toFixed(0)} kB`,
              goal: 'reported',
              detail: '10 facets each: documents, vectors, grams and index, store in memory included',
            },
          ]),
    ];
  } finally {
    await engine.close(0);
  }
}

const residentBytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().rss;
};

function* facetVectors(engine: Engine): Generator<{ key: string; vector: Float32Array }> {
  for (const member of engine.catalog.members())
    for (const [i, { vector }] of member.facets.entries())
      if (vector !== undefined) yield { key: `member:${member.id}#${i}`, vector };
}

/** Built as small as hnswlib's own defaults do it: building is not what is measured, searching is. */
function bareIndex(engine: Engine) {
  const index = new hnswlib.HierarchicalNSW('cosine', dimension);
  index.initIndex({ maxElements: engine.index.size, m: 16, efConstruction: 60 });
  let label = 0;
  for (const { vector } of facetVectors(engine)) index.addPoint(Array.from(vector), label++);
  index.setEf(128);
  return index;
}

function sample(engine: Engine): MemberParty[] {
  const all = [...engine.catalog.members()];
  const step = Math.max(1, Math.floor(all.length / subjects));
  return all.filter((_member, i) => i % step === 0).slice(0, subjects);
}

function recall(engine: Engine, asked: readonly MemberParty[]): number {
  const exact = createExactIndex(dimension);
  for (const { key, vector } of facetVectors(engine)) exact.set(key, vector);
  const shares = asked.map((member) => {
    const vector = member.byRole.ask[0]!.vector!;
    const found = new Set(engine.index.search(vector, 10).map(({ key }) => key));
    return exact.search(vector, 10).filter(({ key }) => found.has(key)).length / 10;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
