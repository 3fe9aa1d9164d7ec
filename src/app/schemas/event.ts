/** The shape of an event as it comes from outside; every door parses with it. */
import { z } from 'zod';
import { eventFormats, sessions, type MatchEvent } from '../../domain/event.ts';
import { languages } from '../../domain/member.ts';
import { maxSlotsPerDay } from '../../domain/schedule/problem.ts';
import { eventDate, id, longText, optional, shortText } from './common.ts';

const maxRounds = 60;
const round = z.int().min(1).max(maxRounds);
const roundList = z.array(round).max(maxRounds);
const priority = z.literal([1, 2, 3]);
const session = z.enum(sessions);
const note = longText;

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

export const eventFields = {
  name: shortText,
  language: optional(z.enum(languages)),
  date: eventDate,
  county: optional(shortText),
  description: optional(longText),
  format: z.enum(eventFormats).default('one-to-one'),
  rounds: round,
  tables: z.int().min(1).max(1000),
  seatsPerTable: optional(z.int().min(2).max(20)),
  slotMinutes: z.int().min(5).max(240),
  changeoverMinutes: optional(z.int().min(0).max(60)),
  breakAfterRounds: optional(roundList),
  pauseMinutes: optional(z.int().min(0).max(240)),
  dayEndAfterRounds: optional(roundList),
  morningRounds: optional(z.int().min(0).max(maxSlotsPerDay)),
  startsAt: optional(
    z.string().regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, 'must be local time, YYYY-MM-DDTHH:MM'),
  ).refine((text) => text === undefined || !Number.isNaN(Date.parse(`${text}:00Z`)), 'must be a date that exists'),
  timeZone: optional(z.string().max(50).refine(isTimeZone, 'must be a time zone such as Europe/Oslo')),
  maxMeetings: optional(z.int().min(1).max(maxRounds)),
  attendees: z
    .array(id)
    .max(2000)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name anybody twice'),
  attendeeSettings: optional(
    z
      .array(
        z.strictObject({
          attendeeId: id,
          people: optional(z.array(z.strictObject({ id, name: shortText, email: optional(z.email()) })).max(20)),
          maxMeetings: optional(z.int().min(0).max(maxRounds)),
          session: optional(session),
        }),
      )
      .max(2000),
  ),
  availabilityGaps: optional(
    z.array(z.strictObject({ attendeeId: id, rounds: roundList, note: optional(note) })).max(5000),
  ),
  advisers: optional(
    z
      .array(
        z.strictObject({
          id,
          title: optional(shortText),
          languages: optional(z.array(z.enum(languages)).max(3)),
          expertise: optional(z.array(shortText).max(50)),
          availableRounds: optional(roundList),
        }),
      )
      .max(200),
  ),
  requestedMeetings: optional(
    z
      .array(
        z.strictObject({ from: id, to: id, priority, session: optional(session), despiteGate: optional(shortText) }),
      )
      .max(20_000),
  ),
  avoidPairs: optional(z.array(z.strictObject({ a: id, b: id, reason: optional(note) })).max(20_000)),
  needIds: optional(z.array(id).max(1000)),
  roundtables: optional(
    z
      .array(
        z.strictObject({
          id,
          hostId: id,
          needId: optional(id),
          participants: optional(z.array(id).max(20)),
          rounds: optional(roundList),
        }),
      )
      .max(1000)
      .refine(
        (tables) => new Set(tables.map((table) => table.id)).size === tables.length,
        'must not name a table twice',
      ),
  ),
} as const;

/** What no single field can tell. */
function coherent(event: Omit<MatchEvent, 'id'>, context: z.RefinementCtx): void {
  const fault = (path: string | PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: [path].flat(), message });
  const inRange = (path: PropertyKey[], rounds: readonly number[] = []) => {
    for (const [i, number] of rounds.entries())
      if (number > event.rounds) fault([...path, i], `the event has ${event.rounds} rounds`);
  };
  for (const [i, gap] of (event.availabilityGaps ?? []).entries())
    inRange(['availabilityGaps', i, 'rounds'], gap.rounds);
  for (const [i, table] of (event.roundtables ?? []).entries()) inRange(['roundtables', i, 'rounds'], table.rounds);
  for (const [i, one] of (event.advisers ?? []).entries())
    inRange(['advisers', i, 'availableRounds'], one.availableRounds);
  const ends = [0, ...(event.dayEndAfterRounds ?? []).filter((end) => end < event.rounds), event.rounds].sort(
    (a, b) => a - b,
  );
  if (ends.some((end, i) => i > 0 && end - ends[i - 1]! > maxSlotsPerDay))
    fault('dayEndAfterRounds', `a day has ${maxSlotsPerDay} rounds at most`);
  if (event.startsAt !== undefined && event.startsAt.slice(0, 10) !== event.date)
    fault('startsAt', 'must be on the date of the event');
}

/** A whole event, id included. */
export const eventSchema = z
  .strictObject({ id, ...eventFields })
  .superRefine(coherent)
  .meta({ id: 'Event' }) satisfies z.ZodType<MatchEvent>;

/** The body of POST: the id may be left to the server. */
export const newEventSchema = z
  .strictObject({ id: id.optional(), ...eventFields })
  .superRefine(coherent)
  .meta({ id: 'NewEvent' });
