import { z } from 'zod';
import type { Bundles } from '../app/bundles.ts';
import { bundleList, bundleQuery } from '../app/schemas/bundle.ts';
import { id } from '../app/schemas/common.ts';
import { route, type Route } from './route.ts';

export function bundleRoutes(bundles: Bundles): Route[] {
  return [
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
        },
      },
      problems: ['not-found', 'invalid', 'unavailable'],
      handle: async ({ params, query }) => ({
        status: 200,
        body: await bundles.forNeed(params.id, query.limit, query.lang),
      }),
    }),
  ];
}
