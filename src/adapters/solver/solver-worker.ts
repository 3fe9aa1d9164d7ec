/** A thread that searches or proves, one job at a time, without ever yielding: it is told to stop through shared memory. */
import { parentPort } from 'node:worker_threads';
import { leastUnmet, mostValue } from '../../domain/schedule/bound.ts';
import { scoreOf } from '../../domain/schedule/score.ts';
import { improve } from './improve.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { prove } from './prove.ts';
import { settle } from './settle.ts';

const port = parentPort!;
const send = (message: FromWorker) => port.postMessage(message);

async function work(task: ToWorker): Promise<void> {
  const { job, problem, seed } = task;
  const flag = new Int32Array(task.stop);
  const stop = () => Atomics.load(flag, 0) === 1 || Date.now() >= task.deadlineMs;
  // [least gaps proven, gaps of the best programme found], so that each side knows when the other has met it.
  const shared = new Int32Array(task.best);
  if (task.role === 'improve') {
    send({ job, type: 'outset', unmet: leastUnmet(problem), value: mostValue(problem) });
    const steps = await improve(problem, {
      seed,
      steps: task.steps,
      start: task.start,
      stop,
      leastGaps: () => Atomics.load(shared, 0),
      found(slots, filled) {
        if (filled) lower(shared, scoreOf(problem, slots).gaps);
        send({ job, type: 'found', slots, filled });
      },
    });
    return send({ job, type: 'ended', steps });
  }
  if (task.role === 'settle') {
    send({ job, type: 'found', slots: settle(problem, task.slots, seed), filled: true });
    return send({ job, type: 'ended', steps: 0 });
  }
  const steps = await prove(problem, {
    seed,
    conflicts: task.conflicts,
    held: task.held,
    stop,
    bestGaps: () => Atomics.load(shared, 1),
    bound(gaps) {
      Atomics.store(shared, 0, gaps);
      send({ job, type: 'bound', gaps });
    },
    found(slots) {
      lower(shared, scoreOf(problem, slots).gaps);
      send({ job, type: 'found', slots, filled: true });
    },
  });
  send({ job, type: 'ended', steps });
}

function lower(shared: Int32Array, gaps: number): void {
  if (gaps < Atomics.load(shared, 1)) Atomics.store(shared, 1, gaps);
}

port.on('message', (task: ToWorker) => {
  work(task).catch((error: unknown) =>
    send({ job: task.job, type: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
