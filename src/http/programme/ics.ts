/** An agenda as iCalendar: one entry a meeting under a UID that never changes, cancellations included. */
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { MatchEvent } from '../../domain/event.ts';
import { agendaOf } from '../../domain/programme/agenda.ts';
import type { Published } from '../../app/programme.ts';

/** `nameOf`: how an attendee is called. */
export function agendaIcs(
  event: MatchEvent,
  published: Published,
  attendeeId: string,
  nameOf: (id: string) => string,
  words: { table: string },
): string {
  const calendar = ical({
    // The library writes the name of a calendar as it is.
    name: escaped(oneLine(event.name)),
    method: ICalCalendarMethod.PUBLISH,
    prodId: { company: 'Kobling', product: 'Kobling', language: 'NO' },
  });
  for (const [meetings, status] of [
    [published.meetings, ICalEventStatus.CONFIRMED],
    [published.cancelled, ICalEventStatus.CANCELLED],
  ] as const)
    for (const { meeting, round, others } of agendaOf(event, meetings, attendeeId))
      calendar.createEvent({
        id: `${event.id}.${meeting.id}@kobling`,
        sequence: meeting.sequence,
        status,
        stamp: new Date(published.publishedAt),
        start: new Date(round.startsAt),
        end: new Date(round.endsAt),
        summary: oneLine(others.map(nameOf).join(', ')),
        location: `${words.table} ${meeting.table}`,
        description: oneLine(event.name),
      });
  return calendar.toString();
}

/** No line of a text may become a line of the calendar. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** RFC 5545 3.3.11. */
const escaped = (text: string): string => text.replace(/[\\;,]/gu, '\\$&');
