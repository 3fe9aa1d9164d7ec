import { Worker } from 'node:worker_threads';
import { leastUnmet, mostValue } from '../../domain/schedule/bound.ts';
import { faultsIn } from '../../domain/schedule/problem.ts';
import { compareScores, scoreOf } from '../../domain/schedule/score.ts';
import {
  SolverError,
  type ProgrammeSolver,
  type SolveBounds,
  type SolveProgress,
  type SolveRequest,
  type SolveResult,
} from '../../app/ports.ts';
import type { FromWorker, ToWorker } from './messages.ts';

type Task = ToWorker extends infer T ? (T extends unknown ? Omit<T, 'job'> : never) : never;

interface Thread {
  worker: Worker;
  run(task: Task, onMessage: (message: FromWorker) => void): Promise<number>;
}

const isSource = import.meta.url.endsWith('.ts');
const workerFile = new URL(isSource ? './solver-worker.ts' : './solver-worker.js', import.meta.url);
/** A thread does not inherit the loader for TypeScript: from source it registers one first. */
const bootstrap = `import('tsx/esm/api').then((tsx) => { tsx.register(); return import('${workerFile.href}'); });`;
/** Moves that one conflict of the proof counts for. */
const stepsPerConflict = 50;
const noLimit = 1e12;
const graceMs = 3_000;

/**
 * Searches on worker threads: one improves, the other proves from below; both are told to stop through shared memory,
 * and a thread that does not listen is ended. Two threads a solve at most; solves wait for each other.
 */
export function openThreadSolver(): ProgrammeSolver {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const take = () => {
    if (closed) throw new SolverError('The solver is closed.');
    const thread = idle.pop() ?? startThread((ended) => all.delete(ended));
    all.add(thread);
    return thread;
  };
  const onThread = async (task: Task, onMessage: (message: FromWorker) => void) => {
    const thread = take();
    const steps = await thread.run(task, onMessage);
    if (all.has(thread)) idle.push(thread);
    return steps;
  };

  return {
    solve(request, options = {}) {
      const work = last.then(() => solveOn(onThread, request, options));
      last = work.catch(() => undefined);
      return work;
    },
    async close() {
      closed = true;
      await Promise.all([...all].map((thread) => thread.worker.terminate()));
    },
  };
}

