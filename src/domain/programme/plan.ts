/** A planned programme as it is kept, and what changed between two. */
import type { MatchEvent } from '../event.ts';
import { roundsOf, type EventTimes } from './rounds.ts';

/** Where a meeting comes from: somebody asked, the engine offered it, or it is a round table. */
export type Origin = 'request' | 'offer' | 'roundtable';

export interface PlannedMeeting {
  /** The same for the same people at every planning: `a~b` in ascending order, or the id of the round table. */
  id: string;
  people: string[];
  origin: Origin;
  priority?: 1 | 2 | 3 | undefined;
  /** Points of both sides together, 0-200. */
  value: number;
  /** From 1. */
  round: number;
  /** From 1. */
  table: number;
  needId?: string | undefined;
}

/** A meeting with its times, local with the offset of the zone: YYYY-MM-DDTHH:MM:00+01:00. */
export interface TimedMeeting extends PlannedMeeting {
  startsZoned: string;
  endsZoned: string;
}

/** Without those in rounds that there are no longer. */
export function timed(times: EventTimes, meetings: readonly PlannedMeeting[]): TimedMeeting[] {
  const rounds = new Map(roundsOf(times).map((round) => [round.number, round]));
  return meetings.flatMap((meeting) => {
    const round = rounds.get(meeting.round);
    return round === undefined ? [] : [{ ...meeting, startsZoned: round.startsZoned, endsZoned: round.endsZoned }];
  });
}

export const unmetReasons = [
  'not-attending',
  'avoid-pair',
  'gate-closed',
  'absent',
  'no-common-free-slot',
  'over-the-cap',
  'no-free-table',
  'taken-by-others',
] as const;
export type UnmetReason = (typeof unmetReasons)[number];

export interface UnmetMeeting {
  id: string;
  people: string[];
  origin: Origin;
  priority?: 1 | 2 | 3 | undefined;
  value: number;
  reason: UnmetReason;
  /** Which gate, for `gate-closed`. */
  gate?: Gate | undefined;
}

/** Why two are not to meet: the code of a gate, and its sentence. */
export interface Gate {
  code: string;
  sentence: string;
}

export const meetingId = (a: string, b: string): string => (a < b ? `${a}~${b}` : `${b}~${a}`);

/** One booking of one person: its name alone makes a second one impossible. */
export const bookingsOf = (eventId: string, meeting: PlannedMeeting): string[] =>
  meeting.people.map((person) => `${eventId}:${meeting.round}:${person}`);

/** What the round tables among them are about. */
export const needIdsOf = (meetings: readonly PlannedMeeting[]): string[] => [
  ...new Set(meetings.flatMap(({ needId }) => needId ?? [])),
];

export interface Difference {
  added: string[];
  cancelled: string[];
  /** Another round, time or table, or other people. */
  changed: string[];
  /** Whose agenda is not what it was. Ascending. */
  peopleAffected: string[];
}

export function differenceOf(before: readonly TimedMeeting[], after: readonly TimedMeeting[]): Difference {
  const old = new Map(before.map((meeting) => [meeting.id, meeting]));
  const fresh = new Map(after.map((meeting) => [meeting.id, meeting]));
  const added = after.filter(({ id }) => !old.has(id));
  const cancelled = before.filter(({ id }) => !fresh.has(id));
  const changed = after.filter((meeting) => {
    const was = old.get(meeting.id);
    return was !== undefined && !(isSame(was, meeting) && isSameTime(was, meeting));
  });
  const people = [...added, ...cancelled, ...changed, ...changed.map(({ id }) => old.get(id)!)].flatMap(
    (meeting) => meeting.people,
  );
  const ids = (meetings: TimedMeeting[]) => meetings.map(({ id }) => id).sort();
  return {
    added: ids(added),
    cancelled: ids(cancelled),
    changed: ids(changed),
    peopleAffected: [...new Set(people)].sort(),
  };
}

export const isSameTime = (a: TimedMeeting, b: TimedMeeting): boolean =>
  a.startsZoned === b.startsZoned && a.endsZoned === b.endsZoned;

/** The same slot with the same people, whenever the event is. */
export const isSame = (a: PlannedMeeting, b: PlannedMeeting): boolean =>
  a.round === b.round && a.table === b.table && a.people.join() === b.people.join();

/** Everything that is wrong with a plan for its event; none when it may be stored. Written apart from the planning. */
export function faultsOfPlan(event: MatchEvent, meetings: readonly PlannedMeeting[]): string[] {
  const faults: string[] = [];
  const booked = new Set<string>();
  const seats = new Set<string>();
  const attending = new Set(event.attendees);
  const away = new Set(
    (event.availabilityGaps ?? []).flatMap((gap) => gap.rounds.map((r) => `${r}:${gap.attendeeId}`)),
  );
  const avoided = new Set((event.avoidPairs ?? []).map(({ a, b }) => meetingId(a, b)));
  for (const meeting of meetings) {
    for (const booking of bookingsOf(event.id, meeting)) {
      if (booked.has(booking)) faults.push(`${booking} is booked twice.`);
      booked.add(booking);
    }
    const seat = `${meeting.round}:${meeting.table}`;
    if (seats.has(seat)) faults.push(`Table ${meeting.table} is booked twice in round ${meeting.round}.`);
    seats.add(seat);
    if (meeting.round < 1 || meeting.round > event.rounds) faults.push(`There is no round ${meeting.round}.`);
    if (meeting.table < 1 || meeting.table > event.tables) faults.push(`There is no table ${meeting.table}.`);
    for (const [i, person] of meeting.people.entries()) {
      if (!attending.has(person)) faults.push(`${person} does not attend.`);
      if (away.has(`${meeting.round}:${person}`)) faults.push(`${person} is away in round ${meeting.round}.`);
      for (const other of meeting.people.slice(i + 1))
        if (avoided.has(meetingId(person, other))) faults.push(`${person} and ${other} are to be kept apart.`);
    }
  }
  return faults;
}
