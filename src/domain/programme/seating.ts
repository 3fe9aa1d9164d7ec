/**
 * Who sits at which table in each round of a round-table event. Wanted, most important first: nobody beside somebody to be
 * kept apart (always held), requests by priority, nobody beside the same person twice, each table mixed, much in common.
 */
import type { MatchEvent } from '../event.ts';
import { randomFrom } from '../schedule/random.ts';
import { absentFrom, openRounds, type PairValue } from './build.ts';
import { meetingId, type Gate, type PlannedMeeting, type UnmetMeeting } from './plan.ts';

export interface Seating {
  /** Tries so many exchanges. Call it until it answers that the budget is used. */
  run(steps: number): boolean;
  plan(): SeatingPlan;
}

export interface SeatingPlan {
  meetings: PlannedMeeting[];
  unmet: UnmetMeeting[];
  /** Pairs that sit together more than once, counted each time after the first. */
  repeats: number;
  value: number;
  /** What no seating can beat. */
  mostValue: number;
}

const requestCost = [4000, 1000, 300] as const;
const avoidCost = 100_000;
const repeatCost = 200;
const mixCost = 20;
const valueGain = 0.05;
const defaultSeats = 4;

/**
 * `groupOf`: what kind of attendee somebody is; a table should have as many kinds as it can. `closed`: pairs, by meeting
 * id, that asked for each other and that a gate keeps apart.
 */
export function createSeating(
  event: MatchEvent,
  values: readonly PairValue[],
  groupOf: (attendeeId: string) => string,
  { seed, steps }: { seed: number; steps: number },
  closed: ReadonlyMap<string, Gate> = new Map(),
): Seating {
  const random = randomFrom(seed);
  const open = openRounds(event);
  const seats = event.seatsPerTable ?? defaultSeats;
  const value = valuesOf(values);
  const avoided = apartIn(event, closed);
  const wanted = wantedIn(event);
  const groups = new Set(event.attendees.map(groupOf)).size;
  /** rounds -> tables -> who sits there. As many tables as are needed, evenly filled, empty chairs last. */
  const rooms = Array.from({ length: event.rounds }, (_, i) => {
    const here = event.attendees.filter((id) => open.get(id)!.has(i + 1));
    for (let k = here.length - 1; k > 0; k--) {
      const other = random.below(k + 1);
      [here[k], here[other]] = [here[other]!, here[k]!];
    }
    const tables = Math.max(1, Math.min(event.tables, Math.ceil(here.length / seats)));
    const room = Array.from({ length: tables }, () => [] as string[]);
    for (const [k, id] of here.slice(0, tables * seats).entries()) room[k % tables]!.push(id);
    return room;
  });
  const together = new Map<string, number>();
  const count = (id: string, by: number) => together.set(id, (together.get(id) ?? 0) + by);
  const pairsWith = (id: string, party: readonly string[], skip: string) =>
    party.filter((other) => other !== id && other !== skip).map((other) => meetingId(id, other));
  for (const room of rooms) for (const party of room) for (const pair of pairsOf(party)) count(pair, 1);

  /** What it costs that this pair sits together so often. */
  const pairCost = (id: string): number => {
    const times = together.get(id) ?? 0;
    const priority = wanted.get(id);
    return (
      (times > 0 && avoided.has(id) ? avoidCost * times : 0) +
      (times === 0 && priority !== undefined && !avoided.has(id) ? requestCost[priority - 1]! : 0) +
      Math.max(0, times - 1) * repeatCost -
      (times > 0 ? valueGain * (value.get(id) ?? 0) : 0)
    );
  };
  const mixOf = (party: readonly string[]) =>
    mixCost * (Math.min(groups, party.length) - new Set(party.map(groupOf)).size);
  const cost = (pairs: readonly string[], parties: readonly (readonly string[])[]) =>
    pairs.reduce((sum, id) => sum + pairCost(id), 0) + parties.reduce((sum, party) => sum + mixOf(party), 0);

  let used = 0;
  const step = (temperature: number) => {
    const room = rooms[random.below(rooms.length)]!;
    if (room.length < 2) return;
    const first = random.below(room.length);
    const second = (first + 1 + random.below(room.length - 1)) % room.length;
    const [a, b] = [room[first]!, room[second]!];
    if (a.length === 0 || b.length === 0) return;
    const [i, k] = [random.below(a.length), random.below(b.length)];
    const [one, two] = [a[i]!, b[k]!];
    const lost = [...pairsWith(one, a, one), ...pairsWith(two, b, two)];
    const won = [...pairsWith(one, b, two), ...pairsWith(two, a, one)];
    const all = [...new Set([...lost, ...won])];
    const before = cost(all, [a, b]);
    const exchange = (x: string, y: string, gone: string[], come: string[]) => {
      a[i] = x;
      b[k] = y;
      for (const id of gone) count(id, -1);
      for (const id of come) count(id, 1);
    };
    exchange(two, one, lost, won);
    const delta = cost(all, [a, b]) - before;
    if (delta > 0 && random.next() >= Math.exp(-delta / temperature)) exchange(one, two, won, lost);
  };

  return {
    run(slice) {
      for (let n = 0; n < slice && used < steps; n++, used++) step(1000 * (1 / 1000) ** (used / steps));
      return used >= steps;
    },
    plan() {
      const parties = rooms.map((room) => room.map((party) => withoutAvoided(party, avoided)));
      return seatingPlanOf(event, values, meetingsOf(parties, value), closed);
    },
  };
}

