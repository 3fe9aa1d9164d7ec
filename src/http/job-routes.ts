import { z } from 'zod';
import { adviserOnly } from '../app/actor.ts';
import type { JobQueue, JobRecord, Stored } from '../app/ports.ts';
import { decodeCursor, job, jobListQuery, noQuery } from '../app/schemas/list.ts';
import { Problem } from '../domain/problem.ts';
import { actorOf } from './introduction-routes.ts';
import { pageOf } from './record-routes.ts';
import { route, type Route } from './route.ts';
import type { Request } from 'express';

const jobParams = z.strictObject({ id: z.string().min(1).max(100) });
const heartbeatMs = 15_000;

/** Jobs tell of everybody's records. */
const forAdvisers = (request: Request) => adviserOnly(actorOf(request), 'Jobs are for advisers.');

export const jobBody = ({ id, createdAt, doc }: Stored<JobRecord>) => ({
  id,
  kind: doc.kind,
  key: doc.key,
  state: doc.state,
  attempts: doc.attempts,
  createdAt,
  ...(doc.progress === undefined ? {} : { progress: doc.progress }),
  ...(doc.result === undefined ? {} : { result: doc.result }),
  ...(doc.error === undefined ? {} : { error: doc.error }),
});

export function jobRoutes(queue: JobQueue, closing: AbortSignal): Route[] {
  const find = async (id: string) => {
    const found = await queue.get(id);
    if (found === undefined)
      throw new Problem('not-found', `There is no job ${id}. Finished jobs are kept for a while only.`);
    return found;
  };
  return [
    route({
      method: 'get',
      path: '/api/v1/jobs',
      summary: 'List jobs; state=dead is the dead-letter list',
      tag: 'jobs',
      takesActor: true,
      query: jobListQuery,
      answers: {
        200: {
          description: 'A page of jobs.',
          schema: z.object({ items: z.array(job), nextCursor: z.string().nullable() }),
        },
      },
      problems: ['forbidden', 'invalid', 'unavailable'],
      async handle({ query: { limit, cursor, state }, request }) {
        forAdvisers(request);
        const page = await queue.list({
          limit,
          ...(state === undefined ? {} : { state }),
          ...(cursor === undefined ? {} : { after: decodeCursor(cursor) }),
        });
        return { status: 200, body: pageOf(page, jobBody) };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/jobs/{id}',
      summary: 'State and progress of a job',
      tag: 'jobs',
      takesActor: true,
      params: jobParams,
      answers: { 200: { description: 'The job.', schema: job } },
      problems: ['forbidden', 'not-found', 'invalid', 'unavailable'],
      async handle({ params, request }) {
        forAdvisers(request);
        return { status: 200, body: jobBody(await find(params.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/jobs/{id}/retry',
      summary: 'Put a dead job back',
      tag: 'jobs',
      takesActor: true,
      params: jobParams,
      query: noQuery,
      answers: { 202: { description: 'It waits again.', schema: job } },
      problems: ['forbidden', 'not-found', 'not-allowed-now', 'invalid', 'unavailable'],
      async handle({ params, request }) {
        forAdvisers(request);
        const found = await find(params.id);
        if (found.doc.state !== 'dead')
          throw new Problem('not-allowed-now', `The job is ${found.doc.state}; only dead jobs can be put back.`);
        await queue.retry(params.id);
        return { status: 202, body: jobBody(await find(params.id)) };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/jobs/{id}/events',
      summary: 'The job as server-sent events, until it has ended',
      tag: 'jobs',
      takesActor: true,
      params: jobParams,
      answers: {
        200: {
          description: 'Events named "job", data is the job.',
          contentType: 'text/event-stream',
          schema: z.string(),
        },
      },
      problems: ['forbidden', 'not-found', 'invalid', 'unavailable'],
      async handle({ params, request, response }) {
        forAdvisers(request);
        let first = await find(params.id);
        response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
        response.flushHeaders();
        if (request.method === 'HEAD') {
          response.end();
          return undefined;
        }
        const ended = new Promise<void>((resolve) => response.on('close', resolve));
        const end = () => response.end();
        closing.addEventListener('abort', end);
        const tell = (stored: Stored<JobRecord>) => {
          if (stored.id !== params.id || response.writableEnded) return;
          response.write(`event: job\ndata: ${JSON.stringify(jobBody(stored))}\n\n`);
          if (stored.doc.state === 'done' || stored.doc.state === 'dead') response.end();
        };
        const stop = queue.onChange(tell);
        const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs).unref();
        // Once more: it may have changed between the first look and the subscription.
        first = (await queue.get(params.id)) ?? first;
        tell(first);
        await ended;
        clearInterval(heartbeat);
        stop();
        closing.removeEventListener('abort', end);
        return undefined;
      },
    }),
  ];
}
