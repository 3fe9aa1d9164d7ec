import type { ScheduleProblem } from '../../domain/schedule/problem.ts';

/** What one worker is asked. The shared flag is set to 1 when it should stop. */
export type ToWorker = {
  job: number;
  stop: SharedArrayBuffer;
  deadlineMs: number;
  seed: number;
  problem: ScheduleProblem;
  /** [least gaps proven, gaps of the best programme found]. */
  best: SharedArrayBuffer;
} & (
  | { role: 'improve'; steps: number; start: number[] | undefined }
  | { role: 'settle'; slots: number[] }
  | { role: 'prove'; conflicts: number; held: number[] }
);

export type FromWorker =
  /** What no programme can beat, told before anything is found. */
  | { job: number; type: 'outset'; unmet: [number, number, number]; value: number }
  /** A programme better than all before from this worker. `filled`: which meetings are held will not change any more. */
  | { job: number; type: 'found'; slots: number[]; filled: boolean }
  | { job: number; type: 'bound'; gaps: number }
  | { job: number; type: 'ended'; steps: number }
  | { job: number; type: 'failed'; message: string };
