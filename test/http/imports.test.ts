import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { ImportReport } from '../../src/app/import.ts';
import { reaches } from '../contract/queue-contract.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const maxImportBytes = 3_000_000;
const folder = tempDir();
let service: RunningService;
beforeAll(async () => {
  service = await startService(folder, { maxImportBytes });
});
afterAll(() => service.close());

let run = 0;
let prefix = '';
beforeEach(() => {
  prefix = `r${++run}-`;
});
const member = (id: string, fields: object = {}) => ({
  id: prefix + id,
  kind: 'startup',
  name: `Name ${id}`,
  ...fields,
});
const need = (id: string, owner: string, fields: object = {}) => ({
  id: prefix + id,
  ownerId: prefix + owner,
  title: `Title ${id}`,
  ...fields,
});
const ndjson = (...lines: unknown[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
const send = (body: string | Buffer, query = '') =>
  request(service.app).post(`/api/v1/imports${query}`).set('Content-Type', 'application/x-ndjson').send(body);
const counts = ({ created, updated, unchanged, refused }: ImportReport) => ({ created, updated, unchanged, refused });
const faults = (report: ImportReport) => report.faults.map(({ line, field, code }) => `${line} ${field} ${code}`);
const read = (path: string) => request(service.app).get(`/api/v1/${path}`);

describe('an import', () => {
  test('takes events before their attendees, and refuses those whose attendees nobody knows', async () => {
    const event = (id: string, attendees: string[], fields: object = {}) => ({
      id: prefix + id,
      name: `Event ${id}`,
      date: '2027-03-01',
      rounds: 4,
      tables: 3,
      slotMinutes: 20,
      attendees: attendees.map((one) => prefix + one),
      ...fields,
    });
    const body = ndjson(
      event('e', ['a', 'b'], { requestedMeetings: [{ from: `${prefix}a`, to: `${prefix}b`, priority: 1 }] }),
      event('f', ['a', 'c']),
      event('g', ['a'], { rounds: 0 }),
      member('a'),
      member('b'),
    );
    const dry = (await send(body, '?dryRun=true')).body;
    expect((await read(`events/${prefix}e`)).status).toBe(404);
    const { body: report } = await send(body);
    for (const one of [dry, report]) {
      expect(counts(one)).toEqual({ created: 3, updated: 0, unchanged: 0, refused: 2 });
      expect(faults(one).sort()).toEqual(['2 attendees[1] unknown_member', '3 rounds too_small']);
    }
    expect((await read(`events/${prefix}e`)).body.requestedMeetings).toHaveLength(1);
    expect((await read(`events/${prefix}f`)).status).toBe(404);
    expect(counts((await send(body)).body)).toEqual({ created: 0, updated: 0, unchanged: 3, refused: 2 });
  });

  test('takes past events before their members, and refuses those that could be evidence for nobody', async () => {
    const past = (subject: string, counterparts: string[], date = '2025-05-01') => ({
      subjectId: prefix + subject,
      text: 'Seed round for a bed with sensors',
      counterpartIds: counterparts.map((one) => prefix + one),
      date,
    });
    const body = ndjson(
      past('nobody', ['fund', 'stranger']),
      past('fund', ['startup']),
      past('startup', ['stranger']),
      past('startup', ['fund'], '2026-11-22'),
      past('startup', ['fund'], '2026-11-21'),
      past('startup', ['town']),
      member('fund', { kind: 'investor' }),
      member('startup'),
      member('town', { kind: 'municipality' }),
    );
    for (const query of ['?dryRun=true', '']) {
      const { body: report } = await send(body, query);
      expect(counts(report)).toEqual({ created: 5, updated: 0, unchanged: 0, refused: 4 });
      expect(faults(report).sort()).toEqual([
        '2 subjectId swapped_sides',
        '3 counterpartIds unknown_member',
        '4 date future_date',
        '6 counterpartIds swapped_sides',
      ]);
    }
    expect((await read(`members/${prefix}fund/history`)).body.items).toHaveLength(2);
  });

  test('creates, and the same again changes nothing, not even a version', async () => {
    const body = ndjson(member('a', { county: null }), member('b'), need('x', 'a'));
    const first = await send(body);
    expect([first.status, counts(first.body)]).toEqual([200, { created: 3, updated: 0, unchanged: 0, refused: 0 }]);
    const again = await send(body);
    expect(counts(again.body)).toEqual({ created: 0, updated: 0, unchanged: 3, refused: 0 });
    expect((await read(`members/${prefix}a`)).headers['etag']).toBe('"1"');
  });

  test('replaces whole entries', async () => {
    await send(ndjson(member('a', { county: 'Troms', trl: 3 })));
    const changed = await send(ndjson(member('a', { trl: 4 })));
    expect(counts(changed.body)).toEqual({ created: 0, updated: 1, unchanged: 0, refused: 0 });
    expect((await read(`members/${prefix}a`)).body).toEqual(member('a', { trl: 4 }));
  });

  test('names line, field, code and value of what it refuses, and takes the rest', async () => {
    const answer = await send(
      Buffer.concat([
        Buffer.from(
          ndjson(
            member('a'),
            '{"id":',
            '',
            member('c', { trl: 12, mood: 'fine' }),
            '[1]',
            need('x', 'nobody'),
            member('a', { name: 'Again' }),
          ),
        ),
        Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]),
        Buffer.from(ndjson(`{"kind":${'['.repeat(5000)}${']'.repeat(5000)}}`, need('y', 'b'), member('b'))),
      ]),
    );
    expect(answer.status).toBe(200);
    const report = answer.body as ImportReport;
    expect(counts(report)).toEqual({ created: 3, updated: 0, unchanged: 0, refused: 7 });
    expect(faults(report).sort()).toEqual(
      [
        '2  malformed_json',
        '4 trl too_big',
        '4 mood unknown_field',
        '5  invalid_type',
        '6 ownerId unknown_member',
        '7 id repeated',
        '8  unreadable',
        '9  too_deep',
      ].sort(),
    );
    expect(report.faults).toContainEqual({
      line: 4,
      id: `${prefix}c`,
      field: 'mood',
      code: 'unknown_field',
      message: 'There is no such field.',
      value: 'fine',
    });
    expect(report.faults.find((fault) => fault.code === 'repeated')).toMatchObject({ line: 7, firstLine: 1 });
    expect((await read(`members/${prefix}a`)).body.name).toBe('Name a');
    expect((await read(`needs/${prefix}y`)).status).toBe(200);
    expect((await read(`members/${prefix}c`)).status).toBe(404);
  });

  test('refuses an organisation number that another member has, in a dry run too', async () => {
    const orgNumber = '310000027';
    const body = ndjson(member('a', { orgNumber }), member('b', { orgNumber }));
    const dry = await send(body, '?dryRun=true');
    const real = await send(body);
    for (const report of [dry.body, real.body] as ImportReport[]) {
      expect(counts(report)).toEqual({ created: 1, updated: 0, unchanged: 0, refused: 1 });
      expect(report.faults[0]).toMatchObject({
        line: 2,
        id: `${prefix}b`,
        field: 'orgNumber',
        code: 'taken',
        value: orgNumber,
      });
    }
    const later = await send(ndjson(member('c', { orgNumber })), '?dryRun=true');
    expect(faults(later.body)).toEqual(['1 orgNumber taken']);
    await request(service.app).delete(`/api/v1/members/${prefix}a`);
  });

  test('tells in a dry run what it would do, and does nothing', async () => {
    await send(ndjson(member('a')));
    const head = await service.engine.store.headSeq();
    const dry = await send(
      ndjson(member('a', { trl: 1 }), member('b'), need('x', 'b'), need('y', 'nobody')),
      '?dryRun=true',
    );
    expect(dry.body).toMatchObject({ dryRun: true, created: 2, updated: 1, unchanged: 0, refused: 1 });
    expect(await service.engine.store.headSeq()).toBe(head);
  });

  test('keeps a thousand faults and counts all refused lines', async () => {
    const report = (await send(ndjson(...Array.from({ length: 1500 }, () => '{}')))).body as ImportReport;
    expect([report.refused, report.faults.length]).toEqual([1500, 1000]);
  });

  test('refuses a line of more than a million characters', async () => {
    const answer = await send(ndjson(member('a', { summary: 'x'.repeat(1_000_000) }), member('b')));
    const job = await reaches(service.engine.queue, answer.body.jobId as string, 'done');
    expect(faults(job.doc.result as ImportReport)).toEqual(['1  unreadable']);
    expect((await read(`members/${prefix}b`)).status).toBe(200);
  });

  test('answers 415 for another type, and without a body, 422 for an unknown query parameter', async () => {
    const post = (query = '') => request(service.app).post(`/api/v1/imports${query}`);
    expect((await post().set('Content-Type', 'text/csv').send('a;b')).status).toBe(415);
    expect((await post()).status).toBe(415);
    expect((await send(ndjson(member('a')), '?dry=1')).status).toBe(422);
  });
});

