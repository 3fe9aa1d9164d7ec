/** What concerns many introductions at once: suggesting, approving, and the export for learning. */
import { z } from 'zod';
import { adviserOnly } from '../app/actor.ts';
import type { ApproveMany } from '../app/approve-many.ts';
import { learningEvents } from '../app/learning-events.ts';
import type { JobQueue, Store } from '../app/ports.ts';
import {
  approveManyBody,
  approveManyQuery,
  approveManyReport,
  learningEventsQuery,
  suggestBody,
  suggestReport,
} from '../app/schemas/introduction.ts';
import { requestSuggestions } from '../app/suggest-job.ts';
import type { Suggest } from '../app/suggest.ts';
import { actorOf, bodyProblems } from './introduction-routes.ts';
import { route, type Route } from './route.ts';

export interface IntroductionBatchRoutesDeps {
  store: Store;
  queue: JobQueue;
  suggest: Suggest;
  approveMany: ApproveMany;
}

const base = '/api/v1/introductions';
const tag = 'introductions';
export function introductionBatchRoutes({ store, queue, suggest, approveMany }: IntroductionBatchRoutesDeps): Route[] {
  return [
    route({
      method: 'post',
      path: `${base}/suggest`,
      summary: 'Suggest introductions from a match list, among those at an event, or everything new',
      tag,
      takesActor: true,
      body: { schema: suggestBody, contentType: 'application/json' },
      answers: {
        200: { description: 'From a match list: what was suggested and what was not.', schema: suggestReport },
        202: {
          description: 'Otherwise: taken; the same report is the result of the job.',
          schema: z.object({ jobId: z.string() }),
          headers: { Location: 'Address of the job.' },
        },
      },
      problems: [...bodyProblems, 'not-found', 'match-not-applicable'],
      async handle({ body, request }) {
        const answer = await requestSuggestions({ queue, suggest }, body, actorOf(request));
        if ('report' in answer) return { status: 200, body: answer.report };
        return { status: 202, body: answer, headers: { Location: `/api/v1/jobs/${answer.jobId}` } };
      },
    }),
    route({
      method: 'post',
      path: `${base}/approve-many`,
      summary: 'Approve many, each for itself; with dryRun only a look at who would get how much',
      tag,
      query: approveManyQuery,
      takesActor: true,
      body: { schema: approveManyBody, contentType: 'application/json' },
      bodyOptional: true,
      answers: { 200: { description: 'What was, or would be, approved.', schema: approveManyReport } },
      problems: bodyProblems,
      handle: async ({ query, body, request }) => ({
        status: 200,
        body: await approveMany(body, actorOf(request), query.dryRun === 'true'),
      }),
    }),
    route({
      method: 'get',
      path: `${base}/events`,
      summary: 'What was accepted, declined and came of it, a JSON line each, for learning',
      tag,
      query: learningEventsQuery,
      takesActor: true,
      answers: {
        200: {
          description:
            'Lines {"task","queryId","candidateId","event","at","by"}, with "code" and "amountNok" where they apply; "event" is accept, decline, outcome, or no-outcome where it ended without one.',
          schema: z.string(),
          contentType: 'application/x-ndjson',
        },
      },
      problems: ['forbidden', 'invalid', 'unavailable'],
      async handle({ query, request, response }) {
        adviserOnly(actorOf(request), 'The export is for advisers.');
        const since = query.since === undefined ? undefined : new Date(query.since).toISOString();
        const lines = learningEvents(store, since);
        // The first one before the headers: a store that is away is told as a problem.
        let next = await lines.next();
        response.status(200).type('application/x-ndjson').set('Cache-Control', 'no-store');
        for (; next.done !== true; next = await lines.next())
          if (!response.write(`${JSON.stringify(next.value)}\n`) && !response.destroyed)
            await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
        response.end();
        return undefined;
      },
    }),
  ];
}
