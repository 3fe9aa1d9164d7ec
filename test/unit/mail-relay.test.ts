import { beforeEach, describe, expect, test } from '@jest/globals';
import { openInProcessQueue } from '../../src/adapters/queue/in-process.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { createAnswerLinks } from '../../src/app/answer-links.ts';
import { createMailRelay, mailJob, type MailRelay, type MailRelayDeps } from '../../src/app/mail-relay.ts';
import {
  MailerError,
  type JobContext,
  type JobQueue,
  type Mailer,
  type OutgoingMail,
  type Store,
} from '../../src/app/ports.ts';
import type { Introduction } from '../../src/domain/introduction/introduction.ts';
import type { Member } from '../../src/domain/member.ts';
import { after, suggested } from '../support/introductions.ts';

let store: Store;
let queue: JobQueue;
let nowMs: number;
let sent: OutgoingMail[];
let deliver: (mail: OutgoingMail) => Promise<void>;
let relay: MailRelay;

const mailer: Mailer = { send: (mail) => deliver(mail), close: async () => undefined };
const newRelay = (more: Partial<MailRelayDeps> = {}) =>
  createMailRelay({
    store,
    queue,
    mailer,
    links: createAnswerLinks(store, 'https://kobling.example'),
    messageIdHost: 'kobling.example',
    canReply: true,
    nowMs: () => nowMs,
    ...more,
  });
const member = (id: string, more: Partial<Member> = {}): Member => ({
  id,
  kind: id === 'startup' ? 'startup' : 'investor',
  name: `Navn ${id}`,
  contact: { email: `${id}@example.org` },
  ...more,
});
beforeEach(async () => {
  store = openSqliteStore(':memory:');
  // Never started: the jobs stay to be looked at, and the tests run them.
  queue = openInProcessQueue({ jobs: store.collection('jobs') });
  nowMs = 1_000_000;
  sent = [];
  deliver = async (mail) => void sent.push(mail);
  relay = newRelay();
  for (const id of ['startup', 'investor']) await store.collection('members').insert(id, member(id));
});

const introductions = () => store.collection('introductions');
const store1 = async (...steps: string[]) => {
  const introduction = after(suggested(), ...steps);
  await introductions().insert(introduction.id, introduction);
  return introduction;
};
const stored = async () => (await introductions().get('i1'))!.doc;
const outbox = async () => (await stored()).outbox;
const run = (mailId = 'm1', by = relay) =>
  by.handlers[mailJob]!({ introductionId: 'i1', mailId }, {} as JobContext) as Promise<{ mail: string }>;
const jobs = async () => (await queue.list({ limit: 100 })).items.map(({ doc }) => doc);
const refuse = (permanent: boolean) => async () => {
  throw new MailerError('not now', permanent);
};

