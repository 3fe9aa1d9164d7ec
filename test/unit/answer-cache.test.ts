import { expect, test } from '@jest/globals';
import { createAnswerCache } from '../../src/http/answer-cache.ts';

const asked = (path: string, ifNoneMatch?: string) => ({
  path,
  get: ((name: string) => (name === 'if-none-match' ? ifNoneMatch : undefined)) as never,
});

function world() {
  const seen = { state: 's1', computed: 0 };
  const cache = createAnswerCache(async () => seen.state, 1000);
  const ask = (path: string, query = {}, ifNoneMatch?: string) =>
    cache.answer(asked(path, ifNoneMatch), query, async () => ({ path, number: ++seen.computed }));
  return { seen, cache, ask };
}

test('the same request gets the same bytes until the state changes', async () => {
  const { seen, ask } = world();
  const first = await ask('/a');
  expect(await ask('/a')).toEqual(first);
  expect(seen.computed).toBe(1);
  seen.state = 's2';
  expect((await ask('/a')).body).toBe('{"path":"/a","number":2}');
});

test('another path or query is another answer', async () => {
  const { ask } = world();
  const bodies = [await ask('/a'), await ask('/b'), await ask('/a', { limit: 2 })].map((answer) => answer.body);
  expect(new Set(bodies).size).toBe(3);
});

test('equal requests at the same time are computed once', async () => {
  const { seen, ask } = world();
  const [one, other] = await Promise.all([ask('/a'), ask('/a')]);
  expect(one).toEqual(other);
  expect(seen.computed).toBe(1);
});

test('a client that names the ETag gets 304 without a body, and 200 once the answer is another', async () => {
  const { seen, ask } = world();
  const etag = (await ask('/a')).headers!['ETag']!;
  expect(await ask('/a', {}, etag)).toMatchObject({ status: 304, headers: { ETag: etag } });
  expect((await ask('/a', {}, etag)).body).toBeUndefined();
  seen.state = 's2';
  expect(await ask('/a', {}, etag)).toMatchObject({ status: 200 });
});

test('a failure is given to everyone who waits and is not kept', async () => {
  const { cache, ask } = world();
  const fail = () => cache.answer(asked('/a'), {}, () => Promise.reject(new Error('away')));
  await expect(Promise.all([fail(), fail()])).rejects.toThrow('away');
  expect((await ask('/a')).status).toBe(200);
});

test('an answer that is still being made when the state changes is given but not kept', async () => {
  const { seen, cache, ask } = world();
  let finish = (_value: unknown) => {};
  const slow = cache.answer(asked('/a'), {}, () => new Promise((resolve) => (finish = resolve)));
  await Promise.resolve();
  seen.state = 's2';
  await ask('/b');
  finish({ old: true });
  expect((await slow).body).toBe('{"old":true}');
  expect((await ask('/a')).body).toContain('number');
});
