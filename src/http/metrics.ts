import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Catalog } from '../app/catalog.ts';
import { StoreError, type JobQueue, type Store } from '../app/ports.ts';

export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void;
  /** Prometheus text. */
  text(): Promise<string>;
  contentType: string;
}

/** A part that is away leaves its figures out: the others are wanted most just then. */
export function createMetrics(deps: { catalog: Catalog; queue: JobQueue; store: Store }): HttpMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const durations = new Histogram({
    name: 'kobling_http_request_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('kobling_members', 'Members in the catalog', () => deps.catalog.state().members);
  gauge('kobling_needs', 'Needs in the catalog', () => deps.catalog.state().needs);
  gauge('kobling_facets', 'Pieces of text that are matched', () => deps.catalog.state().facets);
  gauge('kobling_facets_embedded', 'Pieces of text that have a vector', () => deps.catalog.state().embeddedFacets);
  const up = new Gauge({
    name: 'kobling_part_up',
    help: '1 while the part answers, 0 while it is away',
    labelNames: ['part'],
    registers,
  });
  const lag = new Gauge({
    name: 'kobling_catalog_lag_changes',
    help: 'Changes in the store that the catalog has not followed yet; NaN while the store is away',
    registers,
  });
  const jobs = new Gauge({ name: 'kobling_jobs', help: 'Jobs by state', labelNames: ['state'], registers });
  const askParts = async () => {
    const [head, counts] = await Promise.all([unlessAway(deps.store.headSeq()), unlessAway(deps.queue.counts())]);
    up.set({ part: 'store' }, head === undefined ? 0 : 1);
    up.set({ part: 'queue' }, counts === undefined ? 0 : 1);
    lag.set((head ?? NaN) - deps.catalog.state().seq);
    jobs.reset();
    for (const [state, count] of Object.entries(counts ?? {})) jobs.set({ state }, count);
  };
  return {
    observe: (method, route, status, seconds) => durations.observe({ method, route, status: String(status) }, seconds),
    async text() {
      await askParts();
      return register.metrics();
    },
    contentType: register.contentType,
  };
}

async function unlessAway<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'unavailable') return undefined;
    throw error;
  }
}
