import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { z } from 'zod';
import { matchAnswer, matchList } from '../../src/app/schemas/match.ts';
import { readSeed } from '../../src/app/seed.ts';
import { seedDir, startService, today, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
let service: RunningService;
beforeAll(async () => {
  service = await startService(folder, { seed: true });
  await service.idle();
});
afterAll(() => service.close());
const get = (path: string) => request(service.app).get(`/api/v1/${path}`);
const list = async (path: string): Promise<z.infer<typeof matchList>> => {
  const answer = await get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return matchList.parse(answer.body);
};

const routes = [
  'members/s-m01/matches/investors',
  'members/s-m25/matches/startups',
  'members/s-m03/matches/partners',
  'members/s-m01/matches/customers',
  'needs/s-n01/matches/suppliers',
];

describe.each(routes)('%s', (route) => {
  test('lists the best first, each above the floor, with reasons that quote what is stored', async () => {
    const { items, floor, computedAt } = await list(route);
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThanOrEqual(10);
    expect(items.map((item) => item.rank)).toEqual(items.map((_, i) => i + 1));
    const scores = items.map((item) => item.score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(floor);
    expect(computedAt.slice(0, 10)).toBe(today);
    for (const { candidate, reasons } of items) {
      const stored = (await get(`${candidate.type}s/${candidate.id}`)).body as Record<string, unknown>;
      for (const reason of reasons) {
        if (reason.type !== 'quotation') continue;
        const { field, start, end, quote } = reason.candidate;
        expect(fieldOf(stored, field).slice(start, end)).toBe(quote);
      }
    }
  });

  test('is the same byte for byte when asked again', async () => {
    expect((await get(route)).text).toBe((await get(route)).text);
  });

  test('takes limit and language, and tells why for each listed candidate', async () => {
    const { items } = await list(`${route}?limit=1&lang=en&explain=full`);
    expect(items).toHaveLength(1);
    expect(items[0]!.features).toBeDefined();
    const why = matchAnswer.parse((await get(`${route}/${items[0]!.candidate.id}?lang=en`)).body);
    expect(why.closed).toBeUndefined();
    expect(why.match).toMatchObject({ rank: 1, listed: true, score: items[0]!.score });
  });
});

test('a pair that a gate closes says which and why, in the language asked for', async () => {
  const { closed } = await list('members/s-m01/matches/investors?limit=50');
  const codes = Object.keys(closed);
  expect(codes.length).toBeGreaterThan(0);
  const investors = (await get('members?kind=investor&limit=200')).body.items as { id: string }[];
  const answers = await Promise.all(
    investors.map(async ({ id }) =>
      matchAnswer.parse((await get(`members/s-m01/matches/investors/${id}?lang=en`)).body),
    ),
  );
  const shut = answers.flatMap((answer) => answer.closed ?? []);
  expect([...new Set(shut.map((gate) => gate.code))].sort()).toEqual(codes.sort());
  for (const gate of shut) expect(gate.sentence).toMatch(/\w+ \w+/);
});

test('what would lift a pair opens it far enough to be listed, or lifts it by a fiftieth', async () => {
  const members = (await get('members?limit=200')).body.items as { id: string; kind: string }[];
  const [startups, investors] = [
    members.filter(({ kind }) => kind === 'startup'),
    members.filter(({ kind }) => kind === 'investor'),
  ];
  let lifted = 0;
  for (const startup of startups.slice(0, 5))
    for (const investor of investors) {
      const path = `members/${startup.id}/matches/investors/${investor.id}`;
      const { lifts, match } = matchAnswer.parse((await get(path)).body);
      for (const { before, after, field } of lifts) {
        lifted++;
        const isTold =
          before === null ? after! >= 0.1 : after! >= before + 0.02 - 1e-9 || (before < 0.1 && after! >= 0.1);
        expect([path, field, isTold]).toEqual([path, field, true]);
        expect(before === null).toBe(match === undefined);
      }
    }
  expect(lifted).toBeGreaterThan(0);
});

test.each([
  ['members/nobody/matches/investors', 404, 'not-found'],
  ['needs/nobody/matches/suppliers', 404, 'not-found'],
  ['members/s-m25/matches/investors', 422, 'match-not-applicable'],
  ['members/s-m01/matches/startups', 422, 'match-not-applicable'],
  ['members/s-m01/matches/suppliers', 404, 'not-found'],
  ['members/s-m01/matches/investors?limit=51', 422, 'invalid'],
  ['members/s-m01/matches/investors?limit=0', 422, 'invalid'],
  ['members/s-m01/matches/investors?lang=sv', 422, 'invalid'],
  ['members/s-m01/matches/investors?explain=some', 422, 'invalid'],
  ['members/s-m01/matches/investors?candidateType=need', 422, 'invalid'],
  ['members/s-m01/matches/investors?colour=red', 422, 'invalid'],
  ['members/s-m01/matches/investors/nobody', 404, 'not-found'],
  ['members/s-m01/matches/partners/s-n01', 404, 'not-found'],
])('%s is answered with %d', async (path, status, code) => {
  const answer = await get(path);
  expect([answer.status, answer.body.type]).toEqual([status, `/problems/${code}`]);
});

test('customers can be asked for one type of candidate', async () => {
  for (const type of ['need', 'member'] as const) {
    const { items } = await list(`members/s-m01/matches/customers?candidateType=${type}&limit=50`);
    expect(new Set(items.map((item) => item.candidate.type))).toEqual(new Set([type]));
  }
});

test('a client that names the ETag it has gets the list again only after something was written', async () => {
  const path = 'members/s-m01/matches/partners';
  const etag = (await get(path)).headers['etag'] as string;
  expect((await get(path).set('If-None-Match', etag)).status).toBe(304);
  const added = { id: 'etag-test', kind: 'service', name: 'Etag AS', offers: ['Helt noe annet'] };
  expect((await request(service.app).post('/api/v1/members').send(added)).status).toBe(201);
  await service.idle();
  expect((await get(path).set('If-None-Match', etag)).status).toBe(200);
  expect((await request(service.app).delete('/api/v1/members/etag-test').set('If-Match', '*')).status).toBe(204);
});

test('the three examples of the start page exist and have an answer', async () => {
  for (const { subjectType, subjectId, kind } of (await readSeed(seedDir)).examples)
    expect((await list(`${subjectType}s/${subjectId}/matches/${kind}`)).items.length).toBeGreaterThan(0);
  const page = (await request(service.app).get('/')).text;
  expect(page.match(/<blockquote>/gu)?.length).toBeGreaterThanOrEqual(3);
});

function fieldOf(doc: Record<string, unknown>, path: string): string {
  const [, name, index] = /^(\w+)(?:\[(\d+)\])?$/u.exec(path)!;
  const value = doc[name!];
  return (index === undefined ? value : (value as string[])[Number(index)]) as string;
}

test('tells advisers how evenly candidates are shown, as the result of a job', async () => {
  const taken = await request(service.app).post('/api/v1/exposure').send({ task: 'supplier_for_need' });
  expect(taken.status).toBe(202);
  await service.idle();
  const { state, result } = (await request(service.app).get(taken.headers['location']!)).body;
  expect(state).toBe('done');
  expect(result).toMatchObject({ task: 'supplier_for_need', bound: 0.35 });
  expect(result.suggestions).toBeGreaterThan(10);
  expect(result.gini).toBeGreaterThanOrEqual(0);
  expect(result.gini).toBeLessThanOrEqual(result.bound);
  const times = (result.shownMost as { times: number }[]).map((one) => one.times);
  expect(times).toEqual(times.toSorted((a, b) => b - a));

  const member = { 'X-Kobling-Actor': 'member:m1' };
  const refused = await request(service.app).post('/api/v1/exposure').set(member).send({ task: 'supplier_for_need' });
  expect(refused.status).toBe(403);
  expect((await request(service.app).post('/api/v1/exposure').send({ task: 'all' })).status).toBe(422);
});
