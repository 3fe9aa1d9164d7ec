/** Questions and answers of the programme routes. */
import { z } from 'zod';
import { unmetReasons } from '../../domain/programme/plan.ts';
import { id } from './common.ts';

/** `a~b` or the id of a round table. */
export const meetingIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(~[A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/, 'must be the id of a meeting');

const budget = {
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .describe('The same seed and steps give the same programme.'),
  steps: z.int().min(1000).max(1_000_000_000).default(8_000_000).describe('Budget of moves.'),
  seconds: z
    .number()
    .min(1)
    .max(3600)
    .default(120)
    .describe('Cut off by the clock, with the best so far. Scores take half of it at most, the search has the rest.'),
};
export const planRequest = z
  .strictObject({
    ...budget,
    offers: z.boolean().default(true).describe('Whether free slots get meetings that the engine offers.'),
  })
  .meta({ id: 'PlanRequest' });
export const replanRequest = z
  .strictObject({
    ...budget,
    absences: z
      .array(z.strictObject({ attendeeId: id, rounds: z.array(z.int().min(1)).max(60).describe('Empty: all rounds.') }))
      .max(500)
      .default([])
      .describe('Kept with the event as availability gaps: a no-show, a late arrival.'),
  })
  .meta({ id: 'ReplanRequest' });

export const programmePatch = z
  .strictObject({ locks: z.array(meetingIdSchema).max(20_000) })
  .meta({ id: 'ProgrammePatch' });
export const attendancePatch = z
  .strictObject({
    checkedIn: z.array(id).max(2000).optional().describe('Who is here, all of them.'),
    met: z
      .record(meetingIdSchema, z.enum(['met', 'not-met']))
      .optional()
      .describe('Added to what is known; on the day of the meeting, in the zone of the event, or later.'),
  })
  .meta({ id: 'AttendancePatch' });
export const consentRequest = z
  .strictObject({ side: id.describe('The attendee who says yes.') })
  .meta({ id: 'RefillConsent' });

const origin = z.enum(['request', 'offer', 'roundtable']);
const tierCounts = z.tuple([z.number(), z.number(), z.number()]);
const plannedMeeting = z
  .object({
    id: z.string(),
    people: z.array(z.string()),
    origin,
    priority: z.number().optional(),
    value: z.number(),
    round: z.number(),
    table: z.number(),
    needId: z.string().optional(),
  })
  .meta({ id: 'PlannedMeeting' });
const publishedMeeting = plannedMeeting
  .extend({
    startsZoned: z.string().describe('Local, with the offset of the zone; as published.'),
    endsZoned: z.string(),
    sequence: z.number().describe('Of its calendar entry: grows whenever a publication changes it.'),
  })
  .meta({ id: 'PublishedMeeting' });
const unmetMeeting = z
  .object({
    id: z.string(),
    people: z.array(z.string()),
    origin,
    priority: z.number().optional(),
    value: z.number(),
    reason: z
      .enum(unmetReasons)
      .describe(
        'over-the-cap, no-free-table and taken-by-others tell what stands in the way in this programme; that no other could meet more is proven where distance.unmet is 0.',
      ),
    gate: z.object({ code: z.string(), sentence: z.string() }).optional().describe('For `gate-closed`.'),
  })
  .meta({ id: 'UnmetMeeting' });
const quality = z
  .object({
    unmet: tierCounts,
    value: z.number(),
    gaps: z.number(),
    tableChanges: z.number(),
    bounds: z.object({ unmet: tierCounts, value: z.number(), gaps: z.number() }),
    distance: z.object({ unmet: tierCounts, value: z.number(), gaps: z.number() }),
    provenOptimal: z.boolean().describe('Requests, value and gaps reach their bounds: no programme is better.'),
    cutOff: z.boolean(),
    seed: z.number(),
    steps: z.number(),
    unvalued: z
      .number()
      .optional()
      .describe(
        'Attendees, needs and round tables whose scores were not known when it was stopped or half of its seconds were over: their meetings may count too few points, and fewer are offered. Give it more seconds. Absent: none.',
      ),
  })
  .meta({ id: 'ProgrammeQuality' });
const difference = z
  .object({
    added: z.array(z.string()),
    cancelled: z.array(z.string()),
    changed: z.array(z.string()),
    peopleAffected: z.array(z.string()),
  })
  .meta({ id: 'ProgrammeDifference' });

export const programmeAnswer = z
  .object({
    eventId: z.string(),
    draft: z
      .object({
        plannedAt: z.string(),
        meetings: z.array(plannedMeeting),
        unmet: z.array(unmetMeeting),
        quality,
        moved: z.array(z.string()).optional().describe('Published meetings that a re-planning moved or dropped.'),
      })
      .optional(),
    published: z
      .object({ publishedAt: z.string(), edition: z.number(), meetings: z.array(publishedMeeting) })
      .optional()
      .describe('Stays as it was published, whatever happens to the event, until the next publication.'),
    difference: difference.describe('From the published programme to the draft.'),
    locks: z.array(z.string()),
    job: z
      .object({ id: z.string(), value: z.number(), met: z.number(), gaps: z.number(), bounds: quality.shape.bounds })
      .partial({ value: true, met: true, gaps: true, bounds: true })
      .optional(),
    attendance: z.object({
      checkedIn: z.array(z.string()),
      met: z.record(z.string(), z.string()),
      keptShare: z.number().optional().describe('Met, of those that were said to be met or not; 0-1.'),
    }),
    waiting: z
      .array(unmetMeeting.extend({ consents: z.array(z.string()), freeRounds: z.array(z.number()) }))
      .describe('Requests that wait for a freed slot, with the rounds that are free now.'),
  })
  .meta({ id: 'Programme' });
