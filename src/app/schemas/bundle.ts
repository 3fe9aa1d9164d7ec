/** Bundles as they go over the wire. */
import { z } from 'zod';
import {
  adviceLabels,
  contractLabels,
  deliveryLabels,
  linkLabels,
  outcomeLabels,
  stateLabels,
} from '../../domain/bundle/labels.ts';
import { id } from './common.ts';
import { lang, partyRef, quotation, share } from './match.ts';

export const bundleQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(10).default(3), lang });
/** One line of the file that the `bundles` command reads. */
export const bundleQuestion = z.object({ needId: id });

const keysOf = <T extends object>(table: T) => Object.keys(table) as [keyof T & string];
const index = z.number().int().min(0).describe('Zero-based index into mustHave.');

const bundleMember = z
  .object({
    member: partyRef,
    covers: z.array(index),
    partly: z.array(index),
    brings: z.array(index).describe('Must-haves that it alone brings.'),
    requirements: z.array(
      z
        .object({
          index,
          coverage: z.enum(keysOf(stateLabels)),
          label: z.string(),
          degree: share,
          certificate: z.enum(['shown', 'pending', 'missing']).optional(),
          evidence: quotation.optional().describe('What shows it; absent where nothing does.'),
        })
        .meta({ id: 'Coverage' }),
    ),
  })
  .meta({ id: 'BundleMember' });

const adviceReasons = z.array(
  z
    .object({
      code: z.enum(keysOf(adviceLabels)),
      label: z.string(),
      side: z.enum(['need', 'owner', 'member']),
      id: z.string(),
      field: z.string(),
      value: z.unknown(),
    })
    .meta({ id: 'AdviceReason' }),
);

const bundle = z
  .object({
    rank: z.number().int().min(1),
    members: z.array(bundleMember).min(2).max(4),
    uncovered: z.array(index).describe('Must-haves that no member covers even partly.'),
    links: z
      .array(
        z.object({
          members: z.tuple([z.string(), z.string()]),
          kind: z.enum(keysOf(linkLabels)),
          label: z.string(),
          statedBy: z.string(),
          field: z.string(),
          text: z.string(),
        }),
      )
      .describe('What is written down about members working together.'),
    delivery: z.object({
      model: z.enum(keysOf(deliveryLabels)),
      label: z.string(),
      leadId: z.string().optional().describe('The member that could answer for the whole.'),
      leadReasons: adviceReasons.optional().describe('Why that one; there wherever `leadId` is.'),
      reasons: adviceReasons,
    }),
    contract: z.object({ type: z.enum(keysOf(contractLabels)), label: z.string(), reasons: adviceReasons }),
  })
  .meta({ id: 'Bundle' });

export const bundleList = z
  .object({
    need: partyRef,
    outcome: z.object({ code: z.enum(keysOf(outcomeLabels)), label: z.string() }),
    mustHaves: z.array(
      z.object({
        index,
        text: z.string(),
        kind: z
          .enum(['function', 'integration', 'lead', 'certificate', 'language', 'term'])
          .describe('The last three are asked of every supplier and never a reason to bring one in.'),
      }),
    ),
    severalParts: quotation.optional().describe("The buyer's own words that ask for several parts."),
    items: z.array(bundle).describe('Best first; empty where no bundle should be proposed.'),
    single: bundleMember.optional().describe('The supplier that covers most alone.'),
    computedAt: z.iso.datetime(),
  })
  .meta({ id: 'BundleList' });
