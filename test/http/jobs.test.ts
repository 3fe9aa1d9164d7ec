import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { StoreError } from '../../src/app/ports.ts';
import { reaches } from '../contract/queue-contract.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
let service: RunningService;
let jobId: string;
beforeAll(async () => {
  service = await startService(folder, { jobAttempts: 1 });
  await request(service.app)
    .post('/api/v1/members')
    .send({ id: 'm1', kind: 'startup', name: 'One', offers: ['Radar'] });
  await service.idle();
  jobId = (await service.engine.queue.list({ limit: 1 })).items[0]!.id;
});
afterAll(() => service.close());
const api = () => request(service.app);
/** An import whose file is not there. */
const deadJob = async () => {
  const { queue } = service.engine;
  const file = `${randomUUID()}.ndjson`;
  const id = await queue.enqueue('import', file, { file, dryRun: false, totalBytes: 1 });
  await reaches(queue, id, 'dead');
  return { id, file };
};

test('a job shows what it was and what came of it', async () => {
  const answer = await api().get(`/api/v1/jobs/${jobId}`);
  expect(answer.body).toMatchObject({
    id: jobId,
    kind: 'embed',
    key: 'member:m1',
    state: 'done',
    result: { embedded: 1 },
  });
});

test('jobs are listed by state; dead ones are the dead-letter list', async () => {
  const { id } = await deadJob();
  const dead = await api().get('/api/v1/jobs?state=dead');
  expect((dead.body.items as { id: string; error: string }[]).map((job) => [job.id, job.error])).toContainEqual([
    id,
    expect.stringContaining('ENOENT'),
  ]);
  expect((await api().get('/api/v1/jobs?state=lost')).status).toBe(422);
  expect((await api().get('/api/v1/jobs/absent')).status).toBe(404);
});

test('a dead job can be put back, any other cannot', async () => {
  const { id, file } = await deadJob();
  await mkdir(service.spoolDir, { recursive: true });
  await writeFile(path.join(service.spoolDir, file), '{"id":"m2","kind":"startup","name":"Two"}');
  const answer = await api().post(`/api/v1/jobs/${id}/retry`);
  expect(answer.status).toBe(202);
  expect(answer.body.state).not.toBe('dead');
  await service.idle();
  expect((await api().get(`/api/v1/jobs/${answer.body.id}`)).body.state).toBe('done');
  expect((await api().post(`/api/v1/jobs/${answer.body.id}/retry`)).status).toBe(409);
  expect((await api().post('/api/v1/jobs/absent/retry')).status).toBe(404);
});

test('events tell the state and end with the job', async () => {
  const done = await api().get(`/api/v1/jobs/${jobId}/events`);
  expect(done.headers['content-type']).toMatch('text/event-stream');
  expect(done.text).toMatch(/^event: job\ndata: \{.*"state":"done".*\}\n\n$/);
  const id = await service.engine.queue.enqueue('embed', 'member:m1', { type: 'member', id: 'm1' }, { delayMs: 500 });
  const live = await api().get(`/api/v1/jobs/${id}/events`);
  const states = [...live.text.matchAll(/"state":"(\w+)"/gu)].map((match) => match[1]);
  expect([states[0], states.at(-1)]).toEqual(['waiting', 'done']);
  expect((await api().head(`/api/v1/jobs/${jobId}/events`)).status).toBe(200);
  expect((await api().get('/api/v1/jobs/absent/events')).status).toBe(404);
});

test('events end when the service stops', async () => {
  const other = await startService(tempDirOf('closing'));
  const id = await other.engine.queue.enqueue('embed', 'member:x', { type: 'member', id: 'x' }, { delayMs: 3_600_000 });
  const answer = request(other.app)
    .get(`/api/v1/jobs/${id}/events`)
    .buffer(true)
    .parse((response, done) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        void other.close();
      });
      response.on('end', () => done(null, text));
    });
  expect((await answer).body).toMatch(/"state":"waiting"/);
});

test('a database that is away is a 503 that says when to come again', async () => {
  const other = await startService(tempDirOf('away'));
  await other.engine.close(0);
  // Jobs of their own on Redis are still there.
  const jobs = process.env['KOBLING_TEST_REDIS_URL'] === undefined ? ['/api/v1/jobs'] : [];
  for (const address of ['/api/v1/members', '/api/v1/needs/x', ...jobs]) {
    const answer = await request(other.app).get(address);
    expect([address, answer.status, answer.headers['retry-after']]).toEqual([address, 503, '2']);
    expect(answer.body.type).toBe('/problems/unavailable');
  }
  await expect(other.engine.store.ping()).rejects.toThrow(StoreError);
  const ready = await request(other.app).get('/health/ready');
  expect([ready.status, ready.body.parts.store]).toEqual([503, 'away']);
  expect((await request(other.app).get('/health/live')).status).toBe(200);
});

const tempDirOf = (name: string) => `${folder}/${name}`;
