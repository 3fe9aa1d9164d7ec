import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import type { z } from 'zod';
import { bundleList } from '../../src/app/schemas/bundle.ts';
import { jointList } from '../../src/app/schemas/joint.ts';
import { matchAnswer, matchList } from '../../src/app/schemas/match.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
let service: RunningService;
beforeAll(async () => {
  service = await startService(folder, { seed: true });
  await service.idle();
});
afterAll(() => service.close());
const get = (path: string) => request(service.app).get(`/api/v1/${path}`);
const bundles = async (needId: string, query = ''): Promise<z.infer<typeof bundleList>> => {
  const answer = await get(`needs/${needId}/bundles${query}`);
  expect([needId, answer.status]).toEqual([needId, 200]);
  return bundleList.parse(answer.body);
};
const joint = async () => jointList.parse((await get('needs/joint')).body);
const patch = (path: string, body: object) =>
  request(service.app)
    .patch(`/api/v1/${path}`)
    .set({ 'Content-Type': 'application/merge-patch+json', 'If-Match': '*' })
    .send(JSON.stringify(body));
const idsOf = ({ members }: z.infer<typeof bundleList>['items'][number]) => members.map(({ member }) => member.id);

test('a need of several parts gets suppliers that cover it together, with quotations that are stored', async () => {
  const { outcome, items, mustHaves, severalParts } = await bundles('s-n02', '?lang=en');
  expect(outcome.code).toBe('bundles');
  expect(idsOf(items[0]!).sort()).toEqual(['s-m03', 's-m04', 's-m48']);
  expect(severalParts?.field).toBe('description');
  const covered = new Set<number>();
  for (const { member, covers, partly, brings, requirements } of items[0]!.members) {
    expect(brings.length).toBeGreaterThan(0);
    expect(requirements.map(({ index }) => index)).toEqual(mustHaves.map(({ index }) => index));
    for (const index of [...covers, ...partly]) covered.add(index);
    const stored = (await get(`members/${member.id}`)).body as Record<string, unknown>;
    for (const { evidence, coverage } of requirements) {
      if (coverage === 'not') expect(evidence).toBeUndefined();
      if (evidence === undefined) continue;
      expect(fieldOf(stored, evidence.field).slice(evidence.start, evidence.end)).toBe(evidence.quote);
    }
  }
  expect(items[0]!.uncovered).toEqual(mustHaves.flatMap(({ index }) => (covered.has(index) ? [] : [index])));
  const { delivery, contract } = items[0]!;
  expect(idsOf(items[0]!)).toContain(delivery.leadId);
  expect([delivery.reasons.length, contract.reasons.length].every((count) => count > 0)).toBe(true);
});

test('where one supplier covers it all, that supplier is the answer, with the reason in the language asked for', async () => {
  const { outcome, items, single } = await bundles('s-n01', '?lang=en');
  expect([outcome.code, items]).toEqual(['one-covers-all', []]);
  expect(outcome.label).toMatch(/competition law/u);
  expect(single?.member.id).toBe('s-m01');
});

test('matches, pair answers and bundles judge the same must-have of the same supplier alike', async () => {
  type Judged = { index: number; coverage: string; degree: number; certificate?: unknown; evidence?: unknown };
  const told = (requirements: readonly Judged[]) =>
    requirements.map(({ index, coverage, degree, certificate, evidence }) => {
      return { index, coverage, degree, certificate, evidence };
    });
  for (const needId of ['s-n01', 's-n02', 's-n12']) {
    const { items, single } = await bundles(needId, '?limit=10');
    const inBundles = new Map(
      [...items.flatMap(({ members }) => members), ...(single === undefined ? [] : [single])].map((one) => [
        one.member.id,
        told(one.requirements),
      ]),
    );
    const path = `needs/${needId}/matches/suppliers`;
    const suppliers = matchList.parse((await get(`${path}?limit=50&explain=full`)).body).items;
    const listed = suppliers.filter(({ candidate }) => inBundles.has(candidate.id));
    expect(listed.length).toBeGreaterThan(0);
    for (const { candidate, requirements } of listed) {
      const wanted = inBundles.get(candidate.id)!;
      expect([needId, candidate.id, told(requirements!)]).toEqual([needId, candidate.id, wanted]);
      const customers = `members/${candidate.id}/matches/customers?candidateType=need&limit=50&explain=full`;
      const own = matchList.parse((await get(customers)).body).items.find((item) => item.candidate.id === needId);
      if (own !== undefined) expect(told(own.requirements!)).toEqual(wanted);
    }
    // A pair answer says so too for whoever is not listed.
    for (const [id, wanted] of inBundles)
      expect(told(matchAnswer.parse((await get(`${path}/${id}`)).body).match!.requirements!)).toEqual(wanted);
    for (const { coverage, label } of suppliers.flatMap((item) => item.requirements!))
      expect(label).toBe(coverage === 'not' ? 'Ingen belegg funnet' : undefined);
  }
});

