import { readFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { problems } from '../../src/domain/problem.ts';
import { openApiText } from '../../src/http/openapi-text.ts';
import { projectRoot } from '../../src/project-root.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
let service: RunningService;
let server: Server;
beforeAll(async () => {
  service = await startService(folder);
  server = createServer(service.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await service.close();
});
const api = () => request(server);

describe('health', () => {
  test('is live from the start, and ready once store, seed and model are', async () => {
    expect((await api().get('/health/live')).body).toEqual({ status: 'live' });
    service.readiness.set('store', 'ready');
    service.readiness.set('seed', 'ready');
    const early = await api().get('/health/ready');
    expect([early.status, early.headers['retry-after']]).toEqual([503, '2']);
    expect(early.body).toMatchObject({
      status: 'not-ready',
      parts: { store: 'ready', seed: 'ready', model: 'starting' },
    });
    service.readiness.set('model', 'ready');
    const ready = await api().get('/health/ready');
    expect([ready.status, ready.body.status]).toEqual([200, 'ready']);
  });

  test('shows how far the texts are embedded', async () => {
    await api()
      .post('/api/v1/members')
      .send({ id: 'm1', kind: 'startup', name: 'One', offers: ['Radar'] });
    await service.idle();
    expect((await api().get('/health/ready')).body.embedding).toEqual({ facets: 2, embedded: 2 });
  });
});

describe('other web pages', () => {
  test('are refused when they reach the service by a foreign name', async () => {
    for (const host of ['rebound.example.org', 'rebound.example.org:3000', '127.0.0.1.example.org']) {
      const answer = await api().get('/api/v1/members').set('Host', host);
      expect([host, answer.status, answer.body.type]).toEqual([host, 421, '/problems/misdirected']);
    }
    for (const host of ['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000'])
      expect((await api().get('/api/v1/members').set('Host', host)).status).toBe(200);
  });

  test('may link here but not change anything', async () => {
    const foreign = { 'Sec-Fetch-Site': 'cross-site' };
    expect((await api().get('/').set(foreign)).status).toBe(200);
    const answer = await api().post('/api/v1/jobs/some/retry').set(foreign);
    expect([answer.status, answer.body.type]).toEqual([403, '/problems/forbidden']);
    expect((await api().post('/api/v1/jobs/some/retry').set('Sec-Fetch-Site', 'same-origin')).status).toBe(404);
  });
});

test('metrics name the route, not the address', async () => {
  await api().get('/api/v1/members/m1');
  const text = (await api().get('/metrics')).text;
  expect(text).toContain('kobling_http_request_seconds_count{method="GET",route="/api/v1/members/:id",status="200"}');
  for (const name of [
    'kobling_jobs{state="dead"}',
    'kobling_part_up{part="store"} 1',
    'kobling_part_up{part="queue"} 1',
    'kobling_catalog_lag_changes',
    'kobling_members',
    'kobling_facets_embedded',
  ])
    expect(text).toContain(name);
  expect(text).not.toContain('members/m1');
});

describe('the description', () => {
  test('in the repository is the one that is served: else run `npm run openapi`', async () => {
    const kept = await readFile(path.join(projectRoot(), 'openapi.json'), 'utf8');
    expect(kept).toBe(openApiText());
    expect((await api().get('/openapi.json')).body).toEqual(JSON.parse(kept));
  });

  test('names every operation once', () => {
    const document = JSON.parse(openApiText()) as { paths: Record<string, Record<string, { operationId: string }>> };
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((row) => row.operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('page is served from here alone', async () => {
    const page = await api().get('/docs/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch("default-src 'self'");
    const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/gu)].map((match) => match[1]!);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) {
      expect(address).toMatch(/^\/docs\//);
      expect((await api().get(address)).status).toBe(200);
    }
  });
});

test('the start page has no script, fetches nothing and escapes what it shows', async () => {
  const page = await api().get('/');
  expect([page.status, page.type]).toEqual([200, 'text/html']);
  expect(page.text).not.toMatch(/<script|src=|href="http/u);
  expect(page.headers['content-security-policy']).toMatch("default-src 'self'");
});

describe('every answer', () => {
  test('carries the request id that came, or a new one', async () => {
    expect((await api().get('/health/live').set('X-Request-Id', 'abc-1')).headers['x-request-id']).toBe('abc-1');
    const bad = await api().get('/health/live').set('X-Request-Id', 'a b"c');
    expect(bad.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('forbids sniffing and does not name the framework', async () => {
    for (const address of ['/', '/docs/', '/api/v1/members', '/nowhere']) {
      const { headers } = await api().get(address);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });
});

describe('what is asked wrongly', () => {
  test.each([
    ['get', '/nowhere', 404, 'not-found'],
    ['get', '/api/v1/members/%ZZ', 400, 'bad-request'],
    ['get', '/api/v1/members/%00', 422, 'invalid'],
    ['get', `/api/v1/members/${'x'.repeat(65)}`, 422, 'invalid'],
    ['delete', '/api/v1/members', 405, 'method-not-allowed'],
    ['put', '/api/v1/jobs/x', 405, 'method-not-allowed'],
    ['post', '/', 405, 'method-not-allowed'],
  ] as const)('%s %s is answered with %d', async (method, address, status, code) => {
    const answer = await api()[method](address);
    expect([answer.status, answer.type, answer.body.type]).toEqual([
      status,
      'application/problem+json',
      `/problems/${code}`,
    ]);
    expect(answer.body.status).toBe(status);
    expect(answer.body.title).toBe(problems[code].title);
  });

  test('405 says what is allowed', async () => {
    expect((await api().delete('/api/v1/members')).headers['allow']).toBe('GET, HEAD, POST');
    expect((await api().options('/api/v1/members/m1')).headers['allow']).toBe('GET, HEAD, PUT, PATCH, DELETE');
  });

  test('a broken gzip body is 400, an unknown content encoding 415', async () => {
    const post = (encoding: string) =>
      api()
        .post('/api/v1/members')
        .set({ 'Content-Type': 'application/json', 'Content-Encoding': encoding })
        .send('{"kind":"startup"}');
    expect((await post('gzip')).status).toBe(400);
    expect((await post('zip')).status).toBe(415);
  });

  test('headers without end are refused and the server lives on', async () => {
    const { port } = server.address() as AddressInfo;
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET / HTTP/1.1\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 431/);
    expect((await api().get('/health/live')).status).toBe(200);
  });

  test('a sender that goes away in the middle leaves nothing behind', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const half = httpRequest({
        port,
        method: 'POST',
        path: '/api/v1/imports',
        headers: { 'Content-Type': 'application/x-ndjson', 'Content-Length': 1000 },
      });
      half.on('error', () => undefined);
      half.on('close', resolve);
      half.write('{"id":"half","kind":"startup","name":"Half"}\n', () => half.destroy());
    });
    expect((await api().get('/health/live')).status).toBe(200);
    expect((await api().get('/api/v1/members/half')).status).toBe(404);
  });
});
