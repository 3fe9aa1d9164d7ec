import type { Language } from './member.ts';

export const eventFormats = ['one-to-one', 'roundtable'] as const;
export type EventFormat = (typeof eventFormats)[number];
export const sessions = ['morning', 'afternoon', 'any'] as const;
export type Session = (typeof sessions)[number];

/** Rounds are counted from 1. */
export interface AvailabilityGap {
  attendeeId: string;
  rounds: number[];
  note?: string | undefined;
}

export interface RequestedMeeting {
  from: string;
  to: string;
  /** 1 is most important. */
  priority: 1 | 2 | 3;
  session?: Session | undefined;
  /** Why it is to be held although a gate is closed; an adviser's word. What a party said for itself stays closed. */
  despiteGate?: string | undefined;
}

export interface AvoidPair {
  a: string;
  b: string;
  reason?: string | undefined;
}

/** What holds for one attendee only. */
export interface AttendeeSettings {
  attendeeId: string;
  /** Who comes; they go together and share one agenda. */
  people?: { id: string; name: string; email?: string | undefined }[] | undefined;
  maxMeetings?: number | undefined;
  session?: Session | undefined;
}

/** A table at which several sit with a host about one need, for one round. */
export interface Roundtable {
  id: string;
  hostId: string;
  needId?: string | undefined;
  /** Besides the host. Nobody given: those whom the need fits best. */
  participants?: string[] | undefined;
  /** Rounds it may take. Default: any. */
  rounds?: number[] | undefined;
}

export interface Adviser {
  id: string;
  title?: string | undefined;
  languages?: Language[] | undefined;
  expertise?: string[] | undefined;
  availableRounds?: number[] | undefined;
}

/** An event at which members meet at tables, round by round. Attendees are member ids. */
export interface MatchEvent {
  id: string;
  name: string;
  language?: Language | undefined;
  /** YYYY-MM-DD. */
  date: string;
  county?: string | undefined;
  description?: string | undefined;
  format: EventFormat;
  rounds: number;
  tables: number;
  seatsPerTable?: number | undefined;
  slotMinutes: number;
  /** From the end of one meeting to the start of the next. Default 0. */
  changeoverMinutes?: number | undefined;
  /** A pause (coffee) comes after these rounds. */
  breakAfterRounds?: number[] | undefined;
  /** Default 15. */
  pauseMinutes?: number | undefined;
  /** The day ends after these rounds; the next round is on the day after, at the same hour. */
  dayEndAfterRounds?: number[] | undefined;
  /** Rounds of each day that count as morning. Default: up to the first pause of the day, else its first half. */
  morningRounds?: number | undefined;
  /** Local time, YYYY-MM-DDTHH:MM. Default 09:00 on the date. */
  startsAt?: string | undefined;
  /** IANA name. Default Europe/Oslo. */
  timeZone?: string | undefined;
  /** Most meetings of one attendee. Default 15. */
  maxMeetings?: number | undefined;
  attendees: string[];
  attendeeSettings?: AttendeeSettings[] | undefined;
  availabilityGaps?: AvailabilityGap[] | undefined;
  advisers?: Adviser[] | undefined;
  requestedMeetings?: RequestedMeeting[] | undefined;
  avoidPairs?: AvoidPair[] | undefined;
  needIds?: string[] | undefined;
  roundtables?: Roundtable[] | undefined;
}
