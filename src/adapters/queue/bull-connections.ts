/** The Redis connections of a bull queue, each with the patience that its use needs. */
import { Redis } from 'ioredis';
import { StoreError } from '../../app/ports.ts';

type ConnectionType = 'client' | 'subscriber' | 'bclient';

const connectMs = 1000;
/** A caller is told within two seconds. */
const commandMs = 1200;

/**
 * With one kind of connection for everything, either a caller waits for ever while Redis is away, or the blocking read
 * of a worker is cut off and never comes back. A connection that died without a word (a machine that lost its power, a
 * firewall that forgot it) would stay silent for a quarter of an hour: what is not heard of for `silentMs` is made anew.
 */
export function createConnections(url: string, silentMs: number, onError: (error: unknown) => void) {
  const base = { connectTimeout: connectMs, retryStrategy: (times: number) => Math.min(times * 200, 2000) };
  const open: Redis[] = [];
  const heardMs = new WeakMap<Redis, number>();
  const pulse = setInterval(() => {
    for (const redis of open) {
      if (redis.status !== 'ready' && redis.status !== 'connect') continue;
      if (performance.now() - heardMs.get(redis)! > silentMs) redis.disconnect(true);
      else if (redis.status === 'ready') redis.ping().catch(() => undefined);
    }
  }, silentMs / 3).unref();
  return {
    create(type: ConnectionType): Redis {
      const redis =
        type === 'client'
          ? new Redis(url, { ...base, maxRetriesPerRequest: 1, commandTimeout: commandMs })
          : new Redis(url, { ...base, maxRetriesPerRequest: null, enableReadyCheck: false });
      redis.on('error', onError);
      redis.on('connect', () => {
        const heard = () => heardMs.set(redis, performance.now());
        heard();
        redis.stream.on('data', heard);
      });
      open.push(redis);
      return redis;
    },
    end() {
      clearInterval(pulse);
      for (const redis of open) redis.disconnect();
    },
  };
}

export const queueIsAway = (cause?: unknown): StoreError =>
  new StoreError('unavailable', 'The job queue does not answer now.', undefined, cause, 'queue');

/** What Redis itself refuses for a while; any other refusal is a bug here. */
const awayReply = /^(?:LOADING|MISCONF|READONLY|OOM|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOAUTH|WRONGPASS)/u;

/** @throws StoreError `unavailable` in place of whatever the libraries say when Redis does not answer. */
export async function answered<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    const isAway =
      /^(?:MaxRetriesPerRequest|Abort|Interrupt)Error$/u.test(name) ||
      code?.startsWith('E') === true ||
      /^(?:Command timed out|Command aborted|Connection is closed|Stream isn't writeable|connect ETIMEDOUT)/u.test(
        message,
      ) ||
      (name === 'ReplyError' && awayReply.test(message));
    if (!isAway) throw error;
    throw queueIsAway(error);
  }
}
