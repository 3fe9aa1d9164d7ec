/** Joint needs and themes as they go over the wire. */
import { z } from 'zod';
import { id, isoDate, nok } from './common.ts';
import { lang, partyRef, quotation, share } from './match.ts';

export const jointQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(50).default(20), lang });

const needQuotation = quotation.extend({ needId: id }).meta({ id: 'NeedQuotation' });

const jointNeed = z
  .object({
    needs: z.array(z.object({ need: partyRef, owner: partyRef })).min(2),
    likeness: share.describe('Mean over all pairs of the needs.'),
    shared: z
      .array(z.object({ quotations: z.array(needQuotation).min(2), likeness: share }))
      .describe('Must-haves that say the same thing.'),
    apart: z.array(needQuotation).describe('Must-haves that no other of the needs has.'),
    differing: z
      .array(
        z.object({
          field: z.string(),
          label: z.string(),
          values: z.array(z.object({ needId: id, value: z.unknown() })),
        }),
      )
      .describe('Plain fields in which the needs differ.'),
    budgetNok: nok.optional().describe('Sum of the budgets that are given.'),
    firstDeadline: isoDate.optional(),
  })
  .meta({ id: 'JointNeed' });

const theme = z
  .object({
    name: quotation.describe('The words that stand for the theme, quoted from `centre`.'),
    centre: partyRef,
    sharedSectors: z.array(z.object({ word: z.string(), parties: z.number().int().min(2) })),
    parties: z.array(z.object({ party: partyRef, similarity: z.number() })),
  })
  .meta({ id: 'Theme' });

export const jointList = z
  .object({
    items: z.array(jointNeed).describe('Most needs first.'),
    themes: z.array(theme).describe('Proposed professional networks, the closest first.'),
    consideredNeeds: z.number().int().describe('How many open needs of public bodies were compared.'),
    computedAt: z.iso.datetime(),
  })
  .meta({ id: 'JointList' });
