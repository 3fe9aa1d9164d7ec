/** What only a file can suffer: another process's lock, a full disk, a newer or older program, damage. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import type { Store, WriteOp } from '../../src/app/ports.ts';
import type { Upgrade } from '../../src/adapters/store/upgrades.ts';
import type { Member } from '../../src/domain/member.ts';
import { sqliteWorld, type SqliteWorld } from '../support/store-sqlite-world.ts';
import { member, unavailable } from './store-contract.ts';

describe('SQLite store in trouble', () => {
  let world: SqliteWorld;
  const opened: { close(): unknown }[] = [];
  const open = async (...options: Parameters<SqliteWorld['open']>): Promise<Store> => {
    const store = await world.open(...options);
    opened.push(store);
    return store;
  };
  const secondHand = () => {
    const db = new Database(world.file);
    opened.push(db);
    return db;
  };
  beforeEach(async () => {
    world = await sqliteWorld();
  });
  afterEach(async () => {
    for (const hand of opened.splice(0)) await hand.close();
    await world.dispose();
  });

  test('has every acknowledged write, whole and once, after kill -9 in the middle of writing', async () => {
    const writer = spawn(process.execPath, ['--import', 'tsx', 'test/support/store-writer.ts', world.file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: string[] = [];
    for await (const id of createInterface(writer.stdout)) {
      acknowledged.push(id);
      if (acknowledged.length === 100) writer.kill('SIGKILL');
    }
    const store = await open();
    const members = store.collection('members');
    const stored = (await store.changes(0, 10_000)).map((change) => change.id);
    expect(stored.slice(0, acknowledged.length)).toEqual(acknowledged);
    // One more may have been stored just before the end, unheard.
    expect(stored.length - acknowledged.length).toBeLessThanOrEqual(1);
    expect(await members.count({ sectors: 'written' })).toBe(stored.length);
    expect((await members.getMany(stored)).map(({ doc }) => doc.name)).toEqual(stored);
  });

  test('answers within two seconds while another process holds the file, all calls at once, and keeps the loop free', async () => {
    const store = await open();
    const members = store.collection('members');
    await members.insert('m1', member('m1'));
    const other = secondHand();
    other.exec('BEGIN EXCLUSIVE');
    let turns = 0;
    const ticking = setInterval(() => turns++, 10);
    const startMs = performance.now();
    const results = await Promise.allSettled([
      ...Array.from({ length: 20 }, (_, i) => members.insert(`new-${i}`, member(`new-${i}`))),
      members.writeMany([{ op: 'insert', id: 'm2', doc: member('m2') }]),
    ]);
    const tookMs = performance.now() - startMs;
    clearInterval(ticking);
    for (const result of results) expect(result).toEqual({ status: 'rejected', reason: unavailable() });
    expect(tookMs).toBeLessThan(2000);
    expect(turns).toBeGreaterThan(20);
    expect((await members.get('m1'))?.version).toBe(1);
    other.exec('ROLLBACK');
    await members.insert('m2', member('m2'));
    expect(await members.count()).toBe(2);
  });

  test('goes through when the lock is gone before the wait is over', async () => {
    const store = await open();
    const other = secondHand();
    other.exec('BEGIN IMMEDIATE');
    const inserted = store.collection('members').insert('m1', member('m1'));
    await store.ping();
    other.exec('ROLLBACK');
    expect((await inserted).version).toBe(1);
  });

  test('refuses on a full disk, keeps all that was acknowledged, and goes on when there is room', async () => {
    const store = await open({ maxBytes: 250_000 });
    const members = store.collection('members');
    const kept: string[] = [];
    const fill = async () => {
      for (let i = 0; i < 1000; i++) {
        await members.insert(`m${i}`, member(`m${i}`, { summary: 'x'.repeat(2000), sectors: ['full'] }));
        kept.push(`m${i}`);
      }
    };
    await expect(fill()).rejects.toEqual(unavailable());
    expect(kept.length).toBeGreaterThan(5);
    const ops = Array.from({ length: 50 }, (_, i): WriteOp<Member> => {
      const id = `batch-${i}`;
      return { op: 'insert', id, doc: member(id, { summary: 'y'.repeat(2000) }) };
    });
    await expect(members.writeMany(ops)).rejects.toEqual(unavailable());

    const stored = await members.find({ limit: 1000 });
    expect(stored.items.map((item) => item.id)).toEqual(kept.toSorted());
    expect(await members.count({ sectors: 'full' })).toBe(kept.length);
    expect((await store.changes(0, 1000)).map((change) => change.id)).toEqual(kept);

    await store.close();
    const roomy = await open();
    const results = await roomy.collection('members').writeMany(ops);
    expect(results.every((result) => result.ok)).toBe(true);
    expect(await roomy.collection('members').count()).toBe(kept.length + 50);
  });

  const rename: Upgrade = {
    collection: 'members',
    upgrade: ({ sectors, ...rest }) => ({ ...rest, sectors: (sectors as string[]).map((sector) => `new ${sector}`) }),
  };

  test('upgrades older data once, indexes and search text included', async () => {
    const old = await open({ upgrades: [] });
    await old.collection('members').insert('m1', member('m1', { sectors: ['radar'], orgNumber: '974760673' }));
    await old.close();
    const shout: Upgrade = { collection: 'members', upgrade: (doc) => ({ ...doc, name: 'UPGRADED' }) };
    for (let start = 0; start < 2; start++) {
      const store = await open({ upgrades: [rename, shout] });
      const members = store.collection('members');
      const page = await members.find({ where: { sectors: 'new radar' }, text: 'upgraded', limit: 5 });
      expect(page.items.map((item) => item.doc)).toEqual([
        member('m1', { sectors: ['new radar'], orgNumber: '974760673', name: 'UPGRADED' }),
      ]);
      expect(await members.count({ sectors: 'radar' })).toBe(0);
      await expect(members.insert('m2', member('m2', { orgNumber: '974760673' }))).rejects.toMatchObject({
        code: 'taken',
      });
      await store.close();
    }
  });

  test('leaves older data as it was when an upgrade fails', async () => {
    const old = await open({ upgrades: [] });
    await old.collection('members').insert('m1', member('m1', { sectors: ['radar'] }));
    await old.close();
    const broken: Upgrade = {
      collection: 'members',
      upgrade: () => {
        throw new Error('broken upgrade');
      },
    };
    await expect(open({ upgrades: [rename, broken] })).rejects.toThrow('broken upgrade');
    const again = await open({ upgrades: [] });
    expect((await again.collection('members').get('m1'))?.doc.sectors).toEqual(['radar']);
  });

  test('refuses data of a newer program in a clear sentence and leaves it alone', async () => {
    const newer = await open({ upgrades: [rename] });
    await newer.collection('members').insert('m1', member('m1', { sectors: ['radar'] }));
    await newer.close();
    await expect(open({ upgrades: [] })).rejects.toThrow(
      'The data was written by a newer Kobling (data version 2; this program knows up to 1).',
    );
    const again = await open({ upgrades: [rename] });
    expect((await again.collection('members').get('m1'))?.doc.sectors).toEqual(['radar']);
  });

  test('refuses a file that is no database', async () => {
    await mkdir(path.dirname(world.file), { recursive: true });
    await writeFile(world.file, 'Not a database. '.repeat(1000));
    await expect(open()).rejects.toEqual(unavailable());
  });
});
