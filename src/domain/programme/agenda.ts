/** One person's day. */
import type { MatchEvent } from '../event.ts';
import type { Language } from '../member.ts';
import type { PlannedMeeting } from './plan.ts';
import { roundsOf, type EventTimes, type Round } from './rounds.ts';

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
  times: EventTimes,
  meetings: readonly M[],
  attendeeId: string,
): AgendaEntry<M>[] {
  const rounds = new Map(roundsOf(times).map((round) => [round.number, round]));
  return meetings
    .filter(({ people }) => people.includes(attendeeId))
    .flatMap((meeting) => {
      const round = rounds.get(meeting.round);
      return round === undefined ? [] : [{ meeting, round, others: meeting.people.filter((id) => id !== attendeeId) }];
    })
    .sort((a, b) => a.meeting.round - b.meeting.round);
}

/** A pause of the event, in local wall time HH:MM. */
export interface Pause {
  startsLocal: string;
  endsLocal: string;
}

export interface AgendaDay<M extends PlannedMeeting = PlannedMeeting> {
  /** YYYY-MM-DD. */
  date: string;
  /** Meetings and the pauses of the event, in the order of the day. */
  items: (AgendaEntry<M> | { pause: Pause })[];
}

/** The days on which somebody meets. */
export function daysOf<M extends PlannedMeeting>(
  times: EventTimes,
  meetings: readonly M[],
  attendeeId: string,
): AgendaDay<M>[] {
  const rounds = roundsOf(times);
  const days = new Map<number, AgendaDay<M>>();
  const entries = agendaOf(times, meetings, attendeeId);
  const meets = new Set(entries.map(({ round }) => round.day));
  const pauses = new Set(times.breakAfterRounds ?? []);
  for (const [i, round] of rounds.entries()) {
    if (!meets.has(round.day)) continue;
    const day = days.get(round.day) ?? { date: round.date, items: [] };
    days.set(round.day, day);
    day.items.push(...entries.filter((entry) => entry.round.number === round.number));
    const next = rounds[i + 1];
    if (pauses.has(round.number) && next?.day === round.day)
      day.items.push({ pause: { startsLocal: round.endsLocal, endsLocal: next.startsLocal } });
  }
  return [...days.values()];
}

/** A date with its weekday, as it is said: søndag 10. januar 2027. */
export const spokenDate = (date: string, language: Language): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${date}T00:00:00Z`));

/** Words of an agenda, wherever it is told. */
export const agendaWords = {
  nb: {
    empty: 'Du har ingen møter i programmet nå.',
    round: 'runde',
    table: 'bord',
    pause: 'pause',
  },
  nn: {
    empty: 'Du har ingen møte i programmet no.',
    round: 'runde',
    table: 'bord',
    pause: 'pause',
  },
  en: {
    empty: 'You have no meetings in the programme now.',
    round: 'round',
    table: 'table',
    pause: 'break',
  },
} as const satisfies Record<Language, unknown>;
