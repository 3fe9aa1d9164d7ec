/** Puts the engine behind HTTP. */
import type { Express } from 'express';
import type { Engine } from '../compose.ts';
import type { Readiness } from '../app/readiness.ts';
import type { Example } from '../app/seed.ts';
import type { Log } from '../log.ts';
import { answerRoutes } from './answer-routes.ts';
import { createAnswerCache } from './answer-cache.ts';
import { createHttpApp } from './app.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { docsStatics } from './docs.ts';
import { importRoutes } from './import-routes.ts';
import { introductionBatchRoutes } from './introduction-batch-routes.ts';
import { introductionRoutes } from './introduction-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { matchRoutes } from './match-routes.ts';
import { createMetrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { ownHouse } from './own-house.ts';
import { programmeRoutes } from './programme-routes.ts';
import { exposureRoutes } from './exposure-routes.ts';
import { pastEventRoutes } from './past-event-routes.ts';
import { memberAndNeedRoutes } from './record-routes.ts';
import type { Route } from './route.ts';
import { serviceRoutes } from './service-routes.ts';

export interface ServiceDeps {
  engine: Engine;
  readiness: Readiness;
  examples: readonly Example[];
  spoolDir: string;
  /** Under which names the service answers. Default: those of this machine. */
  names?: Parameters<typeof ownHouse>[0];
  /** Default 200 MB. */
  maxImportBytes?: number;
  /** Aborted when the service stops: answers without end are ended. */
  closing: AbortSignal;
  log: Log;
}

export function createService({
  engine,
  readiness,
  examples,
  spoolDir,
  names = { anyName: false },
  maxImportBytes,
  closing,
  log,
}: ServiceDeps): {
  app: Express;
  routes: Route[];
  openApi: () => object;
} {
  const { store, catalog, matching, bundles, joint, queue, embedding, records, pastEvents, clock } = engine;
  const { introductions, introduceByHand, suggest, approveMany, links } = engine;
  const answers = createAnswerCache(async () => `${await catalog.refresh()} ${clock.now().toISOString().slice(0, 10)}`);
  const metrics = createMetrics({ catalog, queue, store });
  let document: object | undefined;
  const openApi = () => (document ??= openApiDocument(routes));
  const routes: Route[] = [
    ...bundleRoutes(bundles, joint, answers),
    ...memberAndNeedRoutes(records as never),
    ...pastEventRoutes(pastEvents),
    ...programmeRoutes(engine),
    ...matchRoutes(matching, answers),
    ...exposureRoutes(queue),
    ...importRoutes({
      store,
      embedding,
      clock,
      queue,
      spoolDir,
      ...(maxImportBytes === undefined ? {} : { maxImportBytes }),
    }),
    // Before those with an id in the same place.
    ...introductionBatchRoutes({ store, queue, suggest, approveMany }),
    ...introductionRoutes({ store, introductions, introduceByHand }),
    ...answerRoutes({ store, clock, introductions, links }),
    ...jobRoutes(queue, closing),
    ...serviceRoutes({ store, queue, catalog, matching, readiness, metrics, examples, openApi }),
  ];
  return {
    app: createHttpApp({ routes, log, metrics, guards: [ownHouse(names)], statics: docsStatics() }),
    routes,
    openApi,
  };
}
