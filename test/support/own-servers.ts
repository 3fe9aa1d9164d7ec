import { randomUUID } from 'node:crypto';

/** Where the tests run on MongoDB and Redis: a database and a prefix of one's own, and the way to remove them. */
export function ownServers(): {
  options: { mongoUrl?: string; redisUrl?: string; redisPrefix?: string };
  remove(): Promise<void>;
} {
  const { KOBLING_TEST_MONGO_URL: mongo, KOBLING_TEST_REDIS_URL: redisUrl } = process.env;
  if (mongo === undefined || redisUrl === undefined) return { options: {}, remove: async () => undefined };
  const redisPrefix = `kobling-test-${randomUUID()}`;
  const url = new URL(mongo);
  url.pathname = redisPrefix;
  return {
    options: { mongoUrl: url.href, redisUrl, redisPrefix },
    async remove() {
      await Promise.all([removeDatabase(url.href), removeKeys(redisUrl, redisPrefix)]);
    },
  };
}

export async function removeDatabase(url: string): Promise<void> {
  const { createConnection } = (await import('mongoose')).default;
  const connection = await createConnection(url).asPromise();
  await connection.dropDatabase();
  await connection.close();
}

export async function removeKeys(url: string, prefix: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${prefix}:*` }) as AsyncIterable<string[]>)
    if (keys.length > 0) await redis.del(keys);
  await redis.quit();
}
