/** A member leaves every event: bookings are called off, and what must be kept of them no longer names it. */
import type { MatchEvent } from '../domain/event.ts';
import type { PlannedMeeting } from '../domain/programme/plan.ts';
import type { Programme } from './programme.ts';
import { changeProgramme } from './programme-store.ts';
import type { Store } from './ports.ts';

/** Stands where the id of somebody was that has been erased. */
const erased = 'erased';
const pageSize = 100;

export async function withdrawFromEvents(store: Store, memberId: string): Promise<void> {
  const events = store.collection('events');
  for (;;) {
    const page = await events.find({ where: { attendees: memberId }, limit: pageSize });
    for (const { id, doc, version } of page.items) {
      // The programme first: when the process ends in between, the event still says that there is something to do.
      if ((await store.collection('programmes').get(id)) !== undefined)
        await changeProgramme(store, id, (programme) => programmeWithout(programme, memberId));
      await events.replace(id, eventWithout(doc, memberId), version);
    }
    if (page.items.length < pageSize) return;
  }
}

function eventWithout(event: MatchEvent, memberId: string): MatchEvent {
  const others = <T extends object>(list: T[] | undefined): T[] | undefined =>
    list?.filter((entry) => !Object.values(entry).includes(memberId));
  return {
    ...event,
    attendees: event.attendees.filter((id) => id !== memberId),
    attendeeSettings: others(event.attendeeSettings),
    availabilityGaps: others(event.availabilityGaps),
    requestedMeetings: others(event.requestedMeetings),
    avoidPairs: others(event.avoidPairs),
    roundtables: others(event.roundtables)?.map((table) => ({
      ...table,
      participants: table.participants?.filter((id) => id !== memberId),
    })),
  };
}

function programmeWithout(programme: Programme, memberId: string): Programme {
  const { draft, published } = programme;
  const isOurs = ({ people }: { people: string[] }) => !people.includes(memberId);
  // The id of a meeting stays: the other side's calendar knows the entry that is called off by it.
  const anonymous = <M extends PlannedMeeting>(meeting: M): M => ({
    ...meeting,
    people: meeting.people.map((id) => (id === memberId ? erased : id)),
  });
  const lost = (published?.meetings ?? []).filter((meeting) => !isOurs(meeting));
  const gone = new Set([...lost, ...(draft?.meetings ?? []).filter((meeting) => !isOurs(meeting))].map(({ id }) => id));
  return {
    ...programme,
    locks: programme.locks.filter((id) => !gone.has(id)),
    outbox: programme.outbox
      ?.filter(({ attendeeId }) => attendeeId !== memberId)
      .map((mail) => ({ ...mail, told: mail.told?.map(anonymous) })),
    checkedIn: programme.checkedIn.filter((id) => id !== memberId),
    met: Object.fromEntries(Object.entries(programme.met).filter(([id]) => !gone.has(id))),
    consents: Object.fromEntries(
      Object.entries(programme.consents).filter(([id]) => !id.split('~').includes(memberId)),
    ),
    ...(draft === undefined
      ? {}
      : { draft: { ...draft, meetings: draft.meetings.filter(isOurs), unmet: draft.unmet.filter(isOurs) } }),
    ...(published === undefined
      ? {}
      : {
          published: {
            ...published,
            meetings: published.meetings.filter(isOurs),
            cancelled: [
              ...published.cancelled,
              ...lost.map((meeting) => ({ ...meeting, sequence: meeting.sequence + 1 })),
            ].map(anonymous),
          },
        }),
  };
}
