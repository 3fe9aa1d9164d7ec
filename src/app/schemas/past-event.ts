/** A past round or award as it comes from outside. */
import { z } from 'zod';
import { id, isoDate, longText } from './common.ts';

export const pastEventSchema = z.strictObject({
  subjectId: id,
  text: longText.refine((text) => text.trim() !== '', 'must not be blank'),
  counterpartIds: z.array(id).min(1).max(100),
  date: isoDate,
});

/** As it is kept: with its id. */
export const storedPastEventSchema = pastEventSchema.extend({ id }).meta({ id: 'PastEvent' });
