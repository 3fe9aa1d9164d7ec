/** The question of how evenly candidates are shown, and its answer. */
import { z } from 'zod';
import { matchTasks } from '../rank-queries.ts';
import { id } from './common.ts';

export const exposureBody = z.strictObject({ task: z.enum(matchTasks) });

export const exposureReport = z
  .object({
    task: z.enum(matchTasks),
    suggestions: z.number().int().describe('Made for everybody at once, ten a subject at most.'),
    candidates: z.number().int().describe('Those worth suggesting to somebody.'),
    gini: z
      .number()
      .min(0)
      .max(1)
      .describe('How unevenly candidates of about equal relevance are shown; 0 = all the same.'),
    bound: z.number(),
    band: z.number().describe('Scores nearer to each other than this changed places for it.'),
    shownMost: z.array(z.object({ candidateId: id, times: z.number().int() })),
  })
  .meta({ id: 'ExposureReport' });
export type ExposureReport = z.infer<typeof exposureReport>;
