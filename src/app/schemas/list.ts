/** Questions and answers of the list, import and job routes. */
import { z } from 'zod';
import { clusters, memberKinds } from '../../domain/member.ts';
import { id } from './common.ts';

/** Opaque to clients; base64url of the last id. */
export const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,200}$/, 'is not a cursor from an earlier answer')
  .describe('nextCursor of the page before.');
export const encodeCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');
export const decodeCursor = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');

const paging = { limit: z.coerce.number().int().min(1).max(200).default(50), cursor: cursor.optional() };
const word = z.string().min(1).max(100);

export const memberListQuery = z.strictObject({
  ...paging,
  kind: z.enum(memberKinds).optional(),
  cluster: z.enum(clusters).optional(),
  county: word.optional(),
  sector: word.optional(),
  q: word.optional().describe('Text that stands in name, summary, offers, seeks or thesis.'),
});
export const needListQuery = z.strictObject({
  ...paging,
  ownerId: id.optional(),
  county: word.optional(),
  sector: word.optional(),
  q: word.optional().describe('Text that stands in title, description or must-haves.'),
});
export const eventListQuery = z.strictObject({
  ...paging,
  date: z.iso.date().optional(),
  county: word.optional(),
  attendee: id.optional(),
  q: word.optional().describe('Text that stands in name or description.'),
});
export const pastEventListQuery = z.strictObject(paging);
export const jobListQuery = z.strictObject({
  ...paging,
  state: z.enum(['waiting', 'active', 'done', 'dead']).optional(),
});
export const importQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') });
export const removeQuery = z.strictObject({
  cascade: z
    .enum(['withdraw'])
    .optional()
    .describe('withdraw: ends its introductions and keeps of them only what says nothing about it.'),
});
export const noQuery = z.strictObject({});

export const importReport = z
  .object({
    dryRun: z.boolean(),
    created: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    refused: z.number().int(),
    lines: z
      .array(
        z.object({
          file: z.string().optional(),
          line: z.number().int(),
          id: z.string(),
          outcome: z.enum(['created', 'updated', 'unchanged']),
        }),
      )
      .describe('The first 1,000 lines that were not refused.'),
    faults: z.array(
      z.object({
        file: z.string().optional(),
        line: z.number().int(),
        id: z.string().optional(),
        field: z.string(),
        code: z.string(),
        message: z.string(),
        value: z.unknown().optional(),
        firstLine: z.number().int().optional().describe('Where the same id stood first.'),
      }),
    ),
  })
  .meta({ id: 'ImportReport' });

export const job = z
  .object({
    id: z.string(),
    kind: z.string(),
    key: z.string(),
    state: z.enum(['waiting', 'active', 'done', 'dead']),
    attempts: z.number().int(),
    createdAt: z.iso.datetime(),
    progress: z.object({ done: z.number(), total: z.number() }).optional(),
    result: z.unknown().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'Job' });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), message: z.string(), value: z.unknown().optional() }))
      .optional(),
  })
  .meta({ id: 'Problem' });