function* pairsOf(party: readonly string[]): Generator<string> {
  for (const [i, a] of party.entries()) for (const b of party.slice(i + 1)) yield meetingId(a, b);
}

/** Where no exchange could part them, the later one stays away from the table. */
const withoutAvoided = (party: readonly string[], avoided: ReadonlySet<string>): string[] => {
  const kept: string[] = [];
  for (const id of party) if (!kept.some((other) => avoided.has(meetingId(id, other)))) kept.push(id);
  return kept;
};

function meetingsOf(parties: readonly (readonly string[])[][], value: ReadonlyMap<string, number>): PlannedMeeting[] {
  return parties.flatMap((room, r) =>
    room.flatMap((party, t): PlannedMeeting[] => {
      if (party.length < 2) return [];
      const pairs = [...pairsOf(party)];
      const points = pairs.reduce((sum, id) => sum + (value.get(id) ?? 0), 0);
      return [
        {
          id: `round${r + 1}-table${t + 1}`,
          people: [...party].sort(),
          origin: 'roundtable',
          value: Math.round(points / pairs.length),
          round: r + 1,
          table: t + 1,
        },
      ];
    }),
  );
}

/** What these tables come to: who does not meet, and how good the others do. */
export function seatingPlanOf(
  event: MatchEvent,
  values: readonly PairValue[],
  meetings: PlannedMeeting[],
  closed: ReadonlyMap<string, Gate> = new Map(),
): SeatingPlan {
  const value = valuesOf(values);
  const avoided = avoidedIn(event);
  const met = new Map<string, number>();
  for (const { people } of meetings) for (const id of pairsOf(people)) met.set(id, (met.get(id) ?? 0) + 1);
  const open = openRounds(event);
  const absent = absentFrom(event, open);
  const unmet = [...wantedIn(event)].flatMap(([id, priority]): UnmetMeeting[] => {
    if (met.has(id)) return [];
    const people = id.split('~');
    const common = [...(open.get(people[0]!) ?? [])].some((round) => open.get(people[1]!)?.has(round) === true);
    const gate = closed.get(id);
    const reason = !people.every((person) => open.has(person))
      ? 'not-attending'
      : avoided.has(id)
        ? 'avoid-pair'
        : gate !== undefined
          ? 'gate-closed'
          : people.some((person) => absent.has(person))
            ? 'absent'
            : common
              ? 'taken-by-others'
              : 'no-common-free-slot';
    return [
      {
        id,
        people,
        origin: 'request',
        priority,
        value: value.get(id) ?? 0,
        reason,
        ...(reason === 'gate-closed' ? { gate } : {}),
      },
    ];
  });
  return {
    meetings,
    unmet,
    repeats: [...met.values()].reduce((sum, times) => sum + times - 1, 0),
    value: [...met.keys()].reduce((sum, id) => sum + (value.get(id) ?? 0), 0),
    mostValue: mostValueOf(event, values, open, apartIn(event, closed)),
  };
}

/** Points that no seating exceeds: each one beside its best partners, as many as it has chairs beside it in all rounds. */
function mostValueOf(
  event: MatchEvent,
  values: readonly PairValue[],
  open: ReadonlyMap<string, ReadonlySet<number>>,
  avoided: ReadonlySet<string>,
): number {
  const offers = new Map<string, number[]>([...open.keys()].map((id) => [id, []]));
  for (const { a, b, value } of values) {
    const [of, by] = [offers.get(a), offers.get(b)];
    if (of === undefined || by === undefined || avoided.has(meetingId(a, b))) continue;
    if (![...open.get(a)!].some((round) => open.get(b)!.has(round))) continue;
    of.push(value);
    by.push(value);
  }
  const beside = (event.seatsPerTable ?? defaultSeats) - 1;
  let doubled = 0;
  for (const [id, points] of offers)
    for (const value of points.sort((x, y) => y - x).slice(0, open.get(id)!.size * beside)) doubled += value;
  return Math.floor(doubled / 2);
}

const valuesOf = (values: readonly PairValue[]): Map<string, number> =>
  new Map(values.map((pair) => [meetingId(pair.a, pair.b), pair.value]));

const avoidedIn = (event: MatchEvent): Set<string> =>
  new Set((event.avoidPairs ?? []).map(({ a, b }) => meetingId(a, b)));

const apartIn = (event: MatchEvent, closed: ReadonlyMap<string, Gate>): Set<string> =>
  new Set([...avoidedIn(event), ...closed.keys()]);

function wantedIn(event: MatchEvent): Map<string, 1 | 2 | 3> {
  const wanted = new Map<string, 1 | 2 | 3>();
  for (const { from, to, priority } of event.requestedMeetings ?? []) {
    const id = meetingId(from, to);
    if (from !== to) wanted.set(id, Math.min(priority, wanted.get(id) ?? 3) as 1 | 2 | 3);
  }
  return wanted;
}

/** The same tables without who is away or to be kept from another by now: nobody is moved. */
export function seatedStill(
  event: MatchEvent,
  before: readonly PlannedMeeting[],
  closed: ReadonlyMap<string, Gate> = new Map(),
): PlannedMeeting[] {
  const open = openRounds(event);
  const avoided = apartIn(event, closed);
  return before
    .map((meeting) => ({
      ...meeting,
      people: withoutAvoided(
        meeting.people.filter((id) => open.get(id)?.has(meeting.round) === true),
        avoided,
      ),
    }))
    .filter(({ people }) => people.length > 1);
}
