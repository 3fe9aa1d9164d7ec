/** Every error becomes one RFC 9457 answer; what nobody foresaw is logged and told as `internal` without its details. */
import { Problem, problems, type ProblemCode } from '../domain/problem.ts';
import { EmbedderError, StoreError } from '../app/ports.ts';

const retryAfterSeconds = 2;
const awayNow = {
  store: 'The database does not answer now.',
  queue: 'The job queue does not answer now.',
  catalog: 'Members and needs are still being read from the database.',
} as const;

/** The Problem that an error means to a caller. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreError) {
    if (error.code === 'unavailable' || error.code === 'gone')
      return new Problem('unavailable', awayNow[error.part], { cause: error });
    if (error.code === 'taken') return new Problem('taken', error.message, { cause: error });
    if (error.code === 'stale') return new Problem('stale', error.message, { cause: error });
    return new Problem('not-found', error.message, { cause: error });
  }
  if (error instanceof EmbedderError)
    return new Problem('unavailable', 'The embedding model does not answer now.', { cause: error });
  const { status, type } = (typeof error === 'object' && error !== null ? error : {}) as {
    status?: number;
    type?: string;
  };
  if (type === 'entity.parse.failed')
    return new Problem('malformed-json', 'The body could not be read as JSON in UTF-8.', { cause: error });
  if (type === 'entity.too.large') return new Problem('too-large', 'The body may be 1 MB at most.', { cause: error });
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return new Problem('unsupported-media-type', 'Send UTF-8 without a content encoding, or gzip.', { cause: error });
  if (status !== undefined && status >= 400 && status < 500)
    return new Problem('bad-request', 'The request could not be read.', { cause: error });
  if ((error as { code?: string }).code === 'ENOSPC')
    return new Problem('unavailable', 'The disk is full.', { cause: error });
  return new Problem('internal', 'An unforeseen fault. It has been logged.', { cause: error });
}

export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

export function problemAnswer(problem: Problem, instance: string): ProblemAnswer {
  const { status, title } = problems[problem.code];
  return {
    status,
    headers: problem.code === 'unavailable' ? { 'Retry-After': String(retryAfterSeconds) } : {},
    body: {
      type: `/problems/${problem.code satisfies ProblemCode}`,
      title,
      status,
      detail: problem.message,
      instance,
      ...(problem.faults.length === 0 ? {} : { errors: problem.faults }),
      ...problem.extra,
    },
  };
}
