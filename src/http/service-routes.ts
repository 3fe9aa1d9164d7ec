/** Health, metrics, the API's description and the start page. */
import { z } from 'zod';
import type { Catalog } from '../app/catalog.ts';
import type { Matching } from '../app/matching.ts';
import type { JobQueue, Store } from '../app/ports.ts';
import type { Readiness } from '../app/readiness.ts';
import type { Example } from '../app/seed.ts';
import type { HttpMetrics } from './metrics.ts';
import { route, type Route } from './route.ts';
import { startPage } from './start-page.ts';

export interface ServiceRoutesDeps {
  store: Store;
  queue: JobQueue;
  catalog: Catalog;
  matching: Matching;
  readiness: Readiness;
  metrics: HttpMetrics;
  examples: readonly Example[];
  openApi: () => object;
}

const partState = z.enum(['starting', 'ready', 'away']);
const readyBody = z
  .object({
    status: z.enum(['ready', 'not-ready']),
    parts: z.object({ store: partState, queue: partState, seed: partState, model: partState }),
    embedding: z.object({ facets: z.number().int(), embedded: z.number().int() }),
  })
  .meta({ id: 'Readiness' });

export function serviceRoutes(deps: ServiceRoutesDeps): Route[] {
  const { store, queue, catalog, readiness, metrics } = deps;
  const answers = (part: Promise<void>) =>
    part.then(
      () => true,
      () => false,
    );
  return [
    route({
      method: 'get',
      path: '/health/live',
      summary: 'Whether the process runs',
      tag: 'service',
      answers: { 200: { description: 'It does.', schema: z.object({ status: z.literal('live') }) } },
      problems: [],
      handle: async () => ({ status: 200, body: { status: 'live' } }),
    }),
    route({
      method: 'get',
      path: '/health/ready',
      summary:
        'Whether the store is open, the seed stored and the model loaded; embedding may still go on, and the job queue be away',
      tag: 'service',
      answers: {
        200: { description: 'Ready.', schema: readyBody },
        503: { description: 'Not yet, or a part is away: `parts` says which.', schema: readyBody },
      },
      problems: [],
      async handle() {
        const [storeAnswers, queueAnswers] = await Promise.all([answers(store.ping()), answers(queue.ping())]);
        if (storeAnswers) await catalog.refresh().catch(() => undefined);
        const parts = {
          ...readiness.parts(),
          queue: queueAnswers ? ('ready' as const) : ('away' as const),
          ...(storeAnswers ? {} : { store: 'away' as const }),
        };
        const ready = storeAnswers && readiness.isReady();
        const { facets, embeddedFacets } = catalog.state();
        return {
          status: ready ? 200 : 503,
          headers: { 'Cache-Control': 'no-store', ...(ready ? {} : { 'Retry-After': '2' }) },
          body: { status: ready ? 'ready' : 'not-ready', parts, embedding: { facets, embedded: embeddedFacets } },
        };
      },
    }),
    route({
      method: 'get',
      path: '/metrics',
      summary: 'Prometheus metrics',
      tag: 'service',
      answers: { 200: { description: 'Prometheus text format.', schema: z.string(), contentType: 'text/plain' } },
      problems: [],
      handle: async () => ({ status: 200, body: await metrics.text(), contentType: metrics.contentType }),
    }),
    route({
      method: 'get',
      path: '/openapi.json',
      summary: 'This description',
      tag: 'service',
      answers: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
      problems: [],
      handle: async () => ({ status: 200, body: deps.openApi() }),
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'Start page',
      tag: 'service',
      answers: { 200: { description: 'A page for people.', schema: z.string(), contentType: 'text/html' } },
      problems: ['unavailable'],
      async handle() {
        await catalog.refresh();
        const html = await startPage(deps.matching, catalog.state(), deps.examples);
        return {
          status: 200,
          body: html,
          contentType: 'text/html',
          headers: {
            'Content-Security-Policy': "default-src 'self'; style-src 'unsafe-inline'",
            'Cache-Control': 'no-store',
          },
        };
      },
    }),
  ];
}
