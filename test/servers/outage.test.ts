/** The service while one of its servers is away: on servers of its own, which are killed and frozen. */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { openBullQueue } from '../../src/adapters/queue/bull.ts';
import { startServers, mongoJarPath, type Servers } from '../../scripts/servers.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

// With a real MongoDB this machine may have no stand-in to kill.
const describeIf = existsSync(mongoJarPath()) ? describe : describe.skip;

describeIf('a service whose', () => {
  const folder = tempDir();
  let servers: Servers;
  let service: RunningService;
  beforeAll(async () => {
    servers = await startServers();
    service = await startService(folder, {
      seed: true,
      lostAfterMs: 1000,
      servers: {
        options: { mongoUrl: `${servers.mongo.url}/outage`, redisUrl: servers.redis.url },
        remove: async () => undefined,
      },
    });
    for (const part of ['store', 'seed', 'model'] as const) service.readiness.set(part, 'ready');
    await service.idle();
    // Embeds the whole seed.
  }, 180_000);
  afterAll(async () => {
    await service.close();
    await servers.stop();
  });

  const api = () => request(service.app);
  const post = (id: string) =>
    api()
      .post('/api/v1/members')
      .send({ id, kind: 'startup', name: id, offers: [`Radar ${id}`] });
  const parts = async () => {
    const { status, body } = await api().get('/health/ready');
    return { status, store: body.parts.store, queue: body.parts.queue };
  };
  const isEmbedded = async (id: string) => {
    await service.engine.catalog.refresh();
    return service.engine.catalog.member(id)?.facets.every((facet) => facet.vector !== undefined) === true;
  };
  const matchesOf = async () => {
    const { items } = (await api().get('/api/v1/members?kind=startup&limit=1')).body as { items: { id: string }[] };
    return `/api/v1/members/${items[0]!.id}/matches/investors`;
  };
  const away = (server: 'mongo' | 'redis', how: 'killed' | 'frozen') =>
    how === 'killed' ? servers[server].kill('SIGKILL') : servers[server].process().kill('SIGSTOP');
  const back = (server: 'mongo' | 'redis', how: 'killed' | 'frozen') =>
    how === 'killed' ? servers[server].start() : servers[server].process().kill('SIGCONT');

  test.each(['killed', 'frozen'] as const)(
    'Redis is %s still reads, matches and takes what is written, and embeds it afterwards',
    async (how) => {
      const matches = await matchesOf();
      await away('redis', how);
      expect(await parts()).toEqual({ status: 200, store: 'ready', queue: 'away' });
      expect((await api().get(matches)).status).toBe(200);
      expect((await post(`redis-${how}`)).status).toBe(201);
      expect((await api().get(`/api/v1/members/redis-${how}`)).status).toBe(200);
      const jobs = await api().get('/api/v1/jobs');
      expect([jobs.status, jobs.headers['retry-after'], jobs.body.detail]).toEqual([
        ...[503, '2', 'The job queue does not answer now.'],
      ]);
      const metrics = (await api().get('/metrics')).text;
      expect(metrics).toContain('kobling_part_up{part="store"} 1');
      expect(metrics).toContain('kobling_part_up{part="queue"} 0');
      expect(metrics).not.toContain('kobling_jobs{');
      await back('redis', how);
      await until(() => isEmbedded(`redis-${how}`));
      expect(await parts()).toEqual({ status: 200, store: 'ready', queue: 'ready' });
    },
  );

  test.each(['killed', 'frozen'] as const)('database is %s says so, and recovers by itself', async (how) => {
    const matches = await matchesOf();
    await away('mongo', how);
    for (const answer of [await api().get(matches), await api().get('/api/v1/members/x'), await post('refused')])
      expect([answer.status, answer.headers['retry-after'], answer.body.type]).toEqual([
        ...[503, '2', '/problems/unavailable'],
      ]);
    expect(await parts()).toEqual({ status: 503, store: 'away', queue: 'ready' });
    const metrics = (await api().get('/metrics')).text;
    expect(metrics).toContain('kobling_part_up{part="store"} 0');
    expect(metrics).toContain('kobling_catalog_lag_changes Nan');
    await back('mongo', how);
    await until(async () => (await post(`mongo-${how}`)).status === 201);
    await until(() => isEmbedded(`mongo-${how}`));
    expect((await api().get(matches)).status).toBe(200);
    expect(await parts()).toEqual({ status: 200, store: 'ready', queue: 'ready' });
  });

  test('database is slow lets a job wait for it, instead of beginning it again and again', async () => {
    const { queue } = service.engine;
    await service.idle();
    await away('mongo', 'frozen');
    const id = await queue.enqueue('embed', 'member:slow', { type: 'member', id: 'slow' });
    // Longer than a caller is let wait.
    await pause(3000);
    await back('mongo', 'frozen');
    await until(async () => (await queue.get(id))?.doc.state === 'done');
    expect((await queue.get(id))!.version).toBe(1);
  });

  test('write was stored, and nobody came to ask for its vectors, embeds it all the same', async () => {
    await service.idle();
    await service.engine.store.collection('members').insert('unasked', {
      ...{ id: 'unasked', kind: 'startup', name: 'Unasked', offers: ['Radar without a job'] },
    });
    await until(() => isEmbedded('unasked'));
  });

  test('job ends while Redis is away runs it once', async () => {
    const queue = openBullQueue({ url: servers.redis.url, prefix: 'once' });
    try {
      let runs = 0;
      let end = () => {};
      const held = new Promise<void>((resolve) => (end = resolve));
      queue.start({
        work: async () => {
          runs++;
          await held;
        },
      });
      const id = await queue.enqueue('work', 'a', {});
      await until(() => runs === 1);
      await away('redis', 'killed');
      end();
      // Longer than any command is waited for.
      await pause(2000);
      await back('redis', 'killed');
      await until(async () => (await queue.get(id).catch(() => undefined))?.doc.state === 'done');
      expect(runs).toBe(1);
    } finally {
      await queue.close(0);
    }
  });
});
