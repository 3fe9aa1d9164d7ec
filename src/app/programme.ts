/** A programme as it is stored: draft, published edition, locks and what happened on the day, one document an event. */
import type { PlannedMeeting, TimedMeeting, UnmetMeeting } from '../domain/programme/plan.ts';
import type { EventTimes } from '../domain/programme/rounds.ts';
import type { SolveBounds } from './ports.ts';

export interface ProgrammeQuality {
  unmet: readonly [number, number, number];
  value: number;
  gaps: number;
  tableChanges: number;
  bounds: SolveBounds;
  distance: SolveBounds;
  provenOptimal: boolean;
  cutOff: boolean;
  seed: number;
  steps: number;
  /** Attendees, needs and round tables whose scores were not known in time. Absent: none. */
  unvalued?: number | undefined;
}

export interface Draft {
  plannedAt: string;
  meetings: PlannedMeeting[];
  unmet: UnmetMeeting[];
  quality: ProgrammeQuality;
  moved?: string[] | undefined;
}

/** A meeting that people may have in their calendars. `sequence` grows with every change (RFC 5545). */
export type PublishedMeeting = TimedMeeting & { sequence: number };

export interface Published {
  publishedAt: string;
  /** From 1. */
  edition: number;
  /** As they were when it was published: whatever the event says since, this is what people have. */
  times: EventTimes;
  meetings: PublishedMeeting[];
  /** Called off since they were published; calendars are told so. */
  cancelled: PublishedMeeting[];
}

/** A mail that a publication asks for; part of the programme, so that it is kept or lost with it. */
export interface ProgrammeMail {
  edition: number;
  attendeeId: string;
  createdAt: string;
  /** `dropped`: a mail of a newer edition says it all. */
  state: 'waiting' | 'sent' | 'no-address' | 'refused' | 'dropped';
  /** The agenda of which the attendee was told before; kept as long as the mail waits. */
  told?: TimedMeeting[] | undefined;
  /** To how many people it went. */
  sentTo?: number | undefined;
  error?: string | undefined;
}

export interface Programme {
  eventId: string;
  draft?: Draft | undefined;
  published?: Published | undefined;
  /** Ids of meetings that planning leaves where they are. */
  locks: string[];
  /** The planning that runs, and how far it is. */
  job?: { id: string; value?: number; met?: number; gaps?: number; bounds?: SolveBounds } | undefined;
  /** Id of the job that shall end with the best so far. */
  stopJob?: string | undefined;
  checkedIn: string[];
  met: Record<string, 'met' | 'not-met'>;
  /** Who of a waiting meeting has said yes. */
  consents: Record<string, string[]>;
  outbox?: ProgrammeMail[] | undefined;
  /** Indexed: set while mails wait. */
  watch?: 'mail' | undefined;
}

export const emptyProgramme = (eventId: string): Programme => ({
  eventId,
  locks: [],
  checkedIn: [],
  met: {},
  consents: {},
});
