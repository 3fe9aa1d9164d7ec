/** One match list is suggested from at once; whole events and clusters as a job. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import { adviserOnly, type Actor } from './actor.ts';
import { faultsOf } from './faults.ts';
import type { JobHandler, JobQueue } from './ports.ts';
import { suggestBody } from './schemas/introduction.ts';
import type { Suggest, SuggestReport } from './suggest.ts';

export const suggestJob = 'suggest-introductions';

const jobInput = z.object({
  body: suggestBody,
  actor: z.object({ name: z.string(), role: z.enum(['adviser', 'system']) }),
});

/** @throws Problem `invalid`, `forbidden`, `not-found`, `match-not-applicable`. */
export async function requestSuggestions(
  { queue, suggest }: { queue: JobQueue; suggest: Suggest },
  body: unknown,
  actor: Actor,
): Promise<{ report: SuggestReport } | { jobId: string }> {
  const parsed = suggestBody.safeParse(body);
  if (!parsed.success) throw new Problem('invalid', 'The body is not valid.', { faults: faultsOf(parsed.error, body) });
  adviserOnly(actor, 'Introductions are suggested to advisers.');
  const given = parsed.data;
  if (given.from === 'matches') return { report: await suggest(given, actor) };
  if (given.from === 'event' && given.eventId === undefined && given.memberIds === undefined)
    throw new Problem('invalid', 'Say who attends.', {
      faults: [{ field: 'memberIds', code: 'required', message: 'Name the attendees, or the event.' }],
    });
  const input = { body: given, actor };
  const key = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 32);
  return { jobId: await queue.enqueue(suggestJob, key, input) };
}

export function suggestJobHandler(suggest: Suggest): JobHandler {
  return async (input, { progress, signal }) => {
    const { body, actor } = jobInput.parse(input);
    return suggest(body, actor, { progress, signal });
  };
}
