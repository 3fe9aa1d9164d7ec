import { beforeEach, expect, test } from '@jest/globals';
import { openInProcessQueue } from '../../src/adapters/queue/in-process.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import {
  createIntroductionTimer,
  introductionDueJob,
  type IntroductionTimer,
} from '../../src/app/introduction-timer.ts';
import { createIntroductions, defaultIntroductionSettings, type Introductions } from '../../src/app/introductions.ts';
import type { MailRelay } from '../../src/app/mail-relay.ts';
import { createPairStates } from '../../src/app/pair-states.ts';
import type { JobContext, JobQueue, Store } from '../../src/app/ports.ts';
import type { Actor } from '../../src/app/actor.ts';
import { daysAfter } from '../../src/domain/introduction/introduction.ts';
import { start, suggested } from '../support/introductions.ts';

const adviser: Actor = { name: 'adviser', role: 'adviser' };
let store: Store;
let queue: JobQueue;
let now: string;
let introductions: Introductions;
let timer: IntroductionTimer;
beforeEach(async () => {
  store = openSqliteStore(':memory:');
  queue = openInProcessQueue({ jobs: store.collection('jobs') });
  now = start;
  const clock = { now: () => new Date(now) };
  const relay: MailRelay = { request: async () => undefined, recover: async () => undefined, handlers: {} };
  introductions = createIntroductions({ store, clock, relay, settings: defaultIntroductionSettings });
  timer = createIntroductionTimer({ store, queue, clock, introductions, relay });
  await store.collection('introductions').insert('i1', suggested());
});
const act = (event: Parameters<Introductions['act']>[1], body: object = {}) =>
  introductions.act('i1', event, body, adviser);
const doc = async () => (await store.collection('introductions').get('i1'))!.doc;

/** Goes on by days, sweeping twice a day, and runs whatever was asked for twice. */
async function live(days: number): Promise<string[]> {
  const happened: string[] = [];
  for (let half = 0; half < 2 * days; half++) {
    now = daysAfter(now, 0.5);
    await timer.sweep();
    await timer.sweep();
    const waiting = await queue.list({ state: 'waiting', limit: 100 });
    for (const job of waiting.items) {
      await store.collection('jobs').remove(job.id);
      const runs = [1, 2].map(() => timer.handlers[introductionDueJob]!(job.doc.input, {} as JobContext));
      for (const result of (await Promise.all(runs)) as { happened: string[] }[])
        happened.push(...result.happened.map((event) => `${event} ${now.slice(0, 10)}`));
    }
    // The queue of this test never runs: a new one has forgotten what waited.
    queue = openInProcessQueue({ jobs: store.collection('jobs') });
    const clock = { now: () => new Date(now) };
    const relay: MailRelay = { request: async () => undefined, recover: async () => undefined, handlers: {} };
    timer = createIntroductionTimer({ store, queue, clock, introductions, relay });
  }
  return happened;
}

test('a side that does not answer is reminded once after a week, and after two it is over', async () => {
  await act('approve');
  await act('send');
  expect(await live(30)).toEqual(['remind 2026-11-28', 'expire 2026-12-05']);
  expect((await doc()).outbox.map(({ template, to }) => `${template} ${to}`)).toEqual(['request a', 'reminder a']);
  expect((await doc()).pairKey).toBeUndefined();
});

test('the other side has its own two weeks, and who had said yes is told when they are over', async () => {
  await act('approve');
  await act('send');
  expect(await live(5)).toEqual([]);
  await act('accept', { side: 'a' });
  expect(await live(30)).toEqual(['remind 2026-12-03', 'expire 2026-12-10']);
  expect((await doc()).outbox.map(({ template, to }) => `${template} ${to}`)).toEqual([
    'request a',
    'request b',
    'reminder b',
    'expired a',
  ]);
});

test('who has answered is left alone', async () => {
  await act('approve');
  await act('send', { to: 'both' });
  for (const side of ['a', 'b']) await act('accept', { side });
  expect(await live(40)).toEqual([]);
});

test('what was postponed comes back as suggested on its day, and is not asked before', async () => {
  await act('postpone', { until: '2027-03-01' });
  expect(await live(110)).toEqual(['return 2027-03-01']);
  expect(await doc()).toMatchObject({ state: 'suggested', watch: [] });
});

test('after a standstill longer than the time to answer no late reminder is sent', async () => {
  await act('approve');
  await act('send');
  now = daysAfter(now, 60);
  await timer.sweep();
  expect(await introductions.passTime('i1')).toEqual(['expire']);
});

test('a sending can be taken back while its mails wait', async () => {
  const clock = { now: () => new Date(now) };
  const settings = { ...defaultIntroductionSettings, askBoth: true, mailDelayMs: 30_000 };
  const relay: MailRelay = { request: async () => undefined, recover: async () => undefined, handlers: {} };
  introductions = createIntroductions({ store, clock, relay, settings, nowMs: () => 1000 });
  await act('approve');
  await act('send');
  expect((await doc()).outbox.map(({ to, notBeforeMs }) => [to, notBeforeMs])).toEqual([
    ['a', 31_000],
    ['b', 31_000],
  ]);
  await act('undo');
  expect(await doc()).toMatchObject({
    state: 'approved',
    asked: {},
    outbox: [{ state: 'cancelled' }, { state: 'cancelled' }],
  });
});

test('the ranking hears of pairs that were turned down, work together, or are open again', async () => {
  const pairs = createPairStates(store);
  const state = async () => {
    await pairs.refresh();
    return [pairs.pairState('startup', 'investor'), pairs.pairState('investor', 'startup')];
  };
  const both = (value: string) => [value, value];
  expect(await state()).toEqual(both('none'));
  await act('reject', { code: 'conflict' });
  expect(await state()).toEqual(both('rejected'));
  await act('undo');
  expect(await state()).toEqual(both('none'));
  await act('approve');
  await act('send', { to: 'both' });
  for (const side of ['a', 'b']) await act('accept', { side });
  expect(await state()).toEqual(both('working-together'));
  await act('met');
  await act('outcome', { outcome: 'none', date: '2026-11-21', confirmedBy: 'Kari' });
  expect(await state()).toEqual(both('introduced-before'));
  expect(createPairStates(store).pairState('startup', 'investor')).toBe('none');
  await store.collection('introductions').remove('i1');
  expect(await state()).toEqual(both('none'));
});
