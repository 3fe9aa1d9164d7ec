/** From an event to the numbers that are searched, and back. */
import type { MatchEvent, Roundtable, Session } from '../event.ts';
import { tiers, type ScheduleMeeting, type ScheduleProblem } from '../schedule/problem.ts';
import { createTimetable } from '../schedule/timetable.ts';
import { meetingId, type Gate, type Origin, type PlannedMeeting, type UnmetMeeting, type UnmetReason } from './plan.ts';
import { roundsOf, type Round } from './rounds.ts';
import { assignTables } from './tables.ts';

/** A pair that could meet: what both sides together would gain, 0-200 points, and whether to offer it unasked. */
export interface PairValue {
  a: string;
  b: string;
  value: number;
  offered: boolean;
}

/** A meeting that must be where it is. */
export interface Lock {
  id: string;
  round: number;
}

export interface BuildInput {
  event: MatchEvent;
  values: readonly PairValue[];
  locks: readonly Lock[];
  /**
   * Meetings that people know of or that are locked: wished again, though nobody asks for them and nothing offers them.
   * A round table that is locked keeps its people.
   */
  kept?: readonly PlannedMeeting[];
  /** Pairs, by meeting id, that a gate keeps from meeting. */
  closed?: ReadonlyMap<string, Gate>;
  /** Whom the need of each round table fits, best first, where the event does not say who sits there. */
  guests?: ReadonlyMap<string, readonly string[]>;
}

interface Wish {
  id: string;
  people: string[];
  origin: Origin;
  priority?: 1 | 2 | 3 | undefined;
  value: number;
  session: Session;
  rounds?: readonly number[] | undefined;
  needId?: string | undefined;
}

export interface BuiltProgramme {
  problem: ScheduleProblem;
  /** In the order of the problem's meetings. */
  wishes: readonly Wish[];
  /** Slots that each meeting may take, locks aside. */
  freeSlots: readonly (readonly number[])[];
  /** Requests that cannot even be tried. */
  refused: readonly UnmetMeeting[];
}

const defaultMaxMeetings = 15;
const defaultSeats = 4;

export function buildProgramme({
  event,
  values,
  locks,
  kept = [],
  closed = new Map(),
  guests = new Map(),
}: BuildInput): BuiltProgramme {
  const attending = new Set(event.attendees);
  const avoided = new Set((event.avoidPairs ?? []).map(({ a, b }) => meetingId(a, b)));
  const valueOf = new Map(values.map(({ a, b, value }) => [meetingId(a, b), value]));
  const wishes = new Map<string, Wish>();
  const refused = new Map<string, UnmetMeeting>();
  const refuse = (wish: Wish, reason: UnmetReason, gate?: Gate) =>
    refused.set(wish.id, {
      id: wish.id,
      people: wish.people,
      origin: wish.origin,
      priority: wish.priority,
      value: wish.value,
      reason,
      ...(gate === undefined ? {} : { gate }),
    });

  const rounds = roundsOf(event);
  const open = openRounds(event, rounds);
  const session = sessionsOf(event);
  const lockOf = new Map(locks.map((lock) => [lock.id, lock.round]));
  const partyOf = partiesOf(event, open, avoided, { lockOf, kept, guests });
  for (const table of event.roundtables ?? []) {
    const party = partyOf(table);
    const wish: Wish = {
      id: table.id,
      people: party.people,
      origin: 'roundtable',
      priority: 1,
      value: 0,
      session: 'any',
      rounds: table.rounds,
      needId: table.needId,
    };
    if (party.reason !== undefined) refuse(wish, party.reason);
    else wishes.set(wish.id, wish);
  }
  for (const { from, to, priority } of event.requestedMeetings ?? []) {
    if (from === to) continue;
    const id = meetingId(from, to);
    const known = wishes.get(id);
    const wish: Wish = {
      id,
      people: [from, to].sort(),
      origin: 'request',
      priority: known?.priority === undefined || priority < known.priority ? priority : known.priority,
      value: valueOf.get(id) ?? 0,
      session: session.get(id) ?? 'any',
    };
    if (!attending.has(from) || !attending.has(to)) refuse(wish, 'not-attending');
    else if (avoided.has(id)) refuse(wish, 'avoid-pair');
    else if (closed.has(id)) refuse(wish, 'gate-closed', closed.get(id));
    else wishes.set(id, wish);
  }
  const mayMeet = (id: string, people: readonly string[]) =>
    !avoided.has(id) && !closed.has(id) && people.every((one) => attending.has(one));
  for (const { a, b, value, offered } of values) {
    const id = meetingId(a, b);
    if (!offered || a === b || wishes.has(id) || !mayMeet(id, [a, b])) continue;
    wishes.set(id, { id, people: [a, b].sort(), origin: 'offer', value, session: 'any' });
  }

  for (const { id, people, origin, value } of kept) {
    if (origin === 'roundtable' || wishes.has(id) || !mayMeet(id, people)) continue;
    wishes.set(id, { id, people: [...people], origin: 'offer', value: valueOf.get(id) ?? value, session: 'any' });
  }

  const all = [...wishes.values()];
  const person = new Map(event.attendees.map((id, i) => [id, i]));
  const capOf = capsOf(event);
  const openAt = new Map([...open].map(([id, mine]) => [id, rounds.map(({ number }) => mine.has(number))]));
  const freeSlots = all.map(({ people, session: wanted, rounds: only }) => {
    const theirs = people.map((id) => openAt.get(id)!);
    const slots: number[] = [];
    for (const [slot, { number, isMorning }] of rounds.entries())
      if (theirs.every((mine) => mine[slot]!) && inSession(isMorning, wanted) && (only?.includes(number) ?? true))
        slots.push(slot);
    return slots;
  });
  const meetings = all.map((wish, m): ScheduleMeeting => {
    const locked = lockOf.get(wish.id);
    const stays = locked !== undefined && freeSlots[m]!.includes(locked - 1);
    return {
      people: wish.people.map((id) => person.get(id)!),
      slots: stays ? [locked - 1] : freeSlots[m]!,
      tier: stays ? tiers.must : (wish.priority ?? tiers.offered),
      value: wish.value,
    };
  });
  return {
    problem: {
      people: event.attendees.length,
      dayOf: rounds.map((round) => round.day),
      tables: rounds.map(() => event.tables),
      maxMeetings: event.attendees.map(capOf),
      meetings,
    },
    wishes: all,
    freeSlots,
    refused: [...refused.values()],
  };
}