describe('a mail that an introduction asks for', () => {
  test('is one job however often it is asked for, and is sent once however often the job runs', async () => {
    const introduction = await store1('approve', 'send-to-both');
    for (let i = 0; i < 3; i++) await relay.request(introduction);
    expect((await jobs()).map((job) => job.key)).toEqual(['i1:m1', 'i1:m2']);
    await Promise.all([run(), run(), run()]);
    expect(await run()).toEqual({ mail: 'sent' });
    expect(sent).toEqual([
      expect.objectContaining({
        messageId: '<i1.m1@kobling.example>',
        to: { name: undefined, address: 'startup@example.org' },
        subject: 'Forslag: bli kjent med Navn investor?',
      }),
    ]);
    expect((await stored()).watch).toEqual(['time', 'mail']);
    await run('m2');
    expect((await stored()).watch).toEqual(['time']);
  });

  test('has a link that belongs to its side and asking alone', async () => {
    await store1('approve', 'send-to-both');
    await run('m1');
    await run('m2');
    const tokens = sent.map(({ text }) => /\/i\/i1\/(\S+)/u.exec(text)![1]!);
    const links = createAnswerLinks(store, undefined);
    expect(await Promise.all(tokens.map(async (token) => links.sideOf(await stored(), token)))).toEqual(['a', 'b']);
    expect(await links.sideOf({ ...(await stored()), round: 2 }, tokens[0]!)).toBeUndefined();
    expect(await links.sideOf({ ...(await stored()), id: 'i2' }, tokens[0]!)).toBeUndefined();
  });

  test('speaks the language of its receiver', async () => {
    await introductionsOf('nn');
    await run();
    expect(sent[0]).toMatchObject({ lang: 'nn', subject: 'Framlegg: verte kjend med Navn investor?' });
  });
  const introductionsOf = async (language: Member['language']) => {
    await store.collection('members').replace('startup', member('startup', { language }), 1);
    await store1('approve', 'send');
  };

  test('is tried again with growing waits under the same id, and given up in the end', async () => {
    await store1('approve', 'send');
    const tried: string[] = [];
    deliver = async (mail) => {
      tried.push(mail.messageId);
      throw new MailerError('the server is away', false);
    };
    relay = newRelay({ backoffMs: 1000, maxAttempts: 4 });
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      expect(await run()).toEqual({ mail: 'waiting', error: 'the server is away' });
      const [mail] = await outbox();
      waits.push(mail!.notBeforeMs - nowMs);
      // Too early: nothing happens.
      expect(await run()).toEqual({ mail: 'waiting' });
      nowMs = mail!.notBeforeMs;
    }
    expect(waits).toEqual([1000, 2000, 4000]);
    expect((await jobs()).map((job) => job.key)).toContain('i1:m1');
    expect(await run()).toEqual({ mail: 'failed', error: 'the server is away' });
    expect(new Set(tried)).toEqual(new Set(['<i1.m1@kobling.example>']));
    expect([tried.length, (await outbox())[0]]).toEqual([4, expect.objectContaining({ state: 'failed', attempts: 4 })]);
    expect((await stored()).watch).toEqual(['time', 'undelivered']);
  });

  test('is not tried again when it was refused for good', async () => {
    await store1('approve', 'send');
    deliver = refuse(true);
    expect(await run()).toEqual({ mail: 'failed', error: 'not now' });
    expect(await run()).toEqual({ mail: 'failed' });
  });

  test('says why it did not leave when there is no address, or nobody any more', async () => {
    await store1('approve', 'send-to-both');
    await store.collection('members').replace('startup', member('startup', { contact: undefined }), 1);
    await store.collection('members').remove('investor');
    expect(await run('m1')).toEqual({ mail: 'failed', error: 'There is no mail address.' });
    expect((await stored()).watch).toEqual(['time', 'mail', 'undelivered']);
    expect(await run('m2')).toEqual({ mail: 'dropped', error: 'The party was removed.' });
    expect(sent).toEqual([]);
  });

  test('is dropped when it is not wanted any more, and not sent when it was taken back', async () => {
    await store1('approve', 'send', 'withdraw');
    expect(await run('m1')).toEqual({ mail: 'dropped', error: 'It was not wanted any more.' });
    expect(await run('m2')).toEqual({ mail: 'sent' });
    await introductions().remove('i1');
    await store1('approve', 'send', 'undo');
    expect(await run('m1')).toEqual({ mail: 'cancelled' });
    expect(sent.map(({ subject }) => subject)).toEqual(['Introduksjonen til Navn investor er trukket tilbake']);
  });

  test('waits as long as its step can be taken back', async () => {
    const introduction = after(suggested(), 'approve', 'send');
    const outboxLater = introduction.outbox.map((mail) => ({ ...mail, notBeforeMs: nowMs + 30_000 }));
    await introductions().insert('i1', { ...introduction, outbox: outboxLater });
    expect(await run()).toEqual({ mail: 'waiting' });
    nowMs += 30_000;
    expect(await run()).toEqual({ mail: 'sent' });
  });
});

describe('a sender that ends in the middle', () => {
  const hangs = async () => {
    deliver = async (mail) => {
      sent.push(mail);
      await new Promise(() => undefined);
    };
    const begun = new Promise<void>((resolve) => {
      const hang = deliver;
      deliver = (mail) => {
        resolve();
        return hang(mail);
      };
    });
    void run();
    await begun;
    deliver = async (mail) => void sent.push(mail);
  };

  test('is left alone for the lease, then another sends again under the same id', async () => {
    await store1('approve', 'send');
    await hangs();
    expect(await run('m1', newRelay())).toEqual({ mail: 'elsewhere' });
    await relay.recover(await stored(), false);
    expect(await jobs()).toEqual([]);
    nowMs += 60_000;
    await relay.recover(await stored(), false);
    expect((await jobs()).map((job) => job.key)).toEqual(['i1:m1']);
    expect(await run('m1', newRelay())).toEqual({ mail: 'sent' });
    expect(sent.map((mail) => mail.messageId)).toEqual(['<i1.m1@kobling.example>', '<i1.m1@kobling.example>']);
  });

  test('is not waited for by a process that knows that it is alone', async () => {
    await store1('approve', 'send');
    await hangs();
    await relay.recover(await stored(), true);
    expect((await jobs()).map((job) => job.key)).toEqual(['i1:m1']);
    expect(await run('m1', newRelay())).toEqual({ mail: 'sent' });
  });
});

test('what happens to the introduction while a mail is on its way is kept', async () => {
  await store1('approve', 'send');
  deliver = async (mail) => {
    sent.push(mail);
    const found = (await introductions().get('i1'))!;
    await introductions().replace('i1', after(found.doc, 'accept:a'), found.version);
  };
  expect(await run()).toEqual({ mail: 'sent' });
  const now: Introduction = await stored();
  expect([now.state, now.outbox.map((mail) => mail.state)]).toEqual(['accepted-by-a', ['sent', 'waiting']]);
});
