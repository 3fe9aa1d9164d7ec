/** What becomes of a programme when it is published, and when a freed slot of it is filled again. */
import { isDeepStrictEqual } from 'node:util';
import type { MatchEvent } from '../domain/event.ts';
import {
  faultsOfPlan,
  isSame,
  isSameTime,
  timed,
  type PlannedMeeting,
  type UnmetMeeting,
} from '../domain/programme/plan.ts';
import { timesOf } from '../domain/programme/rounds.ts';
import type { Programme, Published, PublishedMeeting } from './programme.ts';

/** With the meeting in a free table of the round. */
export function refilled(
  programme: Programme,
  published: Published,
  { id, people, origin, priority, value }: UnmetMeeting,
  round: number,
  event: MatchEvent,
  now: Date,
): Programme {
  const used = new Set(published.meetings.filter((meeting) => meeting.round === round).map(({ table }) => table));
  const table = Array.from({ length: event.tables }, (_, i) => i + 1).find((one) => !used.has(one))!;
  const meeting: PlannedMeeting = {
    id,
    people,
    origin,
    value,
    round,
    table,
    ...(priority === undefined ? {} : { priority }),
  };
  const consents = Object.fromEntries(Object.entries(programme.consents).filter(([waiting]) => waiting !== id));
  const draft = programme.draft;
  // The draft follows where the slot is free there too; a draft under way keeps its own plan.
  const fits = draft !== undefined && faultsOfPlan(event, [...draft.meetings, meeting]).length === 0;
  return {
    ...programme,
    consents,
    published: publishedFrom(published, event, [...published.meetings, meeting], now),
    ...(fits
      ? {
          draft: {
            ...draft,
            meetings: [...draft.meetings, meeting],
            unmet: draft.unmet.filter((one) => one.id !== id),
          },
        }
      : {}),
  };
}

/** Apart from when it was published and how often before. */
export const saysTheSame = (before: Published | undefined, after: Published): boolean =>
  before !== undefined &&
  isDeepStrictEqual({ ...after, edition: before.edition, publishedAt: before.publishedAt }, before);

/** The next edition. Sequences grow where something changed, so that calendars take the newer one. */
export function publishedFrom(
  before: Published | undefined,
  event: MatchEvent,
  meetings: readonly PlannedMeeting[],
  now: Date,
): Published {
  const known = new Map([...(before?.cancelled ?? []), ...(before?.meetings ?? [])].map((one) => [one.id, one]));
  const wasCancelled = new Set((before?.cancelled ?? []).map(({ id }) => id));
  const fresh = timed(event, meetings).map((meeting): PublishedMeeting => {
    const was = known.get(meeting.id);
    const same = was !== undefined && isSame(was, meeting) && isSameTime(was, meeting) && !wasCancelled.has(meeting.id);
    return { ...meeting, sequence: was === undefined ? 0 : same ? was.sequence : was.sequence + 1 };
  });
  const held = new Set(meetings.map(({ id }) => id));
  return {
    publishedAt: now.toISOString(),
    edition: (before?.edition ?? 0) + 1,
    times: timesOf(event),
    meetings: fresh,
    cancelled: [
      ...(before?.cancelled ?? []).filter(({ id }) => !held.has(id)),
      ...(before?.meetings ?? []).flatMap((one) => (held.has(one.id) ? [] : [{ ...one, sequence: one.sequence + 1 }])),
    ],
  };
}
