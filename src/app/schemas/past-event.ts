/** A past round or award as it comes from outside. */
import { z } from 'zod';
import { id, isoDate, longText } from './common.ts';

export const pastEventSchema = z.strictObject({
  subjectId: id.describe('The company that was funded, or the body that bought or its need. Need not be known here.'),
  text: longText.refine((text) => text.trim() !== '', 'must not be blank').describe('What was funded or bought.'),
  counterpartIds: z
    .array(id)
    .min(1)
    .max(100)
    .describe(
      'The investors that funded, or the suppliers that delivered: matches cite it for them. One must be known.',
    ),
  date: isoDate.describe('When it came about; not in the future.'),
});

/** As it is kept: with its id. */
export const storedPastEventSchema = pastEventSchema.extend({ id }).meta({ id: 'PastEvent' });
