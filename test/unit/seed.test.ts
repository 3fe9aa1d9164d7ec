import { beforeEach, expect, test } from '@jest/globals';
import { dated, loadSeed, readSeed, removeSeed, type SeedFiles } from '../../src/app/seed.ts';
import { memberSchema } from '../../src/app/schemas/member.ts';
import { needSchema } from '../../src/app/schemas/need.ts';
import { investorTypes, languages, memberKinds, publicBodyKinds } from '../../src/domain/member.ts';
import { procurementRoutes } from '../../src/domain/need.ts';
import type { Embedding } from '../../src/app/embedding.ts';
import { StoreError, type Store } from '../../src/app/ports.ts';
import { emptyProgramme } from '../../src/app/programme.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { seedDir } from '../support/service.ts';

const first = new Date('2026-11-21T12:00:00Z');
const later = new Date('2027-03-01T12:00:00Z');
let store: Store;
let files: SeedFiles;
let erased: string[];
beforeEach(async () => {
  store = openSqliteStore(':memory:');
  files = await readSeed(seedDir);
  erased = [];
});
const deps = (over: Store = store) => ({
  store: over,
  embedding: {
    request: async () => undefined,
    erase: async (type: string, id: string) => void erased.push(`${type}:${id}`),
  } as unknown as Embedding,
});
const count = async () => (await store.collection('members').count()) + (await store.collection('needs').count());
const total = () => files.members.length + files.needs.length;

test('fills an empty store once', async () => {
  expect(await loadSeed(deps(), files, first, true)).toBe('loaded');
  expect(await count()).toBe(total());
  expect(await loadSeed(deps(), files, later, true)).toBe('already');
});

test('has deadlines that count from the first start', async () => {
  const dated = files.needs.find((need) => typeof need['deadlineInDays'] === 'number')!;
  await loadSeed(deps(), files, first, true);
  const { doc } = (await store.collection('needs').get(dated['id'] as string))!;
  const days = (Date.parse(doc.deadline!) - Date.parse('2026-11-21')) / 86_400_000;
  expect(days).toBe(dated['deadlineInDays']);
});

test('leaves a store alone that has been used, or that was started without it', async () => {
  await store.collection('members').insert('a', { id: 'a', kind: 'startup', name: 'A' });
  expect(await loadSeed(deps(), files, first, true)).toBe('skipped');
  store = openSqliteStore(':memory:');
  expect(await loadSeed(deps(), files, first, false)).toBe('skipped');
  expect(await loadSeed(deps(), files, later, true)).toBe('skipped');
  expect(await count()).toBe(0);
});

test('goes on where a start was cut off, with the dates of that start', async () => {
  const cutOff: Store = {
    ...store,
    collection: (name) => {
      const whole = store.collection(name);
      if (name !== 'needs') return whole;
      return { ...whole, writeMany: () => Promise.reject(new StoreError('unavailable', 'cut off')) };
    },
  };
  await expect(loadSeed(deps(cutOff), files, first, true)).rejects.toThrow('cut off');
  expect(await count()).toBe(files.members.length);
  expect(await loadSeed(deps(), files, later, true)).toBe('loaded');
  expect(await count()).toBe(total());
  const dates = (await store.collection('needs').find({ limit: 100 })).items.flatMap(({ doc }) => doc.deadline ?? []);
  const latest = Math.max(...files.needs.map((need) => Number(need['deadlineInDays'] ?? 0)));
  expect(dates.sort().at(-1)).toBe(new Date(first.getTime() + latest * 86_400_000).toISOString().slice(0, 10));
});

test('is taken out again with its vectors, but for what was changed or is built on', async () => {
  await loadSeed(deps(), files, first, true);
  const changed = (await store.collection('members').find({ where: { kind: 'startup' }, limit: 1 })).items[0]!;
  await store.collection('members').replace(changed.id, { ...changed.doc, name: 'Ours now' }, changed.version);
  const owner = files.needs[0]!['ownerId'] as string;
  await store.collection('needs').insert('own', { id: 'own', ownerId: owner, title: 'Our need' });
  const removal = await removeSeed(deps(), files);
  const kept = [
    { id: changed.id, why: 'changed' },
    { id: owner, why: 'owns-needs' },
  ];
  expect(removal.kept).toHaveLength(2);
  expect(removal.kept).toEqual(expect.arrayContaining(kept));
  expect(removal.removed).toBe(total() - 2 + files.events.length);
  expect(erased).toHaveLength(total() - 2);
  expect(await count()).toBe(3);
  expect(await loadSeed(deps(), files, later, true)).toBe('already');
});

