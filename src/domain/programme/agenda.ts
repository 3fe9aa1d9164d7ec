/** One person's day, and what to tell people when a programme changes. */
import type { MatchEvent } from '../event.ts';
import type { Language } from '../member.ts';
import type { PlannedMeeting } from './plan.ts';
import { roundsOf, type Round } from './rounds.ts';

export interface AgendaEntry<M extends PlannedMeeting = PlannedMeeting> {
  meeting: M;
  round: Round;
  /** Everybody else at the table. */
  others: string[];
}

/** The attendee whom an id means: itself, or the one whose people it is among. */
export const attendeeOf = (event: MatchEvent, personId: string): string | undefined =>
  event.attendees.includes(personId)
    ? personId
    : event.attendeeSettings?.find(({ people }) => people?.some(({ id }) => id === personId) === true)?.attendeeId;

/** In the order of the day. */
export function agendaOf<M extends PlannedMeeting>(
  event: MatchEvent,
  meetings: readonly M[],
  attendeeId: string,
): AgendaEntry<M>[] {
  const rounds = new Map(roundsOf(event).map((round) => [round.number, round]));
  return meetings
    .filter(({ people }) => people.includes(attendeeId))
    .flatMap((meeting) => {
      const round = rounds.get(meeting.round);
      return round === undefined ? [] : [{ meeting, round, others: meeting.people.filter((id) => id !== attendeeId) }];
    })
    .sort((a, b) => a.meeting.round - b.meeting.round);
}

export interface ProgrammeMessage {
  attendeeId: string;
  subject: string;
  /** Ends with the agenda, one line a meeting. */
  text: string;
}

const words = {
  nb: {
    subject: (name: string) => `Møteprogrammet ditt: ${name}`,
    now: 'Slik er møteprogrammet ditt nå:',
    empty: 'Du har ingen møter i programmet nå.',
    table: 'bord',
  },
  nn: {
    subject: (name: string) => `Møteprogrammet ditt: ${name}`,
    now: 'Slik er møteprogrammet ditt no:',
    empty: 'Du har ingen møte i programmet no.',
    table: 'bord',
  },
  en: {
    subject: (name: string) => `Your meeting programme: ${name}`,
    now: 'This is your meeting programme now:',
    empty: 'You have no meetings in the programme now.',
    table: 'table',
  },
} as const;

/** What each of these attendees is told: the agenda as it is now. */
export function messagesFor(
  event: MatchEvent,
  published: readonly PlannedMeeting[],
  attendeeIds: readonly string[],
  reader: (attendeeId: string) => { name: string; language: Language },
): ProgrammeMessage[] {
  return attendeeIds.map((attendeeId) => {
    const say = words[reader(attendeeId).language];
    const lines = agendaOf(event, published, attendeeId).map(
      ({ round, meeting, others }) =>
        `${round.startsAt.slice(0, 10)} ${round.startsLocal}-${round.endsLocal}  ${others.map((id) => reader(id).name).join(', ')}  (${say.table} ${meeting.table})`,
    );
    return {
      attendeeId,
      subject: say.subject(event.name),
      text: [lines.length === 0 ? say.empty : say.now, '', ...lines].join('\n'),
    };
  });
}
