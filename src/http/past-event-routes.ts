/** Past rounds and awards of a member. They come in by import; here they are read and erased. */
import { z } from 'zod';
import type { PastEvents } from '../app/past-events.ts';
import { adviserOnly } from '../app/actor.ts';
import { decodeCursor, pastEventListQuery } from '../app/schemas/list.ts';
import { storedPastEventSchema } from '../app/schemas/past-event.ts';
import { actorOf } from './introduction-routes.ts';
import { idParams, pageOf } from './record-routes.ts';
import { route, type Route } from './route.ts';

export function pastEventRoutes(pastEvents: PastEvents): Route[] {
  const path = '/api/v1/members/{id}/history';
  const tag = 'members';
  return [
    route({
      method: 'get',
      path,
      summary: 'Past rounds and awards that name a member',
      tag,
      params: idParams,
      query: pastEventListQuery,
      answers: {
        200: {
          description: 'A page of them, by id; also for an id that is no member here.',
          schema: z.object({ items: z.array(storedPastEventSchema), nextCursor: z.string().nullable() }),
        },
      },
      problems: ['invalid', 'unavailable'],
      async handle({ params, query }) {
        const { limit, cursor } = query;
        const page = await pastEvents.of(params.id, {
          limit,
          after: cursor === undefined ? undefined : decodeCursor(cursor),
        });
        return { status: 200, body: pageOf(page, (stored) => stored.doc) };
      },
    }),
    route({
      method: 'delete',
      path,
      summary: 'Erase the past rounds and awards of a member, and its id from those of others',
      tag,
      takesActor: true,
      params: idParams,
      answers: { 204: { description: 'Erased; also where there were none.' } },
      problems: ['forbidden', 'invalid', 'unavailable'],
      async handle({ params, request }) {
        adviserOnly(actorOf(request), 'Past events are erased by advisers.');
        await pastEvents.erase(params.id);
        return { status: 204 };
      },
    }),
  ];
}
