import { describe, expect, test } from '@jest/globals';
import { createEmbedQueue, type EmbedQueue, type Work } from '../../src/adapters/embedder/embed-queue.ts';
import { EmbedderError } from '../../src/app/ports.ts';

const texts = (count: number, name = 't') => Array.from({ length: count }, (_t, i) => `${name}${i}`);
const vectorOf = (text: string) => Float32Array.from(Buffer.from(text));
const finish = (queue: EmbedQueue, work: Work) => queue.finish(work, work.texts.map(vectorOf));
const drain = (queue: EmbedQueue) => {
  for (let work = queue.take(); work !== undefined; work = queue.take()) finish(queue, work);
};

describe('The queue of texts to embed', () => {
  test('puts the vectors back in order, whatever the order of finishing', async () => {
    const queue = createEmbedQueue(100);
    const vectors = queue.add(texts(20));
    const works = [queue.take()!, queue.take()!, queue.take()!];
    expect(works.map((work) => work.texts.length)).toEqual([8, 8, 4]);
    for (const work of works.reverse()) finish(queue, work);
    expect(await vectors).toEqual(texts(20).map(vectorOf));
    expect(queue.take()).toBeUndefined();
  });

  test('hands out long texts one by one', () => {
    const queue = createEmbedQueue(100);
    void queue.add(Array.from({ length: 6 }, () => 'x'.repeat(5000)));
    expect(queue.take()!.texts).toHaveLength(1);
  });

  test('lets calls of few texts go first, also when the others fill their lane', async () => {
    const queue = createEmbedQueue(10);
    void queue.add(texts(30, 'bulk'));
    expect(() => queue.add(texts(5))).toThrow(EmbedderError);
    const urgent = queue.add(['urgent']);
    expect(queue.take()!.texts).toEqual(['urgent']);
    drain(queue);
    expect(queue.take()).toBeUndefined();
    void urgent;
  });

  test('takes calls again once there is room', async () => {
    const queue = createEmbedQueue(10);
    const first = queue.add(texts(30));
    expect(() => queue.add(texts(5))).toThrow('Too many texts');
    drain(queue);
    await first;
    const second = queue.add(texts(5));
    drain(queue);
    expect(await second).toHaveLength(5);
  });

  test('gives work that was not begun again first', () => {
    const queue = createEmbedQueue(100);
    void queue.add(texts(20));
    const [first, second] = [queue.take()!, queue.take()!];
    queue.putBack(second);
    queue.putBack(first);
    expect(queue.take()).toEqual(first);
    expect(queue.take()).toEqual(second);
  });

  test('narrows blame down to one text and refuses only the call that holds it', async () => {
    const queue = createEmbedQueue(100);
    const bad = queue.add([...texts(6), 'poison', ...texts(6)]);
    const good = queue.add(texts(9, 'good'));
    const refused = expect(bad).rejects.toThrow('Text 7 of 13 (6 characters) cannot be embedded: it broke.');
    let losses = 0;
    for (let work = queue.take(); work !== undefined; work = queue.take()) {
      if (!work.texts.includes('poison')) finish(queue, work);
      else if (++losses) queue.blame(work, 'it broke');
    }
    await refused;
    expect(losses).toBe(3);
    expect(await good).toEqual(texts(9, 'good').map(vectorOf));
  });

  test('an aborted call leaves the queue, and what comes back for it is dropped', async () => {
    const queue = createEmbedQueue(100);
    const controller = new AbortController();
    const call = queue.add(texts(20), controller.signal);
    const inHand = queue.take()!;
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    finish(queue, inHand);
    queue.putBack(inHand);
    queue.blame(inHand, 'whatever');
    expect(queue.take()).toBeUndefined();
  });
});
