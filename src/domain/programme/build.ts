/** From an event to the numbers that are searched, and back. */
import type { MatchEvent, Roundtable, Session } from '../event.ts';
import type { ScheduleMeeting, ScheduleProblem } from '../schedule/problem.ts';
import { meetingId, type Origin, type PlannedMeeting, type UnmetMeeting, type UnmetReason } from './plan.ts';
import { roundsOf } from './rounds.ts';
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
  /** Who sits at each round table, where the event does not say. */
  guests?: Readonly<Record<string, readonly string[]>>;
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
  /** Requests that cannot even be tried. */
  refused: readonly UnmetMeeting[];
}

export const defaultMaxMeetings = 15;
const defaultSeats = 4;

export function buildProgramme({ event, values, locks, guests = {} }: BuildInput): BuiltProgramme {
  const attending = new Set(event.attendees);
  const avoided = new Set((event.avoidPairs ?? []).map(({ a, b }) => meetingId(a, b)));
  const valueOf = new Map(values.map(({ a, b, value }) => [meetingId(a, b), value]));
  const wishes = new Map<string, Wish>();
  const refused = new Map<string, UnmetMeeting>();
  const refuse = (wish: Wish, reason: UnmetReason) =>
    refused.set(wish.id, {
      id: wish.id,
      people: wish.people,
      origin: wish.origin,
      priority: wish.priority,
      value: wish.value,
      reason,
    });

  const open = openRounds(event);
  for (const table of event.roundtables ?? []) {
    const people = table.participants
      ? [...new Set([table.hostId, ...table.participants])].filter(
          (person, i, all) => !all.slice(0, i).some((before) => avoided.has(meetingId(before, person))),
        )
      : partyAt(event, table, guests[table.id] ?? [], open, avoided);
    const wish: Wish = {
      id: table.id,
      people,
      origin: 'roundtable',
      priority: 1,
      value: 0,
      session: 'any',
      rounds: table.rounds,
      needId: table.needId,
    };
    if (!people.every((person) => attending.has(person)) || people.length < 2) refuse(wish, 'not-attending');
    else wishes.set(wish.id, wish);
  }
  for (const { from, to, priority, session } of event.requestedMeetings ?? []) {
    if (from === to) continue;
    const id = meetingId(from, to);
    const known = wishes.get(id);
    const wish: Wish = {
      id,
      people: [from, to].sort(),
      origin: 'request',
      priority: known?.priority === undefined || priority < known.priority ? priority : known.priority,
      value: valueOf.get(id) ?? 0,
      session: session ?? known?.session ?? 'any',
    };
    if (!attending.has(from) || !attending.has(to)) refuse(wish, 'not-attending');
    else if (avoided.has(id)) refuse(wish, 'avoid-pair');
    else wishes.set(id, wish);
  }
  for (const { a, b, value, offered } of values) {
    const id = meetingId(a, b);
    if (!offered || wishes.has(id) || avoided.has(id) || !attending.has(a) || !attending.has(b) || a === b) continue;
    wishes.set(id, { id, people: [a, b].sort(), origin: 'offer', value, session: 'any' });
  }

  const kept = [...wishes.values()];
  const lockOf = new Map(locks.map((lock) => [lock.id, lock.round]));
  const person = new Map(event.attendees.map((id, i) => [id, i]));
  const rounds = roundsOf(event);
  const settings = new Map((event.attendeeSettings ?? []).map((one) => [one.attendeeId, one]));
  const meetings = kept.map((wish): ScheduleMeeting => {
    const free = rounds
      .filter(
        (round) =>
          wish.people.every((id) => open.get(id)!.has(round.number)) &&
          inSession(round.isMorning, wish.session) &&
          (wish.rounds === undefined || wish.rounds.includes(round.number)),
      )
      .map((round) => round.number - 1);
    const locked = lockOf.get(wish.id);
    const stays = locked !== undefined && free.includes(locked - 1);
    return {
      people: wish.people.map((id) => person.get(id)!),
      slots: stays ? [locked - 1] : free,
      tier: stays ? 0 : (wish.priority ?? 4),
      value: wish.value,
    };
  });
  return {
    problem: {
      people: event.attendees.length,
      dayOf: rounds.map((round) => round.day),
      tables: rounds.map(() => event.tables),
      maxMeetings: event.attendees.map(
        (id) => settings.get(id)?.maxMeetings ?? event.maxMeetings ?? defaultMaxMeetings,
      ),
      meetings,
    },
    wishes: kept,
    refused: [...refused.values()],
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

const inSession = (isMorning: boolean, session: Session): boolean =>
  session === 'any' || (session === 'morning') === isMorning;

/** The rounds in which each attendee is there and wants to meet. */
export function openRounds(event: MatchEvent): Map<string, Set<number>> {
  const rounds = roundsOf(event);
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
            reason: reasonOf(problem, slots, m),
          },
        ],
  );
  return { meetings, unmet: [...refused, ...unmet], tableChanges: changes };
}

function reasonOf(problem: ScheduleProblem, slots: readonly number[], m: number): UnmetReason {
  const { people, slots: free } = problem.meetings[m]!;
  if (free.length === 0) return 'no-common-free-slot';
  const mine = problem.meetings.flatMap((other, i) =>
    slots[i]! !== -1 && other.people.some((person) => people.includes(person)) ? [{ other, slot: slots[i]! }] : [],
  );
  const held = (person: number) => mine.filter(({ other }) => other.people.includes(person)).length;
  if (people.some((person) => held(person) >= problem.maxMeetings[person]!)) return 'over-the-cap';
  const taken = new Set(mine.map(({ slot }) => slot));
  return free.some((slot) => !taken.has(slot)) ? 'no-free-table' : 'taken-by-others';
}
