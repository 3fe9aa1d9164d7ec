/**
 * How long a part that does not answer is waited for: short where a caller waits, who is to be told within two seconds;
 * long where nobody does, for a job that gave up at the first slow answer of a busy machine would begin again and again.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** A refusal leaves by then, counted from the beginning of the request. */
const requestMs = 1700;
/** However long a request has run by now: a part that answers, if slowly, has this long for each answer. */
const answerMs = 1000;
/** Enough for what is there already. */
const glanceMs = 200;
const backgroundMs = 10_000;

const serving = new AsyncLocalStorage<{ sinceMs: number } | undefined>();

/** Runs what somebody waits for. */
export const forACaller = <T>(run: () => Promise<T>): Promise<T> => serving.run({ sinceMs: performance.now() }, run);

/** Runs what goes on by itself, whoever set it off. */
export const forNobody = <T>(run: () => Promise<T>): Promise<T> => serving.run(undefined, run);

/** Milliseconds that a part may take to answer from now on. */
export const patienceMs = (): number => callersPatienceMs(answerMs) ?? backgroundMs;

/** What is left of a caller's patience; undefined where nobody waits. */
function callersPatienceMs(atLeastMs: number): number | undefined {
  const request = serving.getStore();
  return request && Math.max(atLeastMs, request.sinceMs + requestMs - performance.now());
}

/** For what takes as long as it takes: a caller is told `late` when it can wait no longer, a job waits on. */
export function whileACallerWaits<T>(answer: Promise<T>, late: () => Error): Promise<T> {
  const waitMs = callersPatienceMs(glanceMs);
  return waitMs === undefined ? answer : within(waitMs, answer, late);
}

/** What is late may still happen. @throws what `late` makes. */
export async function within<T>(waitMs: number, answer: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    // If this process was what took so long, the answer lies there unread: it goes first.
    timer = setTimeout(() => setImmediate(() => setImmediate(() => reject(late()))), waitMs);
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}
