/** An agenda as iCalendar: one entry a meeting under a UID that never changes, cancellations included. */
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { Published } from '../../app/programme.ts';
import type { SheetInput } from './sheets.ts';
import { sheetWords } from './words.ts';

/** In the language of who reads it. */
export function agendaIcs(
  { event, nameOf, languageOf, topicOf }: Pick<SheetInput, 'event' | 'nameOf' | 'languageOf' | 'topicOf'>,
  published: Published,
  attendeeId: string,
): string {
  const words = sheetWords[languageOf(attendeeId)];
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
    for (const meeting of meetings) {
      if (!meeting.people.includes(attendeeId)) continue;
      const others = meeting.people.filter((id) => id !== attendeeId);
      const topic = meeting.needId === undefined ? undefined : topicOf(meeting.needId);
      const about = [event.name, `${words.round} ${meeting.round}`, ...(topic === undefined ? [] : [topic])];
      calendar.createEvent({
        id: `${event.id}.${meeting.id}@kobling`,
        sequence: meeting.sequence,
        status,
        stamp: new Date(published.publishedAt),
        start: new Date(meeting.startsZoned),
        end: new Date(meeting.endsZoned),
        summary: oneLine(others.map(nameOf).join(', ')),
        location: `${words.table} ${meeting.table}`,
        description: about.map(oneLine).join('\n'),
      });
    }
  return calendar.toString();
}

/** No line of a text may become a line of the calendar. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** RFC 5545 3.3.11. */
const escaped = (text: string): string => text.replace(/[\\;,]/gu, '\\$&');