describe('an import over 1 MB', () => {
  const big = (count: number) =>
    ndjson(...Array.from({ length: count }, (_, i) => member(`${i}`, { summary: 'x'.repeat(1000) })));

  test('waits as a file, runs as a job and leaves no file', async () => {
    const answer = await send(big(1200));
    expect([answer.status, answer.headers['location']]).toEqual([202, `/api/v1/jobs/${answer.body.jobId}`]);
    const done = await reaches(service.engine.queue, answer.body.jobId as string, 'done');
    expect(done.doc.result).toMatchObject({ created: 1200, refused: 0 });
    expect((await read(`members/${prefix}1199`)).status).toBe(200);
    expect((await request(service.app).get(answer.headers['location']!)).body.result.created).toBe(1200);
    await until(async () => (await readdir(service.spoolDir)).length === 0);
  });

  test('is refused with 413 beyond the limit, announced or not, and leaves no file', async () => {
    const announced = await send(big(3500));
    expect([announced.status, announced.body.type]).toEqual([413, '/problems/too-large']);
    expect(await statusesAfterEndless(big(1000), 30)).toEqual(['413', '200']);
    expect(await readdir(service.spoolDir)).toEqual([]);
    expect((await read(`members/${prefix}0`)).status).toBe(404);
  });
});

/** Sends a body of unannounced length to its end whatever is answered, then a second request: the statuses of both. */
async function statusesAfterEndless(chunk: string, times: number): Promise<string[]> {
  const server = createServer(service.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  function* bytes() {
    yield 'POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (let i = 0; i < times; i++) yield `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`;
    yield '0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  }
  try {
    const answers = text(socket);
    await pipeline(Readable.from(bytes()), socket, { end: false });
    return [...(await answers).matchAll(/HTTP\/1\.1 (\d+)/gu)].map((match) => match[1]!);
  } finally {
    socket.destroy();
    server.close();
  }
}

test('lines in a content encoding are refused as such', async () => {
  const answer = await request(service.app)
    .post('/api/v1/imports')
    .set('Content-Type', 'application/x-ndjson')
    .set('Content-Encoding', 'gzip')
    .send('{"id":"zipped"}');
  expect([answer.status, answer.body.detail]).toEqual([415, expect.stringContaining('content encoding')]);
});