/** The same programme in which these meetings may move, locked or not. */
export function loosened(built: BuiltProgramme, mayMove: (wish: Wish) => boolean): BuiltProgramme {
  const meetings = built.problem.meetings.map((meeting, m): ScheduleMeeting => {
    const wish = built.wishes[m]!;
    if (!mayMove(wish)) return meeting;
    return { ...meeting, slots: built.freeSlots[m]!, tier: wish.priority ?? tiers.offered };
  });
  return { ...built, problem: { ...built.problem, meetings } };
}

/** What is locked in its place and nothing else; of two locks that exclude each other the first. */
export function lockedSlots({ problem }: BuiltProgramme): number[] {
  const table = createTimetable(problem);
  for (const [m, { people, slots, tier }] of problem.meetings.entries()) {
    const slot = slots[0];
    if (tier !== tiers.must || slot === undefined || table.load[slot]! >= problem.tables[slot]!) continue;
    const isFree = (person: number) =>
      table.meetingAt(person, slot) === -1 && table.held[person]! < problem.maxMeetings[person]!;
    if (people.every(isFree)) table.place(m, slot);
  }
  return table.toSlots();
}

/** Who sits at a round table, or why nobody does. */
function partiesOf(
  event: MatchEvent,
  open: ReadonlyMap<string, ReadonlySet<number>>,
  avoided: ReadonlySet<string>,
  { lockOf, kept, guests }: { lockOf: ReadonlyMap<string, number> } & Required<Pick<BuildInput, 'kept' | 'guests'>>,
): (table: Roundtable) => { people: string[]; reason?: UnmetReason } {
  const lastOf = new Map(kept.map((meeting) => [meeting.id, meeting]));
  const absent = absentFrom(event, open);
  return (table) => {
    const { id, hostId, participants } = table;
    const invited = [...new Set(participants ?? guests.get(id) ?? [])].filter((guest) => guest !== hostId);
    if (!open.has(hostId) || (participants !== undefined && !invited.every((guest) => open.has(guest))))
      return { people: [hostId, ...invited], reason: 'not-attending' };
    const locked = lockOf.get(id);
    const last = locked === undefined ? [] : (lastOf.get(id)?.people ?? []);
    const stays = locked !== undefined && open.get(hostId)!.has(locked) && (table.rounds?.includes(locked) ?? true);
    // Nobody is called to a table from another meeting that stays where it is.
    const elsewhere = new Set(
      stays ? kept.flatMap((other) => (other.id !== id && lockOf.get(other.id) === locked ? other.people : [])) : [],
    );
    const people =
      participants === undefined
        ? partyAt(
            event,
            stays ? { ...table, rounds: [locked] } : table,
            [...last, ...invited].filter((guest) => !elsewhere.has(guest)),
            open,
            avoided,
          )
        : [hostId, ...invited.filter((guest) => !absent.has(guest))].filter(
            (one, i, all) => !all.slice(0, i).some((before) => avoided.has(meetingId(before, one))),
          );
    if (people.length > 1) return { people };
    const apart = invited.filter((guest) => avoided.has(meetingId(hostId, guest)));
    const reason: UnmetReason =
      invited.length === 0
        ? 'not-attending'
        : apart.length === invited.length
          ? 'avoid-pair'
          : absent.has(hostId) || invited.every((guest) => absent.has(guest) || apart.includes(guest))
            ? 'absent'
            : 'no-common-free-slot';
    return { people: [hostId, ...invited], reason };
  };
}