async function solveOn(
  onThread: (task: Task, onMessage: (message: FromWorker) => void) => Promise<number>,
  request: SolveRequest,
  { onProgress, signal }: { onProgress?: (progress: SolveProgress) => void; signal?: AbortSignal },
): Promise<SolveResult> {
  const { problem, seed, steps, seconds } = request;
  const started = performance.now();
  const deadlineMs = seconds === undefined ? Infinity : Date.now() + seconds * 1000;
  const stop = new SharedArrayBuffer(4);
  const best = new SharedArrayBuffer(8);
  const flag = new Int32Array(stop);
  const shared = new Int32Array(best);
  shared[1] = 0x7fffffff;
  const halt = () => Atomics.store(flag, 0, 1);
  if (signal?.aborted === true) halt();
  signal?.addEventListener('abort', halt, { once: true });

  let slots = [...(request.start ?? problem.meetings.map(() => -1))];
  let score = scoreOf(problem, slots);
  let gapsProven = 0;
  let outset: Omit<SolveBounds, 'gaps'> | undefined;
  /** The thread tells them first, so that nobody waits here; only one that was ended at once has not. */
  const boundsNow = (): SolveBounds => {
    outset ??= { unmet: leastUnmet(problem), value: mostValue(problem) };
    return { ...outset, gaps: gapsProven };
  };
  let filled = false;
  let startProof: ((held: number[]) => void) | undefined;
  const optimal = () => {
    const bounds = boundsNow();
    return (
      filled &&
      score.gaps <= bounds.gaps &&
      score.value >= bounds.value &&
      score.unmet.every((n, i) => n <= bounds.unmet[i]!)
    );
  };

  const listen = (message: FromWorker) => {
    if (message.type === 'outset') {
      outset = { unmet: message.unmet, value: message.value };
      return;
    }
    if (message.type === 'bound') gapsProven = Math.max(gapsProven, message.gaps);
    else if (message.type === 'found') {
      filled ||= message.filled;
      const found = scoreOf(problem, message.slots);
      // Never trusted unseen: a programme from the search must pass the same check as one from outside.
      if (compareScores(found, score) < 0 && faultsIn(problem, message.slots).length === 0) {
        slots = message.slots;
        score = found;
      }
      if (message.filled) startProof?.(heldIn(message.slots));
    } else return;
    if (filled && score.gaps <= gapsProven) halt();
    onProgress?.({ slots, score, bounds: boundsNow() });
  };
  const common = { stop, best, deadlineMs, seed, problem };
  const search = (budget: number) =>
    onThread({ ...common, role: 'improve', steps: budget, start: request.start && [...request.start] }, listen);
  const proof = (held: number[], conflicts: number) => onThread({ ...common, role: 'prove', held, conflicts }, listen);

  /** The same programme earlier, where it is as good and as valid. */
  const settled = async (): Promise<number[]> => {
    let earlier = slots;
    const unending = { stop: new SharedArrayBuffer(4), deadlineMs: Infinity };
    await onThread({ ...common, ...unending, role: 'settle', slots }, (message) => {
      if (message.type === 'found') earlier = message.slots;
    });
    const isAsGood = compareScores(scoreOf(problem, earlier), score) <= 0 && faultsIn(problem, earlier).length === 0;
    return isAsGood ? earlier : slots;
  };

  try {
    let used: number;
    if (steps === undefined) {
      const ready = new Promise<number[]>((resolve) => (startProof = resolve));
      const searched = search(noLimit);
      const proved = Promise.race([ready, searched.then(() => heldIn(slots))]).then((held) => proof(held, Infinity));
      [used] = await Promise.all([searched, proved]);
    } else {
      // One after the other: what one finds must not depend on when the other was told.
      used = await search(steps);
      if (filled && Atomics.load(flag, 0) === 0)
        used += stepsPerConflict * (await proof(heldIn(slots), Math.ceil(steps / stepsPerConflict)));
    }
    const result = request.early === true ? await settled() : slots;
    const cutOff = signal?.aborted === true || (Date.now() >= deadlineMs && !optimal());
    return {
      slots: result,
      score,
      bounds: boundsNow(),
      provenOptimal: optimal(),
      cutOff,
      steps: used,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    signal?.removeEventListener('abort', halt);
  }
}

const heldIn = (slots: readonly number[]) => slots.flatMap((s, m) => (s === -1 ? [] : [m]));

function startThread(onEnd: (thread: Thread) => void): Thread {
  const worker = isSource ? new Worker(bootstrap, { eval: true, execArgv: [] }) : new Worker(workerFile);
  let current:
    | { job: number; onMessage(message: FromWorker): void; resolve(steps: number): void; reject(error: Error): void }
    | undefined;
  let job = 0;
  const finish = (settle: (running: NonNullable<typeof current>) => void) => {
    const running = current;
    current = undefined;
    worker.unref();
    if (running !== undefined) settle(running);
  };
  const thread: Thread = {
    worker,
    run(task, onMessage) {
      job++;
      worker.ref();
      const done = new Promise<number>((resolve, reject) => {
        current = { job, onMessage, resolve, reject };
        worker.postMessage({ ...task, job });
      });
      const flag = new Int32Array(task.stop);
      let since = Infinity;
      const watch = setInterval(() => {
        if (since === Infinity && (Atomics.load(flag, 0) === 1 || Date.now() >= task.deadlineMs)) since = Date.now();
        if (Date.now() - since > graceMs) {
          // Gone before anybody could be given it again. What it found so far has been told already.
          onEnd(thread);
          finish((running) => running.resolve(0));
          void worker.terminate();
        }
      }, 250).unref();
      return done.finally(() => clearInterval(watch));
    },
  };
  worker.on('message', (message: FromWorker) => {
    if (message.job !== current?.job) return;
    if (message.type === 'ended') finish((running) => running.resolve(message.steps));
    else if (message.type === 'failed') finish((running) => running.reject(new SolverError(message.message)));
    else current.onMessage(message);
  });
  worker.on('error', (error) => finish((running) => running.reject(new SolverError(error.message))));
  worker.on('exit', () => {
    onEnd(thread);
    finish((running) => running.reject(new SolverError('The solver thread ended.')));
  });
  return thread;
}
