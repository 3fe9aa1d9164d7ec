import { randomUUID } from 'node:crypto';
import { openBullQueue } from '../../src/adapters/queue/bull.ts';
import { queueContract } from '../contract/queue-contract.ts';

queueContract('The queue on bull', () => {
  const prefix = `kobling-test-${randomUUID()}`;
  const url = process.env['KOBLING_TEST_REDIS_URL']!;
  return { open: async () => openBullQueue({ url, prefix, concurrency: 2, maxAttempts: 3, backoffMs: 5 }) };
});
