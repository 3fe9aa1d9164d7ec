/** A programme as it is shown: what a publication would change, who came, and what waits for a slot. */
import type { MatchEvent } from '../domain/event.ts';
import { freeRounds } from '../domain/programme/free-rounds.ts';
import { differenceOf, timed, type Difference, type UnmetMeeting, type UnmetReason } from '../domain/programme/plan.ts';
import type { Programme, Published } from './programme.ts';

export interface WaitingMeeting extends UnmetMeeting {
  consents: string[];
  /** Rounds in which both are free now and a table is. */
  freeRounds: number[];
}

export interface ProgrammeView extends Omit<Programme, 'checkedIn' | 'met' | 'consents' | 'stopJob'> {
  difference: Difference;
  attendance: { checkedIn: string[]; met: Programme['met']; keptShare?: number };
  waiting: WaitingMeeting[];
}

export function viewOf(event: MatchEvent, programme: Programme): ProgrammeView {
  const { eventId, draft, published, locks, job, checkedIn, met } = programme;
  const said = Object.values(met);
  return {
    eventId,
    draft,
    published,
    locks,
    job,
    difference: differenceOf(
      programme.published?.meetings ?? [],
      timed(event, programme.draft?.meetings ?? programme.published?.meetings ?? []),
    ),
    attendance: {
      checkedIn,
      met,
      ...(said.length === 0 ? {} : { keptShare: said.filter((one) => one === 'met').length / said.length }),
    },
    waiting: waitingOf(event, programme),
  };
}

const unwaited: readonly UnmetReason[] = ['avoid-pair', 'gate-closed', 'not-attending', 'absent'];

/** Unmet requests of the last draft that are not published meanwhile, the most wanted first. */
export function waitingOf(event: MatchEvent, programme: Programme): WaitingMeeting[] {
  const current = programme.published?.meetings ?? programme.draft?.meetings ?? [];
  const held = new Set(current.map(({ id }) => id));
  const waiting = (programme.draft?.unmet ?? []).filter(
    ({ id, reason }) => !held.has(id) && !unwaited.includes(reason),
  );
  if (waiting.length === 0) return [];
  // An event that was moved is published anew first: nobody's other meetings move with a refilled slot.
  const roundsFor = isMoved(event, programme.published) ? () => [] : freeRounds(event, current);
  return waiting
    .sort((a, b) => (a.priority ?? 4) - (b.priority ?? 4) || b.value - a.value)
    .map((meeting) => ({
      ...meeting,
      consents: Object.hasOwn(programme.consents, meeting.id) ? programme.consents[meeting.id]! : [],
      freeRounds: roundsFor(meeting),
    }));
}

/** Whether the event now has published meetings at other times than people know. */
function isMoved(event: MatchEvent, published: Published | undefined): boolean {
  const meetings = published?.meetings ?? [];
  return differenceOf(meetings, timed(event, meetings)).peopleAffected.length > 0;
}
