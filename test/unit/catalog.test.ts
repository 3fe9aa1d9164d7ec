import { beforeEach, expect, test } from '@jest/globals';
import { createCatalog, type Catalog } from '../../src/app/catalog.ts';
import { StoreError, type Store } from '../../src/app/ports.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { createExactIndex } from '../../src/adapters/vectors/exact.ts';
import { until } from '../support/until.ts';

let whole: Store;
let breaks: number;
let changes: Store['changes'];
let catalog: Catalog;
beforeEach(async () => {
  whole = openSqliteStore(':memory:');
  breaks = 0;
  changes = whole.changes;
  const store: Store = { ...whole, breaks: () => breaks, changes: (after, limit) => changes(after, limit) };
  catalog = createCatalog(store, createExactIndex(4));
  await add('a');
  await catalog.refresh();
});
const add = (id: string) =>
  whole.collection('members').insert(id, { id, kind: 'startup', name: id, offers: ['Radar'] });
const ids = () => [...catalog.members()].map(({ id }) => id);

test('what the log never told of is found after a break in the way to the data', async () => {
  changes = async () => [];
  await whole.collection('members').remove('a');
  await add('b');
  await catalog.refresh();
  expect(ids()).toEqual(['a']);
  breaks++;
  await catalog.refresh();
  await until(() => ids().join() === 'b');
  expect([...catalog.lagging]).toEqual(['member:b']);
  const fresh = createCatalog(whole, createExactIndex(4));
  await fresh.refresh();
  await until(() => catalog.state().seq === fresh.state().seq);
  expect(catalog.state()).toEqual(fresh.state());
});

test('what is as it was is not prepared again', async () => {
  const before = catalog.member('a');
  changes = async () => [];
  await add('b');
  breaks++;
  await catalog.refresh();
  await until(() => ids().length === 2);
  expect(catalog.member('a')).toBe(before);
  changes = whole.changes;
  await whole.collection('members').replace('a', { id: 'a', kind: 'startup', name: 'New', offers: ['Radar'] }, 1);
  await catalog.refresh();
  expect(catalog.member('a')!.doc.name).toBe('New');
});

test('calls that wait behind a pass which fails are told at once, and the next one goes on', async () => {
  let asked = 0;
  changes = async () => {
    asked++;
    throw new StoreError('unavailable', 'away');
  };
  const calls = [catalog.refresh(), catalog.refresh(), catalog.refresh()];
  for (const result of await Promise.allSettled(calls)) expect(result.status).toBe('rejected');
  expect(asked).toBe(1);
  changes = whole.changes;
  await add('b');
  await catalog.refresh();
  expect(ids()).toEqual(['a', 'b']);
});

test('reading everything goes on where a fault cut it off', async () => {
  for (let i = 0; i < 500; i++) await add(`m${String(i).padStart(3, '0')}`);
  const asked: (string | undefined)[] = [];
  const store: Store = {
    ...whole,
    collection: (name) => {
      const collection = whole.collection(name);
      if (name !== 'members') return collection;
      return {
        ...collection,
        find: async (query) => {
          asked.push(query.after);
          if (asked.length === 2) throw new StoreError('unavailable', 'slow');
          return collection.find(query);
        },
      };
    },
  };
  const slow = createCatalog(store, createExactIndex(4));
  await expect(slow.refresh()).rejects.toThrow('slow');
  await slow.refresh();
  expect([...slow.members()]).toHaveLength(501);
  expect(asked.filter((after) => after === undefined)).toHaveLength(1);
});
