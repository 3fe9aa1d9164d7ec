import { z } from 'zod';

/** Ids are chosen by clients too, so they must be safe in an address and in a file name. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1-64 letters, digits, ".", "_" or "-"');

const clean = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes('\u0000'), 'must be well-formed text without NUL');

/** One line. */
export const shortText = clean(200)
  .refine((text) => text.trim() !== '', 'must not be blank')
  .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'must be one line without control characters');
export const longText = clean(10_000);
export const textList = z.array(clean(500).refine((text) => text.trim() !== '', 'must not be blank')).max(100);
/** Whole Norwegian kroner, 0 to 10^13. */
export const nok = z.number().int().min(0).max(1e13);
/** A calendar date, YYYY-MM-DD. */
export const isoDate = z.iso.date();
/** The date of something that takes place: of a year that calendars and clocks agree about. */
export const eventDate = isoDate.refine((date) => date >= '1900' && date < '2201', 'must be in the years 1900 to 2200');

/**
 * Absent and null both mean unknown: null becomes absent, so that stored documents have one way to say it. Typed as
 * optional only, because no null is left after parsing.
 */
export const optional = <T extends z.ZodType>(schema: T): z.ZodOptional<T> =>
  schema.nullish().overwrite((value) => value ?? undefined) as unknown as z.ZodOptional<T>;
