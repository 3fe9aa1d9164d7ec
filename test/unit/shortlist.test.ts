import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { createExactIndex } from '../../src/adapters/vectors/exact.ts';
import { createCatalog } from '../../src/app/catalog.ts';
import { facetKey, packVector, textDigest } from '../../src/app/facet-vectors.ts';
import { createMatching } from '../../src/app/matching.ts';
import { facetsOfMember } from '../../src/domain/facet.ts';
import type { Member } from '../../src/domain/member.ts';
import { fixedClock } from '../../src/compose.ts';

/** More than are judged one by one, so that only those who are found take part. */
const investors = 2400;
const dimension = 4;
const store = openSqliteStore(':memory:');
const index = createExactIndex(dimension);
const catalog = createCatalog(store, index);
const matching = createMatching({ catalog, clock: fixedClock('2026-11-21') });

const unit = (angle: number) => Float32Array.from([Math.cos(angle), Math.sin(angle), 0, 0]);
const investor = (i: number): Member => ({
  id: `i${String(i).padStart(4, '0')}`,
  kind: 'investor',
  name: `Investor ${i}`,
  thesis: i === 700 ? 'Investerer i fotsårmåling.' : `Investerer bredt, nummer ${i}.`,
  // Half of them are closed by a gate: those must not take the place of the others.
  ticketMinNok: i % 2 === 0 ? 1_000_000 : 900_000_000,
});
const startup: Member = {
  id: 's',
  kind: 'startup',
  name: 'Selskapet',
  fundingStage: 'seed',
  raisingNok: 5_000_000,
  offers: ['Utstyr for fotsårmåling'],
};

async function keep(doc: Member, angle: number) {
  await store.collection('members').insert(doc.id, doc);
  const vectors = Object.fromEntries(
    facetsOfMember(doc).map((facet) => [textDigest(facet.text), packVector(unit(angle))]),
  );
  await store.collection('vectors').insert(`member:${doc.id}`, { modelDigest: 'm', dimension, vectors });
}

beforeAll(async () => {
  await keep(startup, 0);
  for (let i = 0; i < investors; i++) await keep(investor(i), i === 700 ? Math.PI : 0.001 * (i + 1));
});
afterAll(() => store.close());

test('a large cluster is searched by meaning and by words, among those whose gates are open', async () => {
  const ranked = await matching.rankAll('investors', 'member', 's');
  const found = ranked.map((one) => one.party.id);
  expect(index.search(unit(0), 2)[0]!.key).toBe(facetKey('member:s', 0));
  // The nearest by vector, without the odd ones, whose smallest ticket is above the round.
  expect(found).toContain('i0000');
  expect(found).toContain('i0020');
  expect(found.filter((id) => Number(id.slice(1)) % 2 === 1)).toEqual([]);
  // Its vector points away; only the word finds it.
  expect(found).toContain('i0700');
  expect(found.length).toBeLessThan(investors / 2);
});

test('how many a gate closed is counted over everyone, not over those that were found', async () => {
  const list = await matching.list({
    subjectType: 'member',
    subjectId: 's',
    kind: 'investors',
    limit: 1,
    lang: 'nb',
    full: false,
  });
  expect(list.closed).toEqual({ 'ticket-above-round': investors / 2 });
});
