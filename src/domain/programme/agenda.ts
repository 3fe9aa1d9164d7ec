/** One person's day, and what to tell people when a programme changes. */
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

export interface ProgrammeMessage {
  attendeeId: string;
  subject: string;
  /** Ends with the agenda: a line for each day, then one for each meeting and pause. */
  text: string;
}

export const agendaWords = {
  nb: {
    subject: (name: string) => `Møteprogrammet ditt: ${name}`,
    now: 'Slik er møteprogrammet ditt nå:',
    empty: 'Du har ingen møter i programmet nå.',
    round: 'runde',
    table: 'bord',
    pause: 'pause',
  },
  nn: {
    subject: (name: string) => `Møteprogrammet ditt: ${name}`,
    now: 'Slik er møteprogrammet ditt no:',
    empty: 'Du har ingen møte i programmet no.',
    round: 'runde',
    table: 'bord',
    pause: 'pause',
  },
  en: {
    subject: (name: string) => `Your meeting programme: ${name}`,
    now: 'This is your meeting programme now:',
    empty: 'You have no meetings in the programme now.',
    round: 'round',
    table: 'table',
    pause: 'break',
  },
} as const satisfies Record<Language, unknown>;

/** What each of these attendees is told: the agenda as it is now. `topicOf`: what the need of a round table is called. */
export function messagesFor(
  event: MatchEvent,
  published: readonly PlannedMeeting[],
  attendeeIds: readonly string[],
  reader: (attendeeId: string) => { name: string; language: Language },
  topicOf: (needId: string) => string | undefined,
): ProgrammeMessage[] {
  return attendeeIds.map((attendeeId) => {
    const { name, language } = reader(attendeeId);
    const say = agendaWords[language];
    const days = daysOf(event, published, attendeeId).map(({ date, items }) =>
      [
        spokenDate(date, language),
        ...items.map((item) => {
          if ('pause' in item) return `  ${item.pause.startsLocal}-${item.pause.endsLocal}  ${say.pause}`;
          const { round, meeting, others } = item;
          const topic = meeting.needId === undefined ? undefined : topicOf(meeting.needId);
          const who = others.map((id) => reader(id).name).join(', ');
          const place = `(${say.round} ${round.number}, ${say.table} ${meeting.table})`;
          return `  ${round.startsLocal}-${round.endsLocal}  ${who}${topic === undefined ? '' : `: ${topic}`}  ${place}`;
        }),
      ].join('\n'),
    );
    return {
      attendeeId,
      subject: say.subject(event.name),
      text: [name, days.length === 0 ? say.empty : say.now, ...days].join('\n\n'),
    };
  });
}
