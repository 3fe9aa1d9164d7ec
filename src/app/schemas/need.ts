/** The shape of a need as it comes from outside; every door parses with it. */
import { z } from 'zod';
import { languages } from '../../domain/member.ts';
import { procurementRoutes, type Need } from '../../domain/need.ts';
import { id, isoDate, longText, nok, optional, shortText, textList } from './common.ts';

export const needFields = {
  ownerId: id,
  title: shortText,
  description: optional(longText),
  language: optional(z.enum(languages)),
  budgetNok: optional(nok),
  deadline: optional(isoDate),
  procurementRoute: optional(z.enum(procurementRoutes)),
  mustHave: optional(textList),
  niceToHave: optional(textList),
  sectors: optional(textList),
  county: optional(shortText),
} as const;

/** `joint` is an address beside the ids. */
const needId = id.refine((text) => text !== 'joint', 'is taken by the address of joint needs');

/** A whole need, id included: the import line. */
export const needSchema = z.strictObject({ id: needId, ...needFields }).meta({ id: 'Need' }) satisfies z.ZodType<Need>;

/** The body of POST: the id may be left to the server. */
export const newNeedSchema = z.strictObject({ id: needId.optional(), ...needFields }).meta({ id: 'NewNeed' });
