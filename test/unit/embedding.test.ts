import { beforeEach, describe, expect, test } from '@jest/globals';
import { createEmbedding, embedBacklogJob, type Embedding } from '../../src/app/embedding.ts';
import { EmbedderError, type Embedder, type JobQueue, type Store } from '../../src/app/ports.ts';
import { openInProcessQueue } from '../../src/adapters/queue/in-process.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { reaches } from '../contract/queue-contract.ts';
import { idle } from '../support/service.ts';

/** An embedder whose answers are made up, and which tells what it was asked. */
function scripted(modelDigest: string) {
  const asked: string[] = [];
  let before: (text: string) => Promise<void> = async () => undefined;
  const embedder: Embedder = {
    modelDigest,
    dimension: 2,
    async embed(texts) {
      for (const text of texts) {
        await before(text);
        asked.push(text);
      }
      return texts.map((text) => Float32Array.from([text.length, modelDigest.length]));
    },
    ready: async () => undefined,
    close: async () => undefined,
  };
  return { embedder, asked, onText: (hook: typeof before) => (before = hook) };
}

let store: Store;
let queue: JobQueue;
let model: ReturnType<typeof scripted>;
let embedding: Embedding;
beforeEach(() => {
  store = openSqliteStore(':memory:');
  queue = openInProcessQueue({ jobs: store.collection('jobs'), backoffMs: 1, maxAttempts: 2 });
  model = scripted('one');
  embedding = createEmbedding({ store, embedder: model.embedder, queue });
});
const members = () => store.collection('members');
const vectors = () => store.collection('vectors');
const add = (id: string, offers: string[]) => members().insert(id, { id, kind: 'startup', name: id, offers });
const vectorsOf = async (id: string) => (await vectors().get(`member:${id}`))?.doc;
const runBacklog = async (by: Embedding) => {
  await by.requestBacklog();
  queue.start(by.handlers);
  await idle(queue);
};

describe('an update', () => {
  test('embeds new texts only and drops those that are gone', async () => {
    await add('a', ['x', 'yy']);
    await embedding.update('member', 'a');
    expect(model.asked).toEqual(['x', 'yy', 'x. yy']);
    await members().replace('a', { id: 'a', kind: 'startup', name: 'a', offers: ['yy', 'zzz'] }, 1);
    await embedding.update('member', 'a');
    expect(model.asked.slice(3)).toEqual(['zzz', 'yy. zzz']);
    expect(Object.keys((await vectorsOf('a'))!.vectors)).toHaveLength(3);
    expect(await embedding.update('member', 'a')).toBe(0);
  });

  test('does not bring back the vectors of a member that is removed meanwhile', async () => {
    await add('a', ['x']);
    model.onText(async () => {
      await members().remove('a');
      await embedding.erase('member', 'a', ['x']);
    });
    await embedding.update('member', 'a');
    expect(await vectorsOf('a')).toBeUndefined();
  });

  test('takes in a text that changed meanwhile', async () => {
    await add('a', ['x']);
    model.onText(async (text) => {
      if (text === 'x') await members().replace('a', { id: 'a', kind: 'startup', name: 'a', offers: ['new'] }, 1);
    });
    await embedding.update('member', 'a');
    expect(model.asked).toEqual(['x', 'new']);
    expect(Object.keys((await vectorsOf('a'))!.vectors)).toHaveLength(1);
  });
});

