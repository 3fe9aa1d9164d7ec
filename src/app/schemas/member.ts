/** The shape of a member as it comes from outside; every door parses with it. `null` means unknown and is dropped. */
import { z } from 'zod';
import {
  clusters,
  fundingStages,
  investorTypes,
  languages,
  leadFollows,
  memberKinds,
  phases,
  raisingStages,
  type Member,
} from '../../domain/member.ts';
import { isOrgNumber } from '../../domain/org-number.ts';
import { id, isoDate, longText, nok, optional, shortText, textList } from './common.ts';

export const memberFields = {
  kind: z.enum(memberKinds),
  name: shortText,
  orgNumber: optional(
    z
      .string()
      .regex(/^\d{9}$/, 'must be nine digits')
      .refine(isOrgNumber, 'is not an organisation number: its last digit does not check (mod 11)'),
  ),
  clusters: optional(z.array(z.enum(clusters)).max(4)),
  county: optional(shortText),
  municipality: optional(shortText),
  country: optional(z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter country code in capitals, such as NO')),
  language: optional(z.enum(languages)),
  summary: optional(longText),
  offers: optional(textList),
  seeks: optional(textList),
  sectors: optional(textList),
  phase: optional(z.enum(phases)),
  trl: optional(z.number().int().min(1).max(9)),
  fundingStage: optional(z.enum(fundingStages)),
  raisingNok: optional(nok),
  revenueNok: optional(nok),
  costsNok: optional(nok),
  payrollNok: optional(nok),
  employees: optional(z.number().int().min(0).max(1_000_000)),
  certifications: optional(textList),
  integrations: optional(textList),
  customers: optional(textList),
  markets: optional(textList),
  updatedAt: optional(isoDate),
  investorType: optional(z.enum(investorTypes)),
  ticketMinNok: optional(nok),
  ticketMaxNok: optional(nok),
  stages: optional(z.array(z.enum(raisingStages)).max(raisingStages.length)),
  geographies: optional(textList),
  leadFollow: optional(z.enum(leadFollows)),
  exclusions: optional(textList),
  thesis: optional(longText),
  contact: optional(
    z.strictObject({ name: optional(shortText), email: optional(z.email()), phone: optional(shortText) }),
  ),
  matching: optional(
    z.strictObject({
      optedOut: optional(z.boolean()),
      openForDeals: optional(z.boolean()),
      introductionsPerMonth: optional(z.number().int().min(0).max(1000)),
    }),
  ),
  competesWith: optional(z.array(id).max(200)),
  portfolio: optional(z.array(id).max(500)),
} as const;

const ticketOrder = (value: { ticketMinNok?: number | undefined; ticketMaxNok?: number | undefined }) =>
  value.ticketMinNok === undefined || value.ticketMaxNok === undefined || value.ticketMinNok <= value.ticketMaxNok;
const ticketFault = { path: ['ticketMaxNok'], error: 'must not be below ticketMinNok' };

/** A whole member, id included: the import line. */
export const memberSchema = z
  .strictObject({ id, ...memberFields })
  .refine(ticketOrder, ticketFault)
  .meta({ id: 'Member' }) satisfies z.ZodType<Member>;

/** The body of POST: the id may be left to the server. */
export const newMemberSchema = z
  .strictObject({ id: id.optional(), ...memberFields })
  .refine(ticketOrder, ticketFault)
  .meta({ id: 'NewMember' });
