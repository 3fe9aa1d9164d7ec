import { z } from 'zod';
import type { Bundles } from '../app/bundles.ts';
import type { Joint } from '../app/joint.ts';
import { bundleList, bundleQuery } from '../app/schemas/bundle.ts';
import { id } from '../app/schemas/common.ts';
import { jointList, jointQuery } from '../app/schemas/joint.ts';
import { answerHeaders, unchanged, type AnswerCache } from './answer-cache.ts';
import { route, type Route } from './route.ts';

/** Before the routes of single needs: `joint` stands where an id does. */
export function bundleRoutes(bundles: Bundles, joint: Joint, cache: AnswerCache): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/needs/joint',
      summary: 'Needs that several public bodies could buy together, and themes for networks',
      tag: 'matches',
      query: jointQuery,
      answers: {
        200: {
          description: 'What each group shares and where it differs, quoted.',
          schema: jointList,
          headers: answerHeaders,
        },
        304: unchanged,
      },
      problems: ['invalid', 'unavailable'],
      handle: ({ query, request }) => cache.answer(request, query, () => joint.list(query.limit, query.lang)),
    }),
    route({
      method: 'get',
      path: '/api/v1/needs/{id}/bundles',
      summary: 'Suppliers that cover a need together, or why one should deliver it alone',
      tag: 'matches',
      params: z.strictObject({ id }),
      query: bundleQuery,
      answers: {
        200: {
          description: 'Best first, with coverage, gaps and advice on delivery and contract.',
          schema: bundleList,
          headers: answerHeaders,
        },
        304: unchanged,
      },
      problems: ['not-found', 'invalid', 'unavailable'],
      handle: ({ params, query, request }) =>
        cache.answer(request, query, () => bundles.forNeed(params.id, query.limit, query.lang)),
    }),
  ];
}
