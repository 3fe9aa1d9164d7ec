/** How evenly candidates are shown when everybody's suggestions are made at once, worked out as a job. */
import { giniBound } from '../domain/exposure.ts';
import { Problem } from '../domain/problem.ts';
import { adviserOnly, type Actor } from './actor.ts';
import type { Catalog } from './catalog.ts';
import { faultsOf } from './faults.ts';
import type { Matching } from './matching.ts';
import type { JobHandler, JobQueue } from './ports.ts';
import { exposureBody, type ExposureReport } from './schemas/exposure.ts';
import { suggestAll } from './suggest-all.ts';

export const exposureJob = 'exposure';

const shownMostOf = 20;

/** Asks for it; asked again while it waits, it is the same job. @throws Problem `invalid`, `forbidden`. */
export async function requestExposure(queue: JobQueue, body: unknown, actor: Actor): Promise<string> {
  adviserOnly(actor, 'Exposure is told to advisers.');
  const parsed = exposureBody.safeParse(body);
  if (!parsed.success) throw new Problem('invalid', 'The body is not valid.', { faults: faultsOf(parsed.error, body) });
  return queue.enqueue(exposureJob, parsed.data.task, parsed.data);
}

export function exposureJobHandler(deps: { catalog: Catalog; matching: Matching }): JobHandler {
  return async (input, { signal }): Promise<ExposureReport> => {
    const { task } = exposureBody.parse(input);
    const { suggestions, shown, band, gini } = await suggestAll(deps, task, signal);
    const shownMost = [...shown]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, shownMostOf)
      .map(([candidateId, times]) => ({ candidateId, times }));
    return { task, suggestions: suggestions.length, candidates: shown.size, gini, bound: giniBound, band, shownMost };
  };
}
