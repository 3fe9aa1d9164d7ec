/** A member leaves every event: bookings are called off, and what must be kept of them no longer names it. */
import type { MatchEvent } from '../domain/event.ts';
import type { PlannedMeeting } from '../domain/programme/plan.ts';
import type { Programme } from './programme.ts';
import { changeProgramme } from './programme-store.ts';
import { everyOf } from './pages.ts';
import type { Store } from './ports.ts';

/** Stands where the id of somebody was that has been erased. */
const erased = 'erased';
const pageSize = 100;

/** Ids of the events that have to do with a member: as attendee or adviser, or in what is planned or published of them. */
export async function eventsNaming(store: Store, memberId: string): Promise<string[]> {
  const events = store.collection('events');
  const programmes = store.collection('programmes');
  const named = new Set<string>();
  for await (const { id, doc } of everyOf((from) => events.find({ limit: pageSize, ...from })))
    if (doc.attendees.includes(memberId) || isAdviser(doc, memberId)) named.add(id);
  for await (const { id, doc } of everyOf((from) => programmes.find({ limit: pageSize, ...from })))
    if (isIn(doc, memberId)) named.add(id);
  return [...named].sort();
}

export async function withdrawFromEvents(store: Store, memberId: string): Promise<void> {
  const events = store.collection('events');
  for (const id of await eventsNaming(store, memberId)) {
    // The programme first: when the process ends in between, the event still says that there is something to do.
    if ((await store.collection('programmes').get(id)) !== undefined)
      await changeProgramme(store, id, (programme) => programmeWithout(programme, memberId));
    const stored = await events.get(id);
    if (stored !== undefined) await events.replace(id, eventWithout(stored.doc, memberId), stored.version);
  }
}

const isAdviser = (event: MatchEvent, memberId: string) => (event.advisers ?? []).some(({ id }) => id === memberId);

const isIn = ({ draft, published, checkedIn, outbox }: Programme, memberId: string): boolean =>
  [...(draft?.meetings ?? []), ...(draft?.unmet ?? []), ...(published?.meetings ?? [])].some(({ people }) =>
    people.includes(memberId),
  ) ||
  (published?.cancelled ?? []).some(({ people }) => people.includes(memberId)) ||
  checkedIn.includes(memberId) ||
  (outbox ?? []).some(({ attendeeId }) => attendeeId === memberId);

function eventWithout(event: MatchEvent, memberId: string): MatchEvent {
  const others = <T extends object>(list: T[] | undefined): T[] | undefined =>
    list?.filter((entry) => !Object.values(entry).includes(memberId));
  return {
    ...event,
    attendees: event.attendees.filter((id) => id !== memberId),
    advisers: others(event.advisers),
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