describe('the backlog', () => {
  test('embeds what lags, once, and removes vectors without owner', async () => {
    await add('a', ['x']);
    await add('b', ['y']);
    await embedding.update('member', 'a');
    const { doc } = (await vectors().get('member:a'))!;
    await vectors().insert('member:gone', doc);
    await vectors().insert('need:gone', doc);
    await runBacklog(embedding);
    expect(model.asked).toEqual(['x', 'y']);
    expect((await vectors().find({ limit: 10 })).items.map(({ id }) => id)).toEqual(['member:a', 'member:b']);
  });

  test('embeds everything anew for another model, while the old vectors stay until they are replaced', async () => {
    await add('a', ['x']);
    await embedding.update('member', 'a');
    const other = scripted('other');
    other.onText(async () => {
      expect((await vectorsOf('a'))!.modelDigest).toBe('one');
    });
    await runBacklog(createEmbedding({ store, embedder: other.embedder, queue }));
    expect((await vectorsOf('a'))!.modelDigest).toBe('other');
  });

  test('sets aside a member that cannot be embedded, and that one ends among the dead letters', async () => {
    for (const id of ['a', 'b', 'c']) await add(id, [`text of ${id}`]);
    model.onText(async (text) => {
      if (text === 'text of b') throw new EmbedderError('no');
    });
    await runBacklog(embedding);
    expect([await vectorsOf('a'), await vectorsOf('b'), await vectorsOf('c')].map(Boolean)).toEqual([
      true,
      false,
      true,
    ]);
    const dead = (await queue.list({ state: 'dead', limit: 10 })).items;
    expect(dead.map(({ doc }) => doc.key)).toEqual(['member:b']);
  });

  test('that cannot be worked off at all is tried again as a whole', async () => {
    for (let i = 0; i < 40; i++) await add(`m${i}`, [`text ${i}`]);
    model.onText(async () => {
      throw new EmbedderError('away');
    });
    const id = await queue.enqueue(embedBacklogJob, 'all', {});
    queue.start(embedding.handlers);
    expect((await reaches(queue, id, 'dead')).doc.error).toBe('away');
  });

  test('is one job for many owners, and a job each for few', async () => {
    await embedding.request('member', ['a', 'b']);
    await embedding.request(
      'member',
      Array.from({ length: 500 }, (_, i) => `m${i}`),
    );
    await embedding.request(
      'need',
      Array.from({ length: 500 }, (_, i) => `n${i}`),
    );
    const jobs = (await queue.list({ limit: 100 })).items.map(({ doc }) => `${doc.kind} ${doc.key}`);
    expect(jobs).toEqual(['embed member:a', 'embed member:b', 'embed-backlog all']);
  });

  test('asked for again while it runs sees what came after it had passed', async () => {
    await add('b', ['first']);
    model.onText(async (text) => {
      if (text !== 'first') return;
      await add('a', ['late']);
      const again = await queue.enqueue(embedBacklogJob, 'again', {});
      await reaches(queue, again, 'done');
    });
    await runBacklog(embedding);
    expect(model.asked).toEqual(['first', 'late']);
    expect(await vectorsOf('a')).toBeDefined();
  });
});

describe('an owner that lags for long', () => {
  const lagging = new Set(['member:a']);
  const jobs = async () => (await queue.list({ limit: 100 })).items.map(({ doc }) => `${doc.kind} ${doc.key}`);
  const patient = (lostAfterMs: number) => createEmbedding({ store, embedder: model.embedder, queue, lostAfterMs });

  test('is asked for again, once', async () => {
    await add('a', ['x']);
    const fresh = patient(60_000);
    await fresh.recover(lagging);
    await fresh.recover(lagging);
    expect(await jobs()).toEqual([]);
    const overdue = patient(0);
    await overdue.recover(lagging);
    await overdue.recover(lagging);
    expect(await jobs()).toEqual(['embed-backlog all']);
    queue.start(overdue.handlers);
    await idle(queue);
    expect(await vectorsOf('a')).toBeDefined();
  });

  test('counts from when it began to lag', async () => {
    const overdue = patient(1);
    await overdue.recover(lagging);
    await overdue.recover(new Set());
    await overdue.recover(lagging);
    expect(await jobs()).toEqual([]);
  });

  test('waits for a person when it is among the dead letters', async () => {
    await add('a', ['x']);
    model.onText(async () => {
      throw new EmbedderError('no');
    });
    await embedding.request('member', ['a']);
    queue.start(embedding.handlers);
    await idle(queue);
    await patient(0).recover(lagging);
    expect(await jobs()).toEqual(['embed member:a']);
  });
});
