import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { forACaller, forNobody, patienceMs } from '../../src/app/patience.ts';

test('what a caller waits for is refused within two seconds of its beginning; what nobody waits for has longer', async () => {
  expect(patienceMs()).toBeGreaterThan(5000);
  await forACaller(async () => {
    const first = patienceMs();
    expect(first).toBeLessThan(2000);
    await pause(50);
    expect(patienceMs()).toBeLessThan(first);
    await forNobody(async () => expect(patienceMs()).toBeGreaterThan(5000));
  });
});

test('a part that answers has time for every answer, however long the request has run', async () => {
  await forACaller(async () => {
    await pause(1900);
    expect(patienceMs()).toBeGreaterThan(500);
  });
});
