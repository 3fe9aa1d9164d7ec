import { expect, test } from '@jest/globals';
import { createExactIndex } from '../../src/adapters/vectors/exact.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { createCatalog } from '../../src/app/catalog.ts';
import { textsOf } from '../../src/app/embedding.ts';
import { packVector, textDigest } from '../../src/app/facet-vectors.ts';
import { createMatching } from '../../src/app/matching.ts';
import { createSuggest } from '../../src/app/suggest.ts';
import type { Member } from '../../src/domain/member.ts';

const store = openSqliteStore(':memory:');
const clock = { now: () => new Date('2026-11-21T12:00:00Z') };
const catalog = createCatalog(store, createExactIndex(4));
const matching = createMatching({ catalog, clock });
const suggest = createSuggest({ store, catalog, matching, clock });
const [startup, investor]: [Member, Member] = [
  { id: 's', kind: 'startup', name: 'S', offers: ['Radar for beds'], seeks: ['Seed money for radar'], raisingNok: 5e6 },
  { id: 'i', kind: 'investor', name: 'I', thesis: 'Radar for beds in nursing homes, seed money' },
];
const embed = async (doc: Member) => {
  const vectors = Object.fromEntries(
    textsOf('member', doc).map((text) => [textDigest(text), packVector(Float32Array.of(1, 0, 0, 0))]),
  );
  await store.collection('vectors').insert(`member:${doc.id}`, { modelDigest: 'm', dimension: 4, vectors });
};
const question = { subjectType: 'member', subjectId: 's', kind: 'investors' } as const;
const list = () => matching.list({ ...question, limit: 5, lang: 'en', full: false });
const suggested = () => suggest({ ...question, from: 'matches' }, { name: 'Ada', role: 'adviser' });

test('answers tell how many texts are not embedded yet, and nothing is suggested from them', async () => {
  for (const doc of [startup, investor]) await store.collection('members').insert(doc.id, doc);
  const [own, others] = [startup, investor].map((doc) => textsOf('member', doc).length) as [number, number];
  expect(await list()).toMatchObject({ pendingTexts: own + others });
  await embed(startup);
  expect(await list()).toMatchObject({ pendingTexts: others });
  expect(await matching.explain({ ...question, candidateId: 'i', lang: 'en' })).toMatchObject({ pendingTexts: others });
  const early = await suggested();
  expect(early).toMatchObject({ created: [], pendingTexts: others });
  expect(early.skipped.map(({ why }) => why)).toEqual(early.skipped.map(() => 'not-embedded-yet'));
  expect(await store.collection('introductions').count()).toBe(0);

  await embed(investor);
  const { items, pendingTexts } = await list();
  expect([items.length, pendingTexts]).toEqual([1, 0]);
  expect(await suggested()).toMatchObject({ created: [{ score: items[0]!.score }], skipped: [], pendingTexts: 0 });
});