/** The host and the best guests who all have a round in common and none of whom is to be kept from another. */
function partyAt(
  event: MatchEvent,
  { hostId, rounds }: Roundtable,
  guests: readonly string[],
  open: ReadonlyMap<string, ReadonlySet<number>>,
  avoided: ReadonlySet<string>,
): string[] {
  const party = [hostId];
  let common = [...(open.get(hostId) ?? [])].filter((round) => rounds?.includes(round) ?? true);
  for (const guest of guests) {
    if (party.length >= (event.seatsPerTable ?? defaultSeats)) break;
    const left = common.filter((round) => open.get(guest)?.has(round) === true);
    if (left.length === 0 || party.some((one) => one === guest || avoided.has(meetingId(one, guest)))) continue;
    party.push(guest);
    common = left;
  }
  return party;
}

export const inSession = (isMorning: boolean, session: Session): boolean =>
  session === 'any' || (session === 'morning') === isMorning;

/** The most meetings of each attendee. */
export function capsOf(event: MatchEvent): (attendeeId: string) => number {
  const own = new Map((event.attendeeSettings ?? []).map((one) => [one.attendeeId, one.maxMeetings]));
  return (id) => own.get(id) ?? event.maxMeetings ?? defaultMaxMeetings;
}

/** The part of the day that is asked for, by meeting; where several requests ask, the last that says so counts. */
export function sessionsOf(event: MatchEvent): Map<string, Session> {
  const sessions = new Map<string, Session>();
  for (const { from, to, session } of event.requestedMeetings ?? [])
    if (session !== undefined) sessions.set(meetingId(from, to), session);
  return sessions;
}

/** The rounds in which each attendee is there and wants to meet. */
export function openRounds(event: MatchEvent, rounds: readonly Round[] = roundsOf(event)): Map<string, Set<number>> {
  const settings = new Map((event.attendeeSettings ?? []).map((one) => [one.attendeeId, one.session ?? 'any']));
  const open = new Map(
    event.attendees.map((id) => [
      id,
      new Set(rounds.filter((r) => inSession(r.isMorning, settings.get(id) ?? 'any')).map((r) => r.number)),
    ]),
  );
  for (const gap of event.availabilityGaps ?? [])
    for (const round of gap.rounds) open.get(gap.attendeeId)?.delete(round);
  return open;
}

/** Attendees who are away in every round that they could have met in. */
export const absentFrom = (
  event: MatchEvent,
  open: ReadonlyMap<string, ReadonlySet<number>> = openRounds(event),
): Set<string> =>
  new Set((event.availabilityGaps ?? []).flatMap(({ attendeeId: id }) => (open.get(id)?.size === 0 ? [id] : [])));

/** The plan that slots mean, with tables, and why each request that is not met is not. */
export function planOf(
  event: MatchEvent,
  { problem, wishes, refused }: BuiltProgramme,
  slots: readonly number[],
  /** Tables of meetings that should stay where they are. */
  tableOf: ReadonlyMap<string, { round: number; table: number }> = new Map(),
): { meetings: PlannedMeeting[]; unmet: UnmetMeeting[]; tableChanges: number } {
  const placed = wishes.flatMap((wish, m) => (slots[m]! === -1 ? [] : [{ wish, slot: slots[m]! }]));
  const { tables, changes } = assignTables(
    placed.map(({ wish, slot }) => ({
      people: wish.people,
      slot,
      keep: tableOf.get(wish.id)?.round === slot + 1 ? tableOf.get(wish.id)!.table : undefined,
    })),
    event.tables,
  );
  const meetings = placed
    .map(({ wish, slot }, i): PlannedMeeting => ({
      id: wish.id,
      people: wish.people,
      origin: wish.origin,
      ...(wish.priority === undefined ? {} : { priority: wish.priority }),
      value: wish.value,
      round: slot + 1,
      table: tables[i]!,
      ...(wish.needId === undefined ? {} : { needId: wish.needId }),
    }))
    .sort((a, b) => a.round - b.round || a.table - b.table);
  const absent = absentFrom(event);
  const taken = Array.from({ length: problem.people }, () => [] as number[]);
  for (const [m, { people }] of problem.meetings.entries())
    if (slots[m]! !== -1) for (const person of people) taken[person]!.push(slots[m]!);
  const unmet = wishes.flatMap((wish, m): UnmetMeeting[] =>
    slots[m]! !== -1 || wish.origin === 'offer'
      ? []
      : [
          {
            id: wish.id,
            people: wish.people,
            origin: wish.origin,
            priority: wish.priority,
            value: wish.value,
            reason: wish.people.some((one) => absent.has(one)) ? 'absent' : reasonOf(problem, taken, m),
          },
        ],
  );
  return { meetings, unmet: [...refused, ...unmet], tableChanges: changes };
}

/** `taken`: the slots in which each person meets. */
function reasonOf(problem: ScheduleProblem, taken: readonly (readonly number[])[], m: number): UnmetReason {
  const { people, slots: free } = problem.meetings[m]!;
  if (free.length === 0) return 'no-common-free-slot';
  if (people.some((person) => taken[person]!.length >= problem.maxMeetings[person]!)) return 'over-the-cap';
  const used = new Set(people.flatMap((person) => taken[person]!));
  return free.some((slot) => !used.has(slot)) ? 'no-free-table' : 'taken-by-others';
}
