import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EmbedderError, type Embedder } from '../../app/ports.ts';
import type { VerifiedModel } from './manifest.ts';
import type { FromChild, ToChild } from './messages.ts';

export interface ChildEmbedderOptions {
  model: VerifiedModel;
  /** Children over one queue; the result does not depend on which one serves. Default 1. */
  processes?: number;
  /** Texts that may wait before `embed` refuses. Default 100,000. */
  maxQueuedTexts?: number;
  /** More flags for the child's Node, for tests. */
  execArgv?: string[];
}

interface Batch {
  number: number;
  texts: string[];
  /** Asked for by somebody who waits: goes ahead of bulk. */
  urgent: boolean;
  attempts: number;
  resolve(vectors: Float32Array[]): void;
  reject(error: Error): void;
}

interface Child {
  process: ChildProcess;
  ready: boolean;
  current: Batch | undefined;
}

const textsPerBatch = 16;
const urgentUpTo = 4;
const maxAttempts = 3;
const restartDelayMs = 200;
const isSource = import.meta.url.endsWith('.ts');
const childFile = fileURLToPath(new URL(isSource ? './embed-child.ts' : './embed-child.js', import.meta.url));

/**
 * Embeds in child processes, so that inference never blocks this event loop and a crash never takes it down: the work
 * in hand is redone by a fresh child. A text whose batch fails three times is refused with EmbedderError.
 */
export function openChildEmbedder(options: ChildEmbedderOptions): Embedder {
  const { model } = options;
  const maxQueued = options.maxQueuedTexts ?? 100_000;
  const queue: Batch[] = [];
  const children: Child[] = [];
  let batchNumber = 0;
  let queuedTexts = 0;
  let closed = false;
  let markReady: () => void;
  let markBroken: (error: Error) => void;
  const ready = new Promise<void>((resolve, reject) => {
    markReady = resolve;
    markBroken = reject;
  });
  ready.catch(() => undefined);
  let failedStarts = 0;

  const start = () => {
    const child: Child = { process: spawn(options), ready: false, current: undefined };
    children.push(child);
    child.process.on('message', (message: FromChild) => {
      if (message.type === 'ready') {
        child.ready = true;
        failedStarts = 0;
        markReady();
      } else settle(child, message);
      feed();
    });
    child.process.on('error', () => child.process.kill('SIGKILL'));
    child.process.on('exit', () => {
      children.splice(children.indexOf(child), 1);
      const batch = child.current;
      if (batch !== undefined) retry(batch, 'the embedding process ended');
      if (closed) return;
      if (!child.ready && ++failedStarts >= maxAttempts) {
        const error = new EmbedderError('The embedding process does not start.');
        markBroken(error);
        for (const waiting of queue.splice(0)) fail(waiting, error);
        failedStarts = 0;
      }
      setTimeout(() => !closed && start(), restartDelayMs);
    });
  };

  const fail = (batch: Batch, error: Error) => {
    queuedTexts -= batch.texts.length;
    batch.reject(error);
  };
  const retry = (batch: Batch, why: string) => {
    if (closed || ++batch.attempts >= maxAttempts)
      fail(batch, new EmbedderError(`Could not embed ${batch.texts.length} text(s): ${why}.`));
    else queue.unshift(batch);
  };
  const settle = (child: Child, message: Exclude<FromChild, { type: 'ready' }>) => {
    const batch = child.current;
    if (batch === undefined || batch.number !== message.batch) return;
    child.current = undefined;
    if (message.type === 'failed') return retry(batch, message.message);
    queuedTexts -= batch.texts.length;
    batch.resolve(message.vectors);
  };
  const feed = () => {
    for (const child of children) {
      if (!child.ready || child.current !== undefined) continue;
      const urgent = queue.findIndex((batch) => batch.urgent);
      const [batch] = queue.splice(urgent < 0 ? 0 : urgent, 1);
      if (batch === undefined) return;
      child.current = batch;
      child.process.send({ batch: batch.number, texts: batch.texts } satisfies ToChild, (error) => {
        if (error !== null) child.process.kill('SIGKILL');
      });
    }
  };

  for (let i = 0; i < (options.processes ?? 1); i++) start();

  return {
    modelDigest: model.digest,
    dimension: model.dimension,
    ready: () => ready,
    async embed(texts, signal) {
      signal?.throwIfAborted();
      if (closed) throw new EmbedderError('The embedder is closed.');
      if (queuedTexts + texts.length > maxQueued) throw new EmbedderError('Too many texts are waiting to be embedded.');
      queuedTexts += texts.length;
      const parts: Promise<Float32Array[]>[] = [];
      const mine = new Set<Batch>();
      for (let i = 0; i < texts.length; i += textsPerBatch) {
        const part = texts.slice(i, i + textsPerBatch);
        parts.push(
          new Promise((resolve, reject) => {
            const batch = { number: ++batchNumber, texts: part, urgent: texts.length <= urgentUpTo, attempts: 0, resolve, reject };
            mine.add(batch);
            queue.push(batch);
          }),
        );
      }
      const abort = () => {
        for (const batch of queue.filter((waiting) => mine.has(waiting))) {
          queue.splice(queue.indexOf(batch), 1);
          fail(batch, signal!.reason as Error);
        }
      };
      signal?.addEventListener('abort', abort, { once: true });
      feed();
      try {
        // Every part is waited for, so that none can fail unseen after the first failure.
        const settled = await Promise.allSettled(parts);
        const refused = settled.find((part) => part.status === 'rejected');
        if (refused !== undefined) throw refused.reason;
        return settled.flatMap((part) => (part.status === 'fulfilled' ? part.value : []));
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    async close() {
      closed = true;
      for (const batch of queue.splice(0)) fail(batch, new EmbedderError('The embedder is closed.'));
      await Promise.all(
        children.map(
          (child) =>
            new Promise<void>((resolve) => {
              child.process.once('exit', () => resolve());
              // Ending a process in the middle of inference is safe; ending a worker thread is not.
              child.process.kill('SIGKILL');
            }),
        ),
      );
    },
  };
}

const spawn = ({ model, execArgv = [] }: ChildEmbedderOptions): ChildProcess =>
  fork(childFile, [model.modelsDir, model.name, String(model.maxTokens), String(model.dimension)], {
    serialization: 'advanced',
    execArgv: [...(isSource ? ['--import', 'tsx'] : []), ...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