test('has events of its own members and needs, and keeps those that somebody has planned', async () => {
  await loadSeed(deps(), files, first, true);
  const events = (await store.collection('events').find({ limit: 100 })).items.map(({ doc }) => doc);
  expect(events.map(({ id }) => id)).toEqual(files.events.map(({ id }) => id));
  const ids = new Set([...files.members, ...files.needs].map(({ id }) => id));
  for (const event of events) {
    const asked = (event.requestedMeetings ?? []).flatMap(({ from, to }) => [from, to]);
    expect([...event.attendees, ...(event.needIds ?? [])].filter((id) => !ids.has(id))).toEqual([]);
    expect(asked.filter((id) => !event.attendees.includes(id))).toEqual([]);
  }
  await store.collection('programmes').insert(events[0]!.id, emptyProgramme(events[0]!.id));
  expect((await removeSeed(deps(), files)).kept).toEqual([
    { id: events[0]!.id, why: 'has-programme' },
    ...[...events[0]!.attendees].sort().map((id) => ({ id, why: 'attends-events' })),
  ]);
});

const parsed = () => ({
  members: files.members.map((line) => memberSchema.parse(dated(line, first))),
  needs: files.needs.map((line) => needSchema.parse(dated(line, first))),
});

test('has only whole lines, with an id and an organisation number of their own', () => {
  const { members, needs } = parsed();
  const ids = [...members, ...needs].map(({ id }) => id);
  const orgNumbers = members.flatMap(({ orgNumber }) => orgNumber ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(orgNumbers).size).toBe(orgNumbers.length);
  // Real units start with 8 or 9.
  expect(orgNumbers.filter((number) => !number.startsWith('2'))).toEqual([]);
});

test('names only members that exist: public bodies as owners, and competitors and holdings', () => {
  const { members, needs } = parsed();
  const kindOf = new Map(members.map(({ id, kind }) => [id, kind]));
  const notPublic = needs.filter(({ ownerId }) => !publicBodyKinds.some((kind) => kind === kindOf.get(ownerId)));
  expect(notPublic).toEqual([]);
  const named = members.flatMap(({ competesWith = [], portfolio = [] }) => [...competesWith, ...portfolio]);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((id) => !kindOf.has(id))).toEqual([]);
  const subjects = new Set([...kindOf.keys(), ...needs.map(({ id }) => id)]);
  expect(files.examples).toHaveLength(3);
  expect(files.examples.filter(({ subjectId }) => !subjects.has(subjectId))).toEqual([]);
});

test('shows every kind, language, sort of investor and procurement route', () => {
  const { members, needs } = parsed();
  expect(new Set(members.map(({ kind }) => kind))).toEqual(new Set(memberKinds));
  expect(new Set(members.map(({ language }) => language))).toEqual(new Set(languages));
  expect(new Set(needs.map(({ language }) => language))).toEqual(new Set(languages));
  expect(new Set(members.flatMap(({ investorType }) => investorType ?? []))).toEqual(new Set(investorTypes));
  expect(new Set(needs.map(({ procurementRoute }) => procurementRoute))).toEqual(new Set(procurementRoutes));
});

test('has open needs, a past one and one without a deadline', () => {
  const days = files.needs.map((need) => need['deadlineInDays']);
  expect(days.filter((n) => n === undefined)).toHaveLength(1);
  expect(days.filter((n) => Number(n) < 0)).toHaveLength(1);
  for (const line of [...files.members, ...files.needs]) expect(line).not.toHaveProperty('deadline');
  for (const line of files.members) expect(line).not.toHaveProperty('updatedAt');
});

test('holds no address outside the example domains', () => {
  const addresses = JSON.stringify(files).match(/[^\s"]+@[^\s"]+/gu) ?? [];
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses) expect(address).toMatch(/@([a-z]+\.)?example\.(org|com|net)$/u);
  expect(JSON.stringify(files)).not.toMatch(/https?:\/\//u);
});
