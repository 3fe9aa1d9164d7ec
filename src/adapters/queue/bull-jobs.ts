/** From bull's jobs to the port's. */
import type { Job } from 'bull';
import type { JobRecord, Stored } from '../../app/ports.ts';

export interface JobData {
  kind: string;
  key: string;
  input: unknown;
  /** Runs that do not count: cut off by the end of a process, or before the job was put back by hand. */
  forgiven: number;
}

const isoOf = (ms: number) => new Date(ms).toISOString();

export function toStored(job: Job<JobData>, state: JobRecord['state']): Stored<JobRecord> {
  const { kind, key, input, forgiven } = job.data;
  const { timestamp, processedOn, finishedOn, attemptsMade } = job;
  const delayMs = (job as unknown as { delay?: number }).delay ?? 0;
  const progress = job.progress() as JobRecord['progress'] | number;
  const result = job.returnvalue as { value?: unknown } | null;
  return {
    id: String(job.id),
    version: attemptsMade + 1,
    createdAt: isoOf(timestamp),
    storedAt: isoOf(finishedOn ?? processedOn ?? timestamp),
    doc: {
      kind,
      key,
      input,
      state,
      // Bull counts a run at its end, and only when it failed.
      attempts: attemptsMade - forgiven + (state === 'active' || state === 'done' ? 1 : 0),
      runAt: isoOf(timestamp + Number(delayMs)),
      ...(typeof progress === 'object' ? { progress } : {}),
      ...(state === 'done' && result?.value !== undefined ? { result: result.value } : {}),
      ...(state !== 'done' && job.failedReason ? { error: job.failedReason } : {}),
    },
  };
}
