/** Match questions and answers as they go over the wire. */
import { z } from 'zod';
import { languages } from '../../domain/member.ts';
import { gates } from '../../domain/match/gates.ts';
import { reasonLabels } from '../../domain/match/labels.ts';
import { id } from './common.ts';

export const share = z.number().min(0).max(1);
export const lang = z
  .enum(languages)
  .default('nb')
  .describe('Language of the labels; quotations are never translated.');
export const candidateType = z.enum(['need', 'member']).describe('Only needs, or only members.');

export const matchQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(50).default(10),
  lang,
  explain: z
    .enum(['full'])
    .optional()
    .describe('Adds every signal and, for needs, every requirement with its evidence.'),
});
export const customerQuery = matchQuery.extend({ candidateType: candidateType.optional() });
export const pairQuery = z.strictObject({ lang, candidateType: candidateType.optional() });

export const partyRef = z
  .object({ type: z.enum(['member', 'need']), id, name: z.string(), kind: z.string() })
  .meta({ id: 'PartyRef' });
export const quotation = z
  .object({
    field: z.string().describe('Path of the stored field, such as offers[0].'),
    start: z.number().int().describe('First UTF-16 offset in that field.'),
    end: z.number().int(),
    quote: z.string(),
  })
  .meta({ id: 'Quotation' });
const fact = z.object({ field: z.string(), value: z.unknown() }).meta({ id: 'Fact' });
const reasonCode = z.enum(Object.keys(reasonLabels) as [keyof typeof reasonLabels]);
export const reason = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('quotation'),
      code: reasonCode,
      label: z.string(),
      similarity: share,
      subject: quotation,
      candidate: quotation,
    }),
    z.object({
      type: z.literal('fact'),
      code: reasonCode,
      label: z.string(),
      subject: fact.optional(),
      candidate: fact.optional(),
    }),
  ])
  .meta({ id: 'Reason' });
export const missing = z
  .object({ side: z.enum(['subject', 'candidate']), field: z.string(), label: z.string() })
  .meta({ id: 'MissingFact' });
const evidence = quotation
  .extend({
    side: z.enum(['subject', 'candidate']),
    effect: z.number().min(-1).max(1).describe('What it adds to the score; below 0 it speaks against the pair.'),
  })
  .meta({ id: 'Evidence' });
const requirement = z
  .object({
    index: z.number().int(),
    requirement: z.string(),
    coverage: z.enum(['covered', 'partly', 'not']),
    degree: share,
    certificate: z.enum(['shown', 'pending', 'missing']).optional(),
    evidence: quotation.optional(),
    label: z.string().optional(),
  })
  .meta({ id: 'RequirementEvidence' });

const matchItem = z.object({
  candidate: partyRef,
  rank: z.number().int().min(1),
  score: share.describe(
    'Estimated chance that an adviser would call it a good match. What is rare in the cluster tells more, so that it depends on who else is there.',
  ),
  parts: z.object({ subjectToCandidate: z.number(), candidateToSubject: z.number(), structuredFit: z.number() }),
  reasons: z.array(reason),
  evidence: z.array(evidence).describe('Every other sentence that moves the score noticeably, the weightiest first.'),
  missing: z.array(missing),
  requirements: z.array(requirement).optional(),
  features: z.record(z.string(), z.number()).optional(),
  workingTogether: z.literal(true).optional().describe('The two work together already.'),
  introducedBefore: z
    .literal(true)
    .optional()
    .describe('Both had accepted an introduction, and nothing came of it. Only an adviser introduces them again.'),
});
const gateCode = z.enum(Object.keys(gates) as [keyof typeof gates]);

export const matchList = z
  .object({
    subject: partyRef,
    items: z.array(matchItem.meta({ id: 'MatchItem' })),
    closed: z.partialRecord(gateCode, z.number().int()).describe('How many candidates each gate closed.'),
    floor: share.describe('Below this score nothing is listed.'),
    pendingTexts: z
      .number()
      .int()
      .min(0)
      .describe(
        'Texts of the subject and of the open candidates that are not embedded yet. Until it is 0 the list is incomplete and scores change.',
      ),
    computedAt: z.iso.datetime(),
  })
  .meta({ id: 'MatchList' });

export const matchAnswer = z
  .object({
    subject: partyRef,
    candidate: partyRef,
    closed: z
      .object({
        code: gateCode,
        sentence: z.string(),
        fields: z.array(z.string()),
        cite: quotation.omit({ quote: true }).extend({ text: z.string() }).optional(),
      })
      .optional(),
    match: matchItem.extend({ listed: z.boolean(), of: z.number().int() }).optional(),
    pendingTexts: z
      .number()
      .int()
      .min(0)
      .describe('Texts of the two that are not embedded yet: until 0 the score changes.'),
    lifts: z.array(
      z.object({
        side: z.enum(['subject', 'candidate']),
        field: z.string(),
        label: z.string(),
        value: z.unknown(),
        before: share.nullable(),
        after: share.nullable(),
      }),
    ),
    computedAt: z.iso.datetime(),
  })
  .meta({ id: 'MatchAnswer' });
