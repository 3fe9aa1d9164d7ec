/** Puts the engine behind HTTP. */
import type { Express } from 'express';
import type { Engine } from '../compose.ts';
import type { Readiness } from '../app/readiness.ts';
import type { Example } from '../app/seed.ts';
import type { Log } from '../log.ts';
import { createHttpApp } from './app.ts';
import { docsStatics } from './docs.ts';
import { importRoutes } from './import-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { matchRoutes } from './match-routes.ts';
import { createMetrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { memberAndNeedRoutes } from './record-routes.ts';
import type { Route } from './route.ts';
import { serviceRoutes } from './service-routes.ts';

export interface ServiceDeps {
  engine: Engine;
  readiness: Readiness;
  examples: readonly Example[];
  spoolDir: string;
  /** Default 200 MB. */
  maxImportBytes?: number;
  /** Aborted when the service stops: answers without end are ended. */
  closing: AbortSignal;
  log: Log;
}

export function createService({ engine, readiness, examples, spoolDir, maxImportBytes, closing, log }: ServiceDeps): {
  app: Express;
  routes: Route[];
  openApi: () => object;
} {
  const { store, catalog, matching, queue, embedding, records } = engine;
  const metrics = createMetrics({
    catalog,
    queue,
    lag: async () => (await store.headSeq()) - catalog.state().seq,
  });
  let document: object | undefined;
  const openApi = () => (document ??= openApiDocument(routes));
  const routes: Route[] = [
    ...memberAndNeedRoutes(records as never),
    ...matchRoutes(matching),
    ...importRoutes({ store, embedding, queue, spoolDir, ...(maxImportBytes === undefined ? {} : { maxImportBytes }) }),
    ...jobRoutes(queue, closing),
    ...serviceRoutes({ store, queue, catalog, matching, readiness, metrics, examples, openApi }),
  ];
  return { app: createHttpApp({ routes, log, metrics, statics: docsStatics() }), routes, openApi };
}
