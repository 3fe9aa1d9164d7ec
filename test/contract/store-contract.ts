/** What every store adapter must do. An adapter's own test calls this and adds what only its backend can show. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StoreError, type Collection, type Store, type Stored, type WriteOp } from '../../src/app/ports.ts';
import { createPastEvents } from '../../src/app/past-events.ts';
import type { Introduction } from '../../src/domain/introduction/introduction.ts';
import type { Member } from '../../src/domain/member.ts';

export interface StoreWorld {
  /** Opens the same data each time: closing and opening again is a restart. */
  open(): Promise<Store>;
  /** Removes the data. */
  dispose(): Promise<void>;
}

export const member = (id: string, more: Partial<Member> = {}): Member => ({ id, kind: 'startup', name: id, ...more });

const ids = (items: readonly Stored<unknown>[]) => items.map((item) => item.id);

export const unavailable = (): unknown => expect.objectContaining({ name: 'StoreError', code: 'unavailable' });

export function storeContract(name: string, makeWorld: () => Promise<StoreWorld>): void {
  describe(`store: ${name}`, () => {
    let world: StoreWorld;
    let store: Store;
    let members: Collection<Member>;

    const reopen = async () => {
      await store.close();
      store = await world.open();
      members = store.collection('members');
    };
    beforeEach(async () => {
      world = await makeWorld();
      store = await world.open();
      members = store.collection('members');
    });
    afterEach(async () => {
      await store.close();
      await world.dispose();
    });

    describe('one document', () => {
      test('is read back as it was inserted, with version 1 and its times', async () => {
        const doc = member('m1', { name: 'Ærlig Helse «AS» 🩺', offers: ['a\nb', ''], revenueNok: 0, trl: undefined });
        const before = new Date().toISOString();
        const inserted = await members.insert('m1', doc);
        const found = await members.get('m1');
        expect(found).toEqual({ ...inserted, version: 1, doc: JSON.parse(JSON.stringify(doc)) });
        expect(found?.createdAt).toBe(found?.storedAt);
        expect([before, found?.createdAt, new Date().toISOString()].toSorted()[1]).toBe(found?.createdAt);
      });

      test('does not change with the object it came from', async () => {
        const doc = member('m1', { offers: ['first'] });
        await members.insert('m1', doc);
        doc.offers!.push('second');
        expect((await members.get('m1'))?.doc.offers).toEqual(['first']);
      });

      test('is undefined where there is none', async () => {
        expect(await members.get('nobody')).toBeUndefined();
      });

      test('belongs to its collection only', async () => {
        await members.insert('same', member('same'));
        await store.collection('needs').insert('same', { id: 'same', ownerId: 'm1', title: 'A need' });
        await members.remove('same');
        expect((await store.collection('needs').get('same'))?.doc.title).toBe('A need');
      });

      test('is refused when the id is taken, and the first one stays', async () => {
        await members.insert('m1', member('m1', { name: 'First' }));
        await expect(members.insert('m1', member('m1', { name: 'Second' }))).rejects.toMatchObject({
          code: 'taken',
          index: 'id',
        });
        expect(await members.get('m1')).toMatchObject({ version: 1, doc: { name: 'First' } });
      });

      test('has ids that differ by case alone', async () => {
        await members.insert('a', member('a'));
        await members.insert('A', member('A'));
        expect(await members.count()).toBe(2);
      });

      test('grows its version with every replace and keeps the time of its creation', async () => {
        const first = await members.insert('m1', member('m1', { summary: 'old' }));
        const second = await members.replace('m1', member('m1', { name: 'New' }), 1);
        expect(second).toMatchObject({ version: 2, createdAt: first.createdAt, doc: { name: 'New' } });
        expect((await members.get('m1'))?.doc).toEqual({ id: 'm1', kind: 'startup', name: 'New' });
      });

      test('is not replaced when stale, missing or gone', async () => {
        await members.insert('m1', member('m1'));
        await members.replace('m1', member('m1', { name: 'Newer' }), 1);
        await expect(members.replace('m1', member('m1', { name: 'Late' }), 1)).rejects.toMatchObject({ code: 'stale' });
        await expect(members.replace('m2', member('m2'), 1)).rejects.toMatchObject({ code: 'missing' });
        expect(await members.get('m1')).toMatchObject({ version: 2, doc: { name: 'Newer' } });
      });

      test('lets exactly one of many replaces of one version through', async () => {
        await members.insert('m1', member('m1'));
        const results = await Promise.allSettled(
          Array.from({ length: 10 }, (_, i) => members.replace('m1', member('m1', { name: `Writer ${i}` }), 1)),
        );
        const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
        expect(won).toHaveLength(1);
        expect(await members.get('m1')).toMatchObject({ version: 2, doc: won[0]!.doc });
      });

      test('is removed, also by version, and not when stale or missing', async () => {
        await members.insert('m1', member('m1'));
        await expect(members.remove('m1', 7)).rejects.toMatchObject({ code: 'stale' });
        await members.remove('m1', 1);
        expect(await members.get('m1')).toBeUndefined();
        await expect(members.remove('m1')).rejects.toMatchObject({ code: 'missing' });
      });
    });

    describe('unique values', () => {
      test('are refused a second time by insert and by replace, with the name of the index', async () => {
        await members.insert('m1', member('m1', { orgNumber: '974760673' }));
        await members.insert('m2', member('m2'));
        const taken = { code: 'taken', index: 'orgNumber' };
        const copy = { orgNumber: '974760673' };
        await expect(members.insert('m3', member('m3', copy))).rejects.toMatchObject(taken);
        await expect(members.replace('m2', member('m2', copy), 1)).rejects.toMatchObject(taken);
        expect(await members.get('m3')).toBeUndefined();
        expect(await members.get('m2')).toMatchObject({ version: 1, doc: { name: 'm2' } });
      });

      test('may be kept by their owner and are free once it lets go', async () => {
        await members.insert('m1', member('m1', { orgNumber: '974760673' }));
        await members.replace('m1', member('m1', { orgNumber: '974760673', name: 'Still mine' }), 1);
        await members.replace('m1', member('m1'), 2);
        await members.insert('m2', member('m2', { orgNumber: '974760673' }));
        await members.remove('m2');
        await members.insert('m3', member('m3', { orgNumber: '974760673' }));
        expect(ids((await members.find({ limit: 10 })).items)).toEqual(['m1', 'm3']);
      });

      test('of an array count each for itself, and one that is taken refuses the whole document', async () => {
        const introductions = store.collection('introductions');
        const doc = (id: string, capSlots?: string[]) => ({ id, capSlots }) as unknown as Introduction;
        await introductions.insert('i1', doc('i1', ['m1:2026-11:1', 'm2:2026-11:1']));
        const taken = { code: 'taken', index: 'capSlots' };
        await expect(introductions.insert('i2', doc('i2', ['m1:2026-11:2', 'm2:2026-11:1']))).rejects.toMatchObject(
          taken,
        );
        await introductions.insert('i2', doc('i2', ['m1:2026-11:2', 'm2:2026-11:2']));
        await expect(introductions.replace('i2', doc('i2', ['m1:2026-11:1']), 1)).rejects.toMatchObject(taken);
        await introductions.replace('i1', doc('i1'), 1);
        await introductions.replace('i2', doc('i2', ['m1:2026-11:1']), 1);
        await introductions.insert('i3', doc('i3', ['m2:2026-11:2']));
        await introductions.insert('i4', doc('i4'));
      });

      test('may be absent any number of times', async () => {
        await members.insert('m1', member('m1'));
        await members.insert('m2', member('m2'));
        expect(await members.count()).toBe(2);
      });
    });

    describe('many documents', () => {
      test('come in the order asked, without those that do not exist', async () => {
        for (const id of ['a', 'b', 'c']) await members.insert(id, member(id));
        expect(ids(await members.getMany(['c', 'nobody', 'a']))).toEqual(['c', 'a']);
        expect(await members.getMany([])).toEqual([]);
      });

      test('are written one by one: a refused one stops no other and leaves nothing behind', async () => {
        await members.insert('old', member('old', { orgNumber: '974760673' }));
        await members.insert('gone', member('gone'));
        const results = await members.writeMany([
          { op: 'insert', id: 'a', doc: member('a') },
          { op: 'insert', id: 'old', doc: member('old') },
          { op: 'insert', id: 'b', doc: member('b', { orgNumber: '974760673', county: 'Oslo' }) },
          {
            op: 'replace',
            id: 'old',
            doc: member('old', { name: 'Replaced', orgNumber: '974760673' }),
            expectedVersion: 1,
          },
          { op: 'replace', id: 'old', doc: member('old', { name: 'Late' }), expectedVersion: 1 },
          { op: 'replace', id: 'nobody', doc: member('nobody'), expectedVersion: 1 },
          { op: 'remove', id: 'gone' },
          { op: 'insert', id: 'c', doc: member('c') },
        ]);
        const said = results.map((r) =>
          r.ok ? (r.stored?.version ?? 0) : `${r.error.code} ${r.error.index ?? ''}`.trim(),
        );
        expect(said).toEqual([1, 'taken id', 'taken orgNumber', 2, 'stale', 'missing', 0, 1]);
        const left = await members.find({ limit: 10 });
        expect(left.items.map((item) => item.doc.name)).toEqual(['a', 'c', 'Replaced']);
        expect(await members.count({ county: 'Oslo' })).toBe(0);
        const changes = (await store.changes(0, 100)).map(({ id, version }) => `${id}:${version}`);
        expect(changes).toEqual(['old:1', 'gone:1', 'a:1', 'old:2', 'gone:0', 'c:1']);
      });

      test('are written by the thousand, with results in the order given', async () => {
        const ops = Array.from({ length: 1201 }, (_, i): WriteOp<Member> => {
          const id = `m${i % 1200}`;
          return { op: 'insert', id, doc: member(id) };
        });
        const results = await members.writeMany(ops);
        expect(results.slice(0, 1200).map((r) => r.ok && r.stored?.id)).toEqual(ops.slice(0, 1200).map((op) => op.id));
        expect(results[1200]).toMatchObject({ ok: false, error: { code: 'taken' } });
        expect(await members.count()).toBe(1200);
      });
    });

    describe('find', () => {
      const pages = async (query: { where?: Record<string, string>; text?: string; limit: number }) => {
        const seen: string[][] = [];
        let after: string | undefined;
        do {
          const page = await members.find({ ...query, ...(after === undefined ? {} : { after }) });
          seen.push(ids(page.items));
          after = page.nextCursor;
        } while (after !== undefined);
        return seen;
      };

      test('pages through everything by id, without an empty last page', async () => {
        for (const id of ['d', 'b', 'a', 'c']) await members.insert(id, member(id));
        expect(await pages({ limit: 2 })).toEqual([
          ['a', 'b'],
          ['c', 'd'],
        ]);
        expect(await pages({ limit: 3 })).toEqual([['a', 'b', 'c'], ['d']]);
      });

      test('answers an empty page on an empty collection', async () => {
        expect(await members.find({ limit: 5 })).toEqual({ items: [] });
      });

      test('skips and repeats nothing while rows come and go', async () => {
        for (const id of ['b', 'd', 'f', 'h']) await members.insert(id, member(id));
        const first = await members.find({ limit: 2 });
        await members.insert('a', member('a'));
        await members.insert('e', member('e'));
        await members.remove('d');
        const second = await members.find({ limit: 10, after: first.nextCursor! });
        expect(ids([...first.items, ...second.items])).toEqual(['b', 'd', 'e', 'f', 'h']);
      });

      test('filters by scalars and by elements of arrays, all of which must hold', async () => {
        await members.insert(
          'a',
          member('a', { county: 'Oslo', sectors: ['sensors', 'home care'], clusters: ['NSCC'] }),
        );
        await members.insert('b', member('b', { county: 'Oslo', sectors: ['home care'], kind: 'investor' }));
        await members.insert('c', member('c', { county: 'Nordland', sectors: ['sensors', 'sensors'] }));
        const found = async (where: Record<string, string>) => (await pages({ where, limit: 1 })).flat();
        expect(await found({ county: 'Oslo' })).toEqual(['a', 'b']);
        expect(await found({ sectors: 'home care' })).toEqual(['a', 'b']);
        expect(await found({ sectors: 'sensors', county: 'Oslo' })).toEqual(['a']);
        expect(await found({ clusters: 'NSCC', kind: 'investor' })).toEqual([]);
        expect(await found({ sectors: 'home' })).toEqual([]);
        expect(await members.count({ sectors: 'sensors' })).toBe(2);
        expect(await members.count({ county: 'Nordland', sectors: 'home care' })).toBe(0);
      });

      test('ignores case in filters, but not in ids', async () => {
        await members.insert('a', member('a', { county: 'Oslo', sectors: ['Søvn'], clusters: ['NSCC', 'NHT'] }));
        expect(await members.count({ clusters: 'nht', county: 'OSLO', sectors: 'SØVN' })).toBe(1);
        await store.collection('needs').insert('n1', { id: 'n1', ownerId: 'Kommune-A', title: 'A need' });
        expect(await store.collection('needs').count({ ownerId: 'kommune-a' })).toBe(0);
        expect(await store.collection('needs').count({ ownerId: 'Kommune-A' })).toBe(1);
      });

      test('follows replaced and removed documents', async () => {
        await members.insert('a', member('a', { sectors: ['x', 'y'] }));
        await members.insert('b', member('b', { sectors: ['x'] }));
        await members.replace('a', member('a', { sectors: ['y', 'z'] }), 1);
        await members.remove('b');
        expect(await members.count({ sectors: 'x' })).toBe(0);
        expect(await members.count({ sectors: 'z' })).toBe(1);
      });

      test('refuses a filter that is not declared', async () => {
        await expect(members.find({ where: { summary: 'x' }, limit: 1 })).rejects.toThrow(RangeError);
        await expect(members.count({ summary: 'x' })).rejects.toThrow(RangeError);
      });

      test('searches the declared texts, whatever the case and the characters', async () => {
        await members.insert(
          'a',
          member('a', { name: 'Blå Måling AS', offers: ['Fallsensor 100%', 'Trygghetsalarm'] }),
        );
        await members.insert('b', member('b', { summary: 'Måler blodtrykk', county: 'Trøndelag' }));
        await members.insert('c', member('c', { summary: 'underscore_here' }));
        const found = async (text: string) => (await pages({ text, limit: 1 })).flat();
        expect(await found('MÅL')).toEqual(['a', 'b']);
        expect(await found('sensor 100%')).toEqual(['a']);
        expect(await found('trøndelag')).toEqual([]);
        expect(await found('%')).toEqual(['a']);
        expect(await found('e_h')).toEqual(['c']);
        expect(await found('r.o')).toEqual([]);
        expect(await found('(')).toEqual([]);
        expect(await found('\0')).toEqual([]);
        expect(await found('')).toEqual(['a', 'b', 'c']);
        expect((await members.find({ text: 'mål', where: { county: 'Trøndelag' }, limit: 5 })).items).toHaveLength(1);
      });
    });

    describe('past events', () => {
      test('of a member are found on either side, page by page, and erased with its id, and nothing else is', async () => {
        const history = store.collection('history');
        const event = (id: string, subjectId: string, counterpartIds: string[]) =>
          history.insert(id, { id, subjectId, text: `Event ${id}`, counterpartIds, date: '2024-05-01' });
        await event('1', 'a', ['b']);
        await event('2', 'c', ['a', 'b']);
        await event('3', 'c', ['b']);
        await event('4', 'c', ['a']);
        await event('5', 'aa', ['ab']);
        const erased: string[] = [];
        const pastEvents = createPastEvents(store, {
          erase: async (_type, id, texts) => void erased.push(id, ...texts),
        });
        const first = await pastEvents.of('a', { limit: 2 });
        expect(ids(first.items)).toEqual(['1', '2']);
        const second = await pastEvents.of('a', { limit: 2, after: first.nextCursor });
        expect(ids(second.items)).toEqual(['4']);
        expect(second.nextCursor).toBeUndefined();

        await pastEvents.erase('a');
        expect((await pastEvents.of('a', { limit: 10 })).items).toEqual([]);
        const left = (await history.find({ limit: 10 })).items;
        expect(left.map(({ id, doc }) => [id, doc.counterpartIds])).toEqual([
          ['2', ['b']],
          ['3', ['b']],
          ['5', ['ab']],
        ]);
        expect(erased.toSorted()).toEqual(['1', '4', 'Event 1', 'Event 4']);
        await pastEvents.erase('a');
        expect(await history.count()).toBe(3);
      });
    });

    describe('the change log', () => {
      test('starts empty', async () => {
        expect(await store.headSeq()).toBe(0);
        expect(await store.changes(0, 10)).toEqual([]);
      });

      test('names every write of members, needs and vectors in order, and no other', async () => {
        await members.insert('m1', member('m1'));
        await store.collection('meta').insert('seed', { done: true });
        await store.collection('vectors').insert('member:m1', { modelDigest: 'd', dimension: 1, vectors: {} });
        await members.replace('m1', member('m1', { name: 'New' }), 1);
        await store.collection('needs').insert('n1', { id: 'n1', ownerId: 'm1', title: 'A need' });
        await members.remove('m1');
        const changes = await store.changes(0, 100);
        expect(changes.map(({ collection, id, version }) => [collection, id, version])).toEqual([
          ['members', 'm1', 1],
          ['vectors', 'member:m1', 1],
          ['members', 'm1', 2],
          ['needs', 'n1', 1],
          ['members', 'm1', 0],
        ]);
        const seqs = changes.map((change) => change.seq);
        expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
        expect(await store.headSeq()).toBe(seqs.at(-1));
        expect(await store.changes(seqs[1]!, 2)).toEqual(changes.slice(2, 4));
      });

      test('says nothing of refused writes', async () => {
        await members.insert('m1', member('m1', { orgNumber: '974760673' }));
        const head = await store.headSeq();
        await expect(members.insert('m2', member('m2', { orgNumber: '974760673' }))).rejects.toThrow(StoreError);
        await expect(members.replace('m1', member('m1'), 9)).rejects.toThrow(StoreError);
        await expect(members.remove('m9')).rejects.toThrow(StoreError);
        expect(await store.changes(head, 10)).toEqual([]);
      });

      test('never uses a number twice, also after the newest entry was removed and the store reopened', async () => {
        await members.insert('m1', member('m1'));
        const head = await store.headSeq();
        await reopen();
        await members.insert('m2', member('m2'));
        expect((await store.changes(head, 10)).map((change) => change.id)).toEqual(['m2']);
      });
    });

    describe('the life of the store', () => {
      test('keeps everything over a restart', async () => {
        await members.insert('m1', member('m1', { orgNumber: '974760673', sectors: ['sensors'], summary: 'Radar' }));
        await members.replace('m1', member('m1', { orgNumber: '974760673', sectors: ['radar'], summary: 'Radar' }), 1);
        const before = await members.get('m1');
        const changes = await store.changes(0, 10);
        await reopen();
        expect(await members.get('m1')).toEqual(before);
        expect(await store.changes(0, 10)).toEqual(changes);
        expect(ids((await members.find({ where: { sectors: 'radar' }, text: 'radar', limit: 5 })).items)).toEqual([
          'm1',
        ]);
        await expect(members.insert('m2', member('m2', { orgNumber: '974760673' }))).rejects.toMatchObject({
          code: 'taken',
        });
      });

      test('answers a ping while open', async () => {
        await expect(store.ping()).resolves.toBeUndefined();
      });

      test('is unavailable once closed, and closes twice', async () => {
        await store.close();
        await store.close();
        const calls = [
          () => store.ping(),
          () => store.headSeq(),
          () => store.changes(0, 1),
          () => members.get('m1'),
          () => members.getMany(['m1']),
          () => members.insert('m1', member('m1')),
          () => members.replace('m1', member('m1'), 1),
          () => members.remove('m1'),
          () => members.writeMany([{ op: 'insert', id: 'm1', doc: member('m1') }]),
          () => members.find({ limit: 1 }),
          () => members.count(),
        ];
        for (const call of calls) await expect(call()).rejects.toEqual(unavailable());
      });
    });
  });
}
