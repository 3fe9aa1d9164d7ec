import { z } from 'zod';
import { requestExposure } from '../app/exposure-job.ts';
import type { JobQueue } from '../app/ports.ts';
import { exposureBody } from '../app/schemas/exposure.ts';
import { actorOf } from './introduction-routes.ts';
import { route, type Route } from './route.ts';

export function exposureRoutes(queue: JobQueue): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/exposure',
      summary: "Work out how evenly candidates are shown when everybody's suggestions are made at once",
      tag: 'matches',
      takesActor: true,
      body: { schema: exposureBody, contentType: 'application/json' },
      answers: {
        202: {
          description:
            'Taken; the result of the job says how many suggestions there are, their Gini and who is shown most.',
          schema: z.object({ jobId: z.string() }),
          headers: { Location: 'Address of the job.' },
        },
      },
      problems: ['forbidden', 'malformed-json', 'too-large', 'unsupported-media-type', 'invalid', 'unavailable'],
      async handle({ body, request }) {
        const jobId = await requestExposure(queue, body, actorOf(request));
        return { status: 202, body: { jobId }, headers: { Location: `/api/v1/jobs/${jobId}` } };
      },
    }),
  ];
}
