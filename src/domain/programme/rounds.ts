/** When the rounds of an event are: day, session, and instants in its time zone. */
import { defaultTimeZone } from '../day.ts';
import type { MatchEvent } from '../event.ts';

const timeFields = [
  'date',
  'startsAt',
  'timeZone',
  'rounds',
  'slotMinutes',
  'changeoverMinutes',
  'breakAfterRounds',
  'pauseMinutes',
  'dayEndAfterRounds',
  'morningRounds',
] as const satisfies readonly (keyof MatchEvent)[];

/** All of an event that says when its rounds are. */
export type EventTimes = Pick<MatchEvent, (typeof timeFields)[number]>;

export const timesOf = (event: MatchEvent): EventTimes =>
  Object.fromEntries(
    timeFields.flatMap((field) => (event[field] === undefined ? [] : [[field, event[field]]])),
  ) as unknown as EventTimes;

export interface Round {
  /** From 1. */
  number: number;
  /** From 0. */
  day: number;
  isMorning: boolean;
  /** ISO 8601 UTC. */
  startsAt: string;
  endsAt: string;
  /** Local wall time HH:MM. */
  startsLocal: string;
  endsLocal: string;
  /** Local, with the offset of the zone: YYYY-MM-DDTHH:MM:00+01:00. */
  startsZoned: string;
  endsZoned: string;
  /** Local date on which it starts, YYYY-MM-DD. */
  date: string;
}

const minuteMs = 60_000;
const defaultPauseMinutes = 15;

export function roundsOf(event: EventTimes): Round[] {
  const clocks = clocksOf(event.timeZone ?? defaultTimeZone);
  const dayEnds = new Set(event.dayEndAfterRounds ?? []);
  const pauses = new Set(event.breakAfterRounds ?? []);
  const first = event.startsAt ?? `${event.date}T09:00`;
  const rounds: Round[] = [];
  let day = 0;
  let minutes = 0;
  let dayStart = 1;
  for (let number = 1; number <= event.rounds; number++) {
    const start = localPlus(first, day, minutes);
    const end = localPlus(first, day, minutes + event.slotMinutes);
    const [startsAt, endsAt] = [instantOf(start, clocks), instantOf(end, clocks)];
    rounds.push({
      number,
      day,
      isMorning: number < dayStart + morningRoundsOf(event, dayStart),
      startsAt,
      endsAt,
      startsLocal: start.slice(11),
      endsLocal: end.slice(11),
      startsZoned: zoned(startsAt, clocks),
      endsZoned: zoned(endsAt, clocks),
      date: start.slice(0, 10),
    });
    minutes += event.slotMinutes;
    if (dayEnds.has(number)) {
      day++;
      minutes = 0;
      dayStart = number + 1;
    } else minutes += pauses.has(number) ? (event.pauseMinutes ?? defaultPauseMinutes) : (event.changeoverMinutes ?? 0);
  }
  return rounds;
}

function morningRoundsOf(event: EventTimes, dayStart: number): number {
  if (event.morningRounds !== undefined) return event.morningRounds;
  const dayEnd = Math.min(event.rounds, ...(event.dayEndAfterRounds ?? []).filter((end) => end >= dayStart));
  const pause = Math.min(...(event.breakAfterRounds ?? []).filter((after) => after >= dayStart && after < dayEnd));
  return Number.isFinite(pause) ? pause - dayStart + 1 : Math.ceil((dayEnd - dayStart + 1) / 2);
}

/** Wall clock arithmetic, with the wall clock treated as UTC. */
const localPlus = (local: string, days: number, minutes: number): string =>
  new Date(Date.parse(`${local}:00Z`) + (days * 1440 + minutes) * minuteMs).toISOString().slice(0, 16);

/** The instant at which the clocks of the zone show this; the first of two, or the one after a skipped hour. */
function instantOf(local: string, clocks: Intl.DateTimeFormat): string {
  const wanted = Date.parse(`${local}:00Z`);
  let guess = wanted;
  for (let i = 0; i < 2; i++) guess = wanted - offsetAt(guess, clocks);
  return new Date(guess).toISOString();
}

/** What the clocks of the zone show at an instant, and how far they are from UTC. */
function zoned(at: string, clocks: Intl.DateTimeFormat): string {
  const instant = Date.parse(at);
  const offset = Math.round(offsetAt(instant, clocks) / minuteMs);
  const local = new Date(instant + offset * minuteMs).toISOString().slice(0, 19);
  const two = (n: number) => String(n).padStart(2, '0');
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const clocksOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

function offsetAt(instant: number, clocks: Intl.DateTimeFormat): number {
  const parts = clocks.formatToParts(instant);
  const part = (type: string) => Number(parts.find((one) => one.type === type)!.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(instant / 1000) * 1000;
}
