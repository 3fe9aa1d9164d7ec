import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbedderError, type Embedder } from '../../app/ports.ts';
import { createEmbedQueue, type Work } from './embed-queue.ts';
import type { VerifiedModel } from './manifest.ts';
import type { FromChild, ToChild } from './messages.ts';

export interface ChildEmbedderOptions {
  model: VerifiedModel;
  /** Children over one queue; the result does not depend on which one serves. Default 1. */
  processes?: number;
  /** Texts that may wait before further calls are refused; one call may be larger. Default 100,000. */
  maxQueuedTexts?: number;
  /** How long a child may be silent over its work before it counts as hung and is ended. Default 120,000 ms. */
  hungAfterMs?: number;
  /** More flags for the child's Node, for tests. */
  execArgv?: string[];
}

interface Child {
  process: ChildProcess;
  ready: boolean;
  /** By number of the message, in the order sent, which is the order of work. */
  inHand: Map<number, Work>;
  /** Ends it when it is silent for too long; armed while it starts and while it has work. */
  watch?: NodeJS.Timeout | undefined;
}

/** Two, so that a child never waits for this event loop between them. */
const messagesInFlight = 2;
const failedStartsToBreak = 3;
const startWithinMs = 120_000;
const restartDelayMs = 100;
const maxRestartDelayMs = 10_000;
const isSource = import.meta.url.endsWith('.ts');
const childFile = fileURLToPath(new URL(isSource ? './embed-child.ts' : './embed-child.js', import.meta.url));

/**
 * Embeds in child processes, so that inference never blocks this event loop, and a crash or a hang never takes it down:
 * the work in hand is redone by a fresh child. A text over which three children are lost is refused with EmbedderError. While
 * no child starts, every call is refused, and starting goes on being tried.
 */
export function openChildEmbedder(options: ChildEmbedderOptions): Embedder {
  const { model, hungAfterMs = 120_000 } = options;
  const queue = createEmbedQueue(options.maxQueuedTexts ?? 100_000);
  const children = new Set<Child>();
  const restarts = new Set<NodeJS.Timeout>();
  const readyWaiters: { resolve(): void; reject(error: Error): void }[] = [];
  let broken: EmbedderError | undefined;
  let failedStarts = 0;
  let messageNumber = 0;
  let closed = false;

  const start = () => {
    const child: Child = { process: spawn(options), ready: false, inHand: new Map() };
    children.add(child);
    child.process.on('message', (message: FromChild) => {
      if (message.type === 'ready') markReady(child);
      else settle(child, message);
      watch(child);
      feed();
    });
    const lost = () => {
      clearTimeout(child.watch);
      if (!children.delete(child) || closed) return;
      const [suspect, ...innocent] = child.inHand.values();
      child.inHand.clear();
      for (const work of innocent.reverse()) queue.putBack(work);
      if (suspect !== undefined) queue.blame(suspect, 'the embedding process ended');
      if (!child.ready && ++failedStarts >= failedStartsToBreak) markBroken();
      const delayMs = Math.min(restartDelayMs * 2 ** failedStarts, maxRestartDelayMs);
      const restart = setTimeout(() => {
        restarts.delete(restart);
        start();
      }, delayMs);
      restarts.add(restart);
      feed();
    };
    child.process.on('exit', lost);
    // A process that could not even be made has no exit.
    child.process.on('error', () => (child.process.pid === undefined ? lost() : child.process.kill('SIGKILL')));
    watch(child);
  };

  const markReady = (child: Child) => {
    child.ready = true;
    failedStarts = 0;
    broken = undefined;
    for (const waiter of readyWaiters.splice(0)) waiter.resolve();
  };
  const markBroken = () => {
    if ([...children].some((child) => child.ready)) return;
    broken = new EmbedderError('The embedding process does not start.');
    refuseAll(broken);
  };
  const refuseAll = (error: EmbedderError) => {
    queue.rejectAll(error);
    for (const waiter of readyWaiters.splice(0)) waiter.reject(error);
  };
  const settle = (child: Child, message: Exclude<FromChild, { type: 'ready' }>) => {
    const work = child.inHand.get(message.batch);
    if (work === undefined) return;
    child.inHand.delete(message.batch);
    if (message.type === 'done') queue.finish(work, message.vectors);
    else queue.blame(work, message.message);
  };
  const watch = (child: Child) => {
    clearTimeout(child.watch);
    const withinMs = child.ready ? hungAfterMs : startWithinMs;
    child.watch =
      child.ready && child.inHand.size === 0
        ? undefined
        : setTimeout(() => child.process.kill('SIGKILL'), withinMs).unref();
  };
  const leastBusy = () =>
    [...children]
      .filter((child) => child.ready && child.inHand.size < messagesInFlight && !holdsSuspect(child))
      .sort((a, b) => a.inHand.size - b.inHand.size)[0];
  const feed = () => {
    for (let child = leastBusy(); child !== undefined; child = leastBusy()) {
      const work = queue.take();
      if (work === undefined) return;
      // What a child was lost over goes alone: if it is lost again, there is no doubt about what it was.
      if (work.attempts > 0 && child.inHand.size > 0) return queue.putBack(work);
      const batch = ++messageNumber;
      child.inHand.set(batch, work);
      if (child.watch === undefined) watch(child);
      const { process } = child;
      process.send({ batch, texts: work.texts } satisfies ToChild, (error) => {
        if (error !== null) process.kill('SIGKILL');
      });
    }
  };

  for (let i = 0; i < (options.processes ?? 1); i++) start();

  return {
    modelDigest: model.digest,
    dimension: model.dimension,
    async ready() {
      if (broken !== undefined) throw broken;
      if ([...children].some((child) => child.ready)) return;
      await new Promise<void>((resolve, reject) => readyWaiters.push({ resolve, reject }));
    },
    async embed(texts, signal) {
      if (broken !== undefined) throw broken;
      const vectors = queue.add(texts, signal);
      feed();
      return vectors;
    },
    async close() {
      closed = true;
      broken = new EmbedderError('The embedder is closed.');
      for (const restart of restarts) clearTimeout(restart);
      refuseAll(broken);
      const ended = [...children].map((child) => new Promise((resolve) => child.process.once('exit', resolve)));
      // Ending a process in the middle of inference is safe; ending a worker thread is not.
      for (const child of children) child.process.kill('SIGKILL');
      await Promise.all(ended);
    },
  };
}

const holdsSuspect = (child: Child) => [...child.inHand.values()].some((work) => work.attempts > 0);

const spawn = ({ model, execArgv = [] }: ChildEmbedderOptions): ChildProcess =>
  fork(childFile, [path.resolve(model.modelsDir), model.name, String(model.maxTokens), String(model.dimension)], {
    serialization: 'advanced',
    // From here `tsx` is found wherever the parent was started.
    cwd: path.dirname(childFile),
    execArgv: [...(isSource ? ['--import', 'tsx'] : []), ...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
