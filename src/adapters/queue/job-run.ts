/** What every queue does the same with its jobs. */
import { randomBytes } from 'node:crypto';

/** Microseconds since 1970 and never the same twice, with a random end: sorted by id is sorted by making. */
export function ascendingIds(): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now() * 1000);
    return `job-${last.toString(36)}-${randomBytes(4).toString('hex')}`;
  };
}

/** A handler that does not listen to the signal is not waited for: its job runs again after the restart. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** As a reader of the store will see it. @throws TypeError when it has no JSON form. */
export const asJson = (value: unknown): unknown => {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : JSON.parse(text);
};
