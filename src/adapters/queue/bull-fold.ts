/** At most one waiting job of a kind and key: which one it is stands in Redis. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { JobData } from './bull-jobs.ts';

/** KEYS[1] names the waiting job of a kind and key. */
const claimFold = `local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[2] then return held end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]`;
const releaseFold = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

export function createFold(client: Redis, prefix: string) {
  const keyOf = ({ kind, key }: JobData) =>
    `${prefix}:waiting:${createHash('sha256').update(`${kind}\0${key}`).digest('hex')}`;
  return {
    /** The job that stands for this kind and key: `id`, unless another than `instead` does. */
    claim: async (data: JobData, id: string, instead = '') =>
      (await client.eval(claimFold, 1, keyOf(data), id, instead)) as string,
    release: async (data: JobData, id: string): Promise<void> => {
      await client.eval(releaseFold, 1, keyOf(data), id);
    },
  };
}
