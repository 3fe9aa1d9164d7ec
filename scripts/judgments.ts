/** A graded pair as the commands that measure and learn read it. */
import { z } from 'zod';
import { matchTasks } from '../src/app/rank-queries.ts';

export const judgmentSchema = z.object({
  task: z.enum(matchTasks),
  queryId: z.string(),
  candidateId: z.string(),
  grade: z.number().int().min(0).max(3),
});
