/** What only a database beside the process can suffer: it goes away, a process ends between two writes, programs differ. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import mongoose from 'mongoose';
import { createCatalog } from '../../src/app/catalog.ts';
import type { Change, Store } from '../../src/app/ports.ts';
import type { MongoOptions } from '../../src/adapters/store/mongo.ts';
import type { Upgrade } from '../../src/adapters/store/upgrades.ts';
import { createExactIndex } from '../../src/adapters/vectors/exact.ts';
import { mongoWorld, type MongoWorld } from '../support/store-mongo-world.ts';
import { until } from '../support/until.ts';
import { member } from '../contract/store-contract.ts';

describe('MongoDB store among other processes', () => {
  let world: MongoWorld;
  const opened: { close(): unknown }[] = [];
  const open = async (options?: MongoOptions): Promise<Store> => {
    const store = await world.open(options);
    opened.push(store);
    return store;
  };
  const raw = async () => {
    const connection = await mongoose.createConnection(world.url).asPromise();
    opened.push(connection);
    return connection.db!;
  };
  beforeEach(async () => {
    world = await mongoWorld();
  });
  afterEach(async () => {
    for (const hand of opened.splice(0)) await hand.close();
    await world.dispose();
  });

  const named = (changes: readonly Change[]) => changes.map(({ id, version }) => `${id}:${version}`);

  test('gives the changes of several writers one order, in which no reader misses any', async () => {
    const stores = [await open(), await open(), await open()];
    const reader = await open();
    const heard: Change[] = [];
    let isDone = false;
    const reading = (async () => {
      for (let last = false; ; last = isDone) {
        const more = await reader.changes(heard.at(-1)?.seq ?? 0, 7);
        heard.push(...more);
        if (more.length === 0 && last) return;
      }
    })();
    await Promise.all(
      stores.map(async (store, s) => {
        const members = store.collection('members');
        await Promise.all(
          Array.from({ length: 20 }, async (_, i) => {
            const id = `m${s}-${i}`;
            await members.insert(id, member(id));
            await members.replace(id, member(id, { name: 'Changed' }), 1);
          }),
        );
      }),
    );
    isDone = true;
    await reading;
    expect(heard.map(({ seq }) => seq)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect(new Set(named(heard)).size).toBe(120);
  });

  test('tells of a write whose process ended before it stood in the log', async () => {
    const store = await open({ relayEveryMs: 20 });
    const members = store.collection('members');
    await members.insert('m1', member('m1'));
    await members.insert('m2', member('m2'));
    const head = await store.headSeq();
    // What a killed process leaves behind.
    const documents = (await raw()).collection<{ _id: string }>('members');
    const unlogged = `${new Date(0).toISOString()} other`;
    await documents.updateOne({ _id: 'm1' }, { $set: { unlogged, version: 2, doc: member('m1', { name: 'New' }) } });
    await documents.updateOne({ _id: 'm2' }, { $set: { unlogged, version: 0 }, $unset: { doc: 1 } });
    await until(async () => (await store.changes(head, 10)).length >= 2);
    expect(named(await store.changes(head, 10)).toSorted()).toEqual(['m1:2', 'm2:0']);
    await until(async () => (await documents.countDocuments({ unlogged: { $exists: true } })) === 0);
    expect(await documents.countDocuments()).toBe(1);
  });

  test('takes an id again whose removal is not in the log yet', async () => {
    const store = await open({ relayEveryMs: 60_000 });
    const members = store.collection('members');
    await members.insert('m1', member('m1', { orgNumber: '974760673' }));
    const documents = (await raw()).collection<{ _id: string }>('members');
    const gone = { $set: { unlogged: 'x', version: 0 }, $unset: { doc: 1, fields: 1, uniques: 1, search: 1 } } as const;
    await documents.updateOne({ _id: 'm1' }, gone);
    expect(await members.get('m1')).toBeUndefined();
    expect(await members.count()).toBe(0);
    await members.insert('m2', member('m2', { orgNumber: '974760673' }));
    expect((await members.insert('m1', member('m1'))).version).toBe(1);
    await members.remove('m1');
    expect((await members.insert('m1', member('m1'))).version).toBe(1);
  });

  test('lets exactly one of several processes write a version, also in batches', async () => {
    const stores = [await open(), await open()];
    const ids = Array.from({ length: 50 }, (_, i) => `m${i}`);
    for (const id of ids) await stores[0]!.collection('members').insert(id, member(id));
    const results = await Promise.all(
      stores.map((store, s) =>
        store
          .collection('members')
          .writeMany(
            ids.map((id) => ({ op: 'replace', id, doc: member(id, { name: `Writer ${s}` }), expectedVersion: 1 })),
          ),
      ),
    );
    for (const [i, id] of ids.entries()) {
      const winners = [0, 1].filter((s) => results[s]![i]!.ok);
      expect(winners).toHaveLength(1);
      const stored = await stores[0]!.collection('members').get(id);
      expect([stored?.version, stored?.doc.name]).toEqual([2, `Writer ${winners[0]}`]);
    }
  });

  test('a catalog that fell behind further than the log reaches is built anew', async () => {
    const store = await open();
    const members = store.collection('members');
    const catalog = createCatalog(store, createExactIndex(4));
    await members.insert('m1', member('m1'));
    await members.insert('m2', member('m2'));
    await catalog.refresh();
    await members.remove('m1');
    await members.insert('m3', member('m3'));
    await (await raw()).collection<{ _id: number }>('changes').deleteMany({ _id: { $lt: 4 } });
    await expect(store.changes(2, 10)).rejects.toMatchObject({ code: 'gone' });
    await expect(store.changes(99, 10)).rejects.toMatchObject({ code: 'gone' });
    expect(await catalog.refresh()).toBe(4);
    expect([...catalog.members()].map(({ id }) => id)).toEqual(['m2', 'm3']);
  });

  const rename: Upgrade = {
    collection: 'members',
    upgrade: ({ sectors, ...rest }) => ({ ...rest, sectors: (sectors as string[]).map((sector) => `new ${sector}`) }),
  };
  const withOldData = async () => {
    const old = await open({ upgrades: [] });
    await old.collection('members').insert('m1', member('m1', { sectors: ['radar'], orgNumber: '974760673' }));
    await old.collection('members').insert('m2', member('m2', { sectors: ['sonar'] }));
    await old.close();
  };

  test('upgrades older data once, whoever of several starts first, indexes and search text included', async () => {
    await withOldData();
    const shout: Upgrade = { collection: 'members', upgrade: (doc) => ({ ...doc, name: 'UPGRADED' }) };
    for (const store of await Promise.all([1, 2, 3].map(() => open({ upgrades: [rename, shout] })))) {
      const page = await store
        .collection('members')
        .find({ where: { sectors: 'new radar' }, text: 'upgraded', limit: 5 });
      expect(page.items.map((item) => item.doc)).toEqual([
        member('m1', { sectors: ['new radar'], orgNumber: '974760673', name: 'UPGRADED' }),
      ]);
      expect(await store.collection('members').count({ sectors: 'radar' })).toBe(0);
    }
  });

  test('goes on with an upgrade that was cut off', async () => {
    await withOldData();
    const db = await raw();
    // One document was done, and the process that did it is gone for long.
    const done = { dataVersion: 2, doc: member('m1', { sectors: ['new radar'] }), fields: { sectors: ['new radar'] } };
    await db.collection<{ _id: string }>('members').updateOne({ _id: 'm1' }, { $set: done });
    await db
      .collection<{ _id: string }>('about')
      .updateOne({ _id: 'data' }, { $set: { upgrading: { by: 'other', until: new Date(0).toISOString() } } });
    const store = await open({ upgrades: [rename] });
    const { items } = await store.collection('members').find({ limit: 5 });
    expect(items.map(({ doc }) => doc.sectors)).toEqual([['new radar'], ['new sonar']]);
  });

  test('leaves older data as it was when an upgrade fails', async () => {
    await withOldData();
    const broken: Upgrade = {
      collection: 'members',
      upgrade: ({ id }) => {
        if (id === 'm2') throw new Error('broken upgrade');
        return {};
      },
    };
    await expect(open({ upgrades: [rename, broken] })).rejects.toThrow('broken upgrade');
    const again = await open({ upgrades: [] });
    expect((await again.collection('members').get('m1'))?.doc.sectors).toEqual(['radar']);
  });

  test('refuses data of a newer program in a clear sentence and leaves it alone', async () => {
    await (await open({ upgrades: [rename] })).close();
    await expect(open({ upgrades: [] })).rejects.toThrow(
      'The data was written by a newer Kobling (data version 2; this program knows up to 1).',
    );
  });

  test('refuses to open where no database answers', async () => {
    const { openMongoStore } = await import('../../src/adapters/store/mongo.ts');
    await expect(openMongoStore('mongodb://127.0.0.1:1/none')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