test('the answer is the same byte for byte, and limit cuts it', async () => {
  const path = 'needs/s-n12/bundles?limit=10';
  const all = await bundles('s-n12', '?limit=10');
  expect((await get(path)).text).toBe((await get(path)).text);
  expect(all.items.length).toBeGreaterThan(1);
  expect((await bundles('s-n12', '?limit=1')).items).toEqual(all.items.slice(0, 1));
  expect(idsOf(all.items[0]!)).toContain('s-m47');
});

test('a need past its deadline gets no bundle', async () => {
  const { outcome, items } = await bundles('s-n14');
  expect([outcome.code, items]).toEqual(['need-expired', []]);
});

test('a supplier that opts out, or is a declared competitor of another, is in no bundle with it', async () => {
  const before = (await bundles('s-n10')).items.map(idsOf);
  expect(before[0]?.sort()).toEqual(['s-m09', 's-m20']);
  expect((await patch('members/s-m20', { competesWith: ['s-m09'] })).status).toBe(200);
  for (const ids of (await bundles('s-n10', '?limit=10')).items.map(idsOf))
    expect(ids).not.toEqual(expect.arrayContaining(['s-m09', 's-m20']));
  expect((await patch('members/s-m20', { competesWith: null, matching: { optedOut: true } })).status).toBe(200);
  const after = await bundles('s-n10', '?limit=10');
  expect([...after.items.flatMap(idsOf), after.single?.member.id]).not.toContain('s-m20');
});

test('a supplier whose introduction to the need was turned down is not proposed for it again', async () => {
  const post = (path: string, body: object) => request(service.app).post(`/api/v1/introductions${path}`).send(body);
  expect(idsOf((await bundles('s-n02')).items[0]!)).toContain('s-m48');
  const made = await post('', {
    subjectType: 'need',
    subjectId: 's-n02',
    counterpartType: 'member',
    counterpartId: 's-m48',
  });
  expect([made.status, made.body.detail]).toEqual([201, undefined]);
  expect((await bundles('s-n02')).items.flatMap(idsOf)).toContain('s-m48');
  expect((await post(`/${made.body.id}/reject`, { code: 'poor-match' })).status).toBe(200);
  const { items, single } = await bundles('s-n02', '?limit=10');
  expect([...items.flatMap(idsOf), single?.member.id]).not.toContain('s-m48');
});

test('the same need of another public body becomes a joint need, and leaves when its deadline has passed', async () => {
  expect((await joint()).items).toEqual([]);
  const need = {
    id: 'tolk-2',
    ownerId: 's-m38',
    title: 'Tolk med en gang',
    description:
      'Legevakten venter for lenge på tolk. Vi vil ha kvalifisert tolk på video i løpet av minutter, også om kvelden.',
    mustHave: ['Tolk på video innen få minutter', 'Tolk på kveld og helg'],
    sectors: ['tolk', 'legevakt'],
    deadline: '2027-01-31',
  };
  expect((await request(service.app).post('/api/v1/needs').send(need)).status).toBe(201);
  await service.idle();
  const [found, ...more] = (await joint()).items;
  expect(more).toEqual([]);
  expect(found!.needs.map(({ need: { id }, owner }) => [id, owner.id])).toEqual([
    ['s-n05', 's-m34'],
    ['tolk-2', 's-m38'],
  ]);
  expect(found!.shared[0]!.quotations.map(({ needId }) => needId)).toEqual(['s-n05', 'tolk-2']);
  expect(found!.apart.map(({ quote }) => quote)).toContain('Oversikt over bruk per avdeling');
  expect((await patch('needs/tolk-2', { deadline: '2026-11-20' })).status).toBe(200);
  expect((await joint()).items).toEqual([]);
});

test('themes are named by words that their centre has written', async () => {
  const { themes } = await joint();
  expect(themes.length).toBeGreaterThan(0);
  for (const { name, centre, parties, sharedSectors } of themes) {
    const stored = (await get(`${centre.type}s/${centre.id}`)).body as Record<string, unknown>;
    expect(fieldOf(stored, name.field).slice(name.start, name.end)).toBe(name.quote);
    expect(parties.map(({ party }) => party.id)).toContain(centre.id);
    expect(sharedSectors.length).toBeGreaterThan(0);
  }
});

test.each([
  ['needs/nobody/bundles', 404, 'not-found'],
  ['needs/s-n01/bundles?limit=11', 422, 'invalid'],
  ['needs/s-n01/bundles?lang=sv', 422, 'invalid'],
  ['needs/joint?limit=0', 422, 'invalid'],
  ['needs/joint?colour=red', 422, 'invalid'],
])('%s is answered with %d', async (path, status, code) => {
  const answer = await get(path);
  expect([answer.status, answer.body.type]).toEqual([status, `/problems/${code}`]);
});

test('no need can take the address of the joint needs', async () => {
  const answer = await request(service.app).post('/api/v1/needs').send({ id: 'joint', ownerId: 's-m34', title: 'X' });
  expect([answer.status, answer.body.errors[0].field]).toEqual([422, 'id']);
});

function fieldOf(doc: Record<string, unknown>, path: string): string {
  const [, name, index] = /^(\w+)(?:\[(\d+)\])?$/u.exec(path)!;
  const value = doc[name!];
  return (index === undefined ? value : (value as string[])[Number(index)]) as string;
}
