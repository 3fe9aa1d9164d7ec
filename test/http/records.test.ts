import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
let service: RunningService;
beforeAll(async () => {
  service = await startService(folder);
});
afterAll(() => service.close());

const api = () => request(service.app);
let number = 0;
const newMember = async (fields: object = {}) => {
  const id = `t${++number}`;
  const answer = await api()
    .post('/api/v1/members')
    .send({ id, kind: 'startup', name: `Member ${id}`, ...fields });
  expect(answer.status).toBe(201);
  return { id, etag: answer.headers['etag'] as string };
};
const newNeed = async (ownerId: string, fields: object = {}) => {
  const answer = await api()
    .post('/api/v1/needs')
    .send({ ownerId, title: 'A need', ...fields });
  expect(answer.status).toBe(201);
  return answer.body.id as string;
};
const codes = (body: { errors?: { field: string; code: string }[] }) =>
  (body.errors ?? []).map(({ field, code }) => `${field} ${code}`);

describe('POST', () => {
  test('adds a member under an id of the server and says where it is', async () => {
    const answer = await api().post('/api/v1/members').send({ kind: 'investor', name: 'Fjordkapital' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^m-[a-z0-9]{16}$/),
      kind: 'investor',
      name: 'Fjordkapital',
    });
    expect(answer.headers['location']).toBe(`/api/v1/members/${answer.body.id}`);
    expect(answer.headers['etag']).toBe('"1"');
    const read = await api().get(answer.headers['location']!);
    expect(read.body).toEqual(answer.body);
  });

  test('takes null as unknown and stores one way to say it', async () => {
    const { id } = await newMember({ trl: null, county: null, contact: { email: null, name: 'Kari' } });
    const read = await api().get(`/api/v1/members/${id}`);
    expect(read.body).toEqual({ id, kind: 'startup', name: `Member ${id}`, contact: { name: 'Kari' } });
  });

  test('answers 409 when the id is taken', async () => {
    const { id } = await newMember();
    const answer = await api().post('/api/v1/members').send({ id, kind: 'startup', name: 'Again' });
    expect(answer.status).toBe(409);
    expect(codes(answer.body)).toEqual(['id taken']);
  });

  test('answers 409 when the organisation number is taken', async () => {
    await newMember({ orgNumber: '310000019' });
    const answer = await api().post('/api/v1/members').send({ kind: 'startup', name: 'Twin', orgNumber: '310000019' });
    expect(answer.status).toBe(409);
    expect(codes(answer.body)).toEqual(['orgNumber taken']);
  });

  test('answers 422 with every field that is wrong', async () => {
    const answer = await api()
      .post('/api/v1/members')
      .send({ kind: 'bank', trl: 10, employees: 1.5, contact: { email: 'x', fax: '1' }, shoeSize: 44 });
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.body).toMatchObject({ type: '/problems/invalid', status: 422, instance: '/api/v1/members' });
    expect(codes(answer.body).sort()).toEqual([
      'contact.email invalid_format',
      'contact.fax unknown_field',
      'employees invalid_type',
      'kind invalid_value',
      'name required',
      'shoeSize unknown_field',
      'trl too_big',
    ]);
  });

  test('answers 422 when ticketMaxNok is below ticketMinNok, and when an organisation number does not check', async () => {
    const answer = await api()
      .post('/api/v1/members')
      .send({ kind: 'investor', name: 'X', ticketMinNok: 5, ticketMaxNok: 4 });
    expect(codes(answer.body)).toEqual(['ticketMaxNok custom']);
    const number = await api().post('/api/v1/members').send({ kind: 'startup', name: 'X', orgNumber: '310000001' });
    expect(codes(number.body)).toEqual(['orgNumber custom']);
  });

  test('refuses a need without a known owner', async () => {
    const answer = await api().post('/api/v1/needs').send({ ownerId: 'nobody', title: 'A need' });
    expect(answer.status).toBe(422);
    expect(codes(answer.body)).toEqual(['ownerId unknown_member']);
  });

  test.each([
    ['{"kind":', 400, 'malformed-json'],
    ['"text"', 422, 'invalid'],
    ['[]', 422, 'invalid'],
    ['null', 422, 'invalid'],
    ['', 422, 'invalid'],
  ])('answers the body %p with %d', async (body, status, code) => {
    const answer = await api().post('/api/v1/members').set('Content-Type', 'application/json').send(body);
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${code}`]);
  });

  test('answers 413 over 1 MB, 415 for another type, 422 for JSON that is nested without end', async () => {
    const post = (type: string, body: string) => api().post('/api/v1/members').set('Content-Type', type).send(body);
    expect((await post('application/json', JSON.stringify({ name: 'x'.repeat(1_000_000) }))).status).toBe(413);
    expect((await post('text/plain', '{}')).status).toBe(415);
    const deep = await post('application/json', `{"kind":${'['.repeat(90_000)}${']'.repeat(90_000)}}`);
    expect([deep.status, codes(deep.body)]).toEqual([422, [' too_deep']]);
  });

  test('names a hundred faults at most', async () => {
    const body = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i]));
    const answer = await api().post('/api/v1/members').send(body);
    expect(answer.body.errors).toHaveLength(100);
  });
});

describe('GET', () => {
  test('answers 404 for an id that is not here, 304 for an ETag that still holds', async () => {
    expect((await api().get('/api/v1/members/nobody')).status).toBe(404);
    const { id, etag } = await newMember();
    const same = await api().get(`/api/v1/members/${id}`).set('If-None-Match', etag);
    expect([same.status, same.text]).toEqual([304, '']);
  });

  test('lists page by page until nextCursor is null, each entry once', async () => {
    for (let i = 0; i < 5; i++) await newMember({ county: 'Pagefylke' });
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: request.Response = await api()
        .get('/api/v1/members')
        .query({ county: 'pagefylke', limit: 2, ...(cursor === '' ? {} : { cursor }) });
      expect(page.status).toBe(200);
      ids.push(...(page.body.items as { id: string }[]).map((item) => item.id));
      cursor = page.body.nextCursor as string | null;
    }
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
  });

  test('filters members by kind, cluster, county, sector and text', async () => {
    const { id } = await newMember({
      kind: 'hospital',
      clusters: ['OCC', 'NHT'],
      county: 'Filterfylke',
      sectors: ['Sårstell'],
      summary: 'Vi leiter etter noko sjeldan',
    });
    await newMember({ county: 'Filterfylke' });
    for (const query of [
      { county: 'Filterfylke', kind: 'hospital' },
      { county: 'filterfylke', cluster: 'NHT' },
      { sector: 'sårstell' },
      { q: 'SJELDAN' },
    ]) {
      const page = await api().get('/api/v1/members').query(query);
      expect((page.body.items as { id: string }[]).map((item) => item.id)).toEqual([id]);
    }
    expect((await api().get('/api/v1/members').query({ q: 'finst ikkje' })).body).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  test('filters needs by owner, county, sector and text', async () => {
    const { id: ownerId } = await newMember({ kind: 'municipality' });
    const id = await newNeed(ownerId, { county: 'Behovsfylke', sectors: ['rtls'], mustHave: ['Særkrav'] });
    for (const query of [{ ownerId }, { county: 'Behovsfylke' }, { sector: 'RTLS' }, { q: 'særkrav' }]) {
      const page = await api().get('/api/v1/needs').query(query);
      expect((page.body.items as { id: string }[]).map((item) => item.id)).toEqual([id]);
    }
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'limit=',
    'limit=1&limit=2',
    'kind=bank',
    'cursor=!',
    'colour=red',
    'q=',
  ])('refuses the query %s', async (query) => {
    const answer = await api().get(`/api/v1/members?${query}`);
    expect([answer.status, answer.body.type]).toEqual([422, '/problems/invalid']);
    expect(answer.body.errors[0].field).toBe(query.split('=')[0]);
  });
});

describe('PUT and PATCH', () => {
  test.each(['put', 'patch'] as const)('%s needs If-Match, and one that holds', async (method) => {
    const { id } = await newMember();
    const body = { kind: 'company', name: 'New name' };
    const send = (etag?: string) => {
      const call = api()[method](`/api/v1/members/${id}`).send(body);
      return etag === undefined ? call : call.set('If-Match', etag);
    };
    expect((await send()).status).toBe(428);
    for (const etag of ['"7"', 'W/"1"', 'nonsense']) expect((await send(etag)).status).toBe(412);
    const changed = await send('"1"');
    expect([changed.status, changed.headers['etag'], changed.body]).toEqual([200, '"2"', { id, ...body }]);
    expect((await send('"1"')).status).toBe(412);
    expect((await send('*')).status).toBe(200);
  });

  test('of two writers with the same ETag one is refused', async () => {
    const { id, etag } = await newMember();
    const statuses = await Promise.all(
      [1, 2, 3].map(
        async (i) =>
          (
            await api()
              .patch(`/api/v1/members/${id}`)
              .set('If-Match', etag)
              .send({ name: `Writer ${i}` })
          ).status,
      ),
    );
    expect(statuses.sort()).toEqual([200, 412, 412]);
  });

  test.each(['put', 'patch'] as const)('%s with an old ETag is 412 whatever the body says', async (method) => {
    const { id } = await newMember();
    const answer = await api()[method](`/api/v1/members/${id}`).set('If-Match', '"7"').send({ kind: 'bank' });
    expect(answer.status).toBe(412);
  });

  test('PUT never creates', async () => {
    const answer = await api().put('/api/v1/members/absent').set('If-Match', '*').send({ kind: 'startup', name: 'X' });
    expect(answer.status).toBe(404);
    expect((await api().get('/api/v1/members/absent')).status).toBe(404);
  });

  test('PUT drops what the new body does not name', async () => {
    const { id, etag } = await newMember({ county: 'Troms', trl: 4 });
    const answer = await api()
      .put(`/api/v1/members/${id}`)
      .set('If-Match', etag)
      .send({ kind: 'startup', name: 'Bare', trl: 5 });
    expect(answer.body).toEqual({ id, kind: 'startup', name: 'Bare', trl: 5 });
  });

  test('PATCH merges objects, replaces lists and removes with null', async () => {
    const { id, etag } = await newMember({
      county: 'Troms',
      offers: ['a', 'b'],
      contact: { name: 'Kari', email: 'kari@example.org' },
    });
    const answer = await api()
      .patch(`/api/v1/members/${id}`)
      .set('If-Match', etag)
      .set('Content-Type', 'application/merge-patch+json')
      .send(JSON.stringify({ county: null, offers: ['c'], contact: { email: null, phone: '12345678' } }));
    expect(answer.body).toEqual({
      id,
      kind: 'startup',
      name: `Member ${id}`,
      offers: ['c'],
      contact: { name: 'Kari', phone: '12345678' },
    });
  });

  test('PATCH is judged by the whole schema and changes nothing when refused', async () => {
    const { id, etag } = await newMember({ ticketMaxNok: 10 });
    for (const [patch, fault] of [
      ['{"ticketMinNok":11}', 'ticketMaxNok custom'],
      ['{"name":null}', 'name required'],
      ['{"id":"other"}', 'id not_changeable'],
      ['{"name":"Half","constructor":1}', 'constructor unknown_field'],
      ['{"name":"Half","__proto__":{"polluted":1}}', '__proto__ unknown_field'],
      ['[]', ' invalid_type'],
    ] as const) {
      const answer = await api()
        .patch(`/api/v1/members/${id}`)
        .set('If-Match', etag)
        .set('Content-Type', 'application/merge-patch+json')
        .send(patch);
      expect([patch, answer.status, codes(answer.body)]).toEqual([patch, 422, [fault]]);
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((await api().get(`/api/v1/members/${id}`)).headers['etag']).toBe(etag);
  });

  test('a need cannot be given to an owner who is not here', async () => {
    const { id: ownerId } = await newMember({ kind: 'municipality' });
    const id = await newNeed(ownerId);
    const answer = await api().patch(`/api/v1/needs/${id}`).set('If-Match', '"1"').send({ ownerId: 'nobody' });
    expect(codes(answer.body)).toEqual(['ownerId unknown_member']);
  });
});

describe('DELETE', () => {
  test('removes the entry with its vectors', async () => {
    const { id } = await newMember({ offers: ['Noko å gløyme'] });
    await service.idle();
    expect(await service.engine.store.collection('vectors').get(`member:${id}`)).toBeDefined();
    expect((await api().delete(`/api/v1/members/${id}`)).status).toBe(204);
    expect((await api().get(`/api/v1/members/${id}`)).status).toBe(404);
    await service.idle();
    expect(await service.engine.store.collection('vectors').get(`member:${id}`)).toBeUndefined();
    expect((await api().delete(`/api/v1/members/${id}`)).status).toBe(404);
  });

  test('heeds If-Match when it is sent', async () => {
    const { id, etag } = await newMember();
    expect((await api().delete(`/api/v1/members/${id}`).set('If-Match', '"9"')).status).toBe(412);
    expect((await api().delete(`/api/v1/members/${id}`).set('If-Match', etag)).status).toBe(204);
  });

  test('of a member with needs is refused with their ids', async () => {
    const { id: ownerId } = await newMember({ kind: 'municipality' });
    const need = await newNeed(ownerId);
    const refused = await api().delete(`/api/v1/members/${ownerId}`);
    expect([refused.status, refused.body.needs]).toEqual([409, [need]]);
    expect((await api().delete(`/api/v1/needs/${need}`)).status).toBe(204);
    expect((await api().delete(`/api/v1/members/${ownerId}`)).status).toBe(204);
  });
});

test('a write embeds only the texts that changed', async () => {
  const { id, etag } = await newMember({ offers: ['Sporing av utstyr', 'Drift av sensorer'] });
  await service.idle();
  const vectors = service.engine.store.collection('vectors');
  const before = (await vectors.get(`member:${id}`))!.doc.vectors;
  await api().patch(`/api/v1/members/${id}`).set('If-Match', etag).send({ county: 'Agder' });
  await service.idle();
  expect((await vectors.get(`member:${id}`))!.version).toBe(1);
  await api()
    .patch(`/api/v1/members/${id}`)
    .set('If-Match', '*')
    .send({ seeks: ['Ein pilotkunde'] });
  await service.idle();
  const after = (await vectors.get(`member:${id}`))!.doc.vectors;
  expect(after).toMatchObject(before);
  const jobs = await service.engine.queue.list({ state: 'done', limit: 200 });
  const results = jobs.items.filter(({ doc }) => doc.key === `member:${id}`).map(({ doc }) => doc.result);
  expect(results).toEqual([{ embedded: 3 }, { embedded: 0 }, { embedded: 1 }]);
});

test('letters of another encoding are refused, not kept as question marks', async () => {
  const latin = Buffer.from('{"id":"latin","kind":"startup","name":"Bl\u00e5fjell AS"}', 'latin1');
  const answer = await api()
    .post('/api/v1/members')
    .set('Content-Type', 'application/json')
    .serialize((body) => body as never)
    .send(latin);
  expect([answer.status, answer.body.type]).toEqual([400, expect.stringContaining('malformed-json')]);
  expect((await api().get('/api/v1/members/latin')).status).toBe(404);
});

describe('history', () => {
  const bring = async (subjectId: string, counterpartIds: string[], text: string) => {
    const line = JSON.stringify({ subjectId, text, counterpartIds, date: '2025-03-01' });
    const answer = await api().post('/api/v1/imports').set('Content-Type', 'application/x-ndjson').send(`${line}\n`);
    expect(answer.status).toBe(200);
    await service.idle();
  };
  const historyOf = async (id: string) => {
    const answer = await api().get(`/api/v1/members/${id}/history`);
    expect(answer.status).toBe(200);
    return answer.body.items as { id: string; text: string; subjectId: string; counterpartIds: string[] }[];
  };

  test('of a member is read, erased, and gone with the member', async () => {
    const buyer = await newMember();
    const seller = await newMember();
    await bring(buyer.id, [seller.id], 'Beds with sensors');
    await bring(buyer.id, [seller.id, 'somebody-else'], 'Alarms for home care');
    await newMember({ id: 'a-fund', kind: 'investor' });
    await bring(seller.id, ['a-fund'], 'Seed round');
    expect((await historyOf(buyer.id)).map(({ text }) => text).toSorted()).toEqual([
      'Alarms for home care',
      'Beds with sensors',
    ]);
    expect(await historyOf(seller.id)).toHaveLength(3);

    expect((await api().delete(`/api/v1/members/${seller.id}`)).status).toBe(204);
    expect(await historyOf(seller.id)).toEqual([]);
    expect(await historyOf(buyer.id)).toEqual([
      expect.objectContaining({ text: 'Alarms for home care', counterpartIds: ['somebody-else'] }),
    ]);
    expect(await historyOf('a-fund')).toEqual([]);

    const asMember = await api()
      .delete(`/api/v1/members/${buyer.id}/history`)
      .set('X-Kobling-Actor', `member:${seller.id}`);
    expect(asMember.status).toBe(403);
    expect(await historyOf(buyer.id)).toHaveLength(1);
    expect((await api().delete(`/api/v1/members/${buyer.id}/history`)).status).toBe(204);
    expect((await api().delete(`/api/v1/members/${buyer.id}/history`)).status).toBe(204);
    expect(await historyOf(buyer.id)).toEqual([]);
    await service.engine.catalog.refresh();
    expect([...service.engine.catalog.eventsOf('somebody-else')]).toEqual([]);
  });
});
