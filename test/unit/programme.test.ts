import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { eventSchema } from '../../src/app/schemas/event.ts';
import type { MatchEvent } from '../../src/domain/event.ts';
import { buildProgramme, planOf } from '../../src/domain/programme/build.ts';
import {
  bookingsOf,
  differenceOf,
  faultsOfPlan,
  meetingId,
  timed,
  type PlannedMeeting,
  type TimedMeeting,
} from '../../src/domain/programme/plan.ts';
import { freeRounds } from '../../src/domain/programme/free-rounds.ts';
import { roundsOf } from '../../src/domain/programme/rounds.ts';
import { createSeating } from '../../src/domain/programme/seating.ts';
import { fill } from '../../src/domain/schedule/fill.ts';
import { randomFrom } from '../../src/domain/schedule/random.ts';
import { smooth } from '../../src/domain/schedule/smooth.ts';
import { createTimetable } from '../../src/domain/schedule/timetable.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const name = fc.constantFrom(...names, 'stranger');
const rounds = fc.subarray([1, 2, 3, 4, 5, 6]);
const session = fc.constantFrom('morning', 'afternoon', 'any');

const events = fc
  .record({
    rounds: fc.integer({ min: 1, max: 6 }),
    tables: fc.integer({ min: 1, max: 3 }),
    attendees: fc.subarray(names, { minLength: 2 }),
    breakAfterRounds: fc.subarray([1, 2, 3]),
    dayEndAfterRounds: fc.subarray([2, 4]),
    maxMeetings: fc.integer({ min: 1, max: 5 }),
    availabilityGaps: fc.array(fc.record({ attendeeId: name, rounds }), { maxLength: 4 }),
    attendeeSettings: fc.array(fc.record({ attendeeId: name, session }), { maxLength: 3 }),
    avoidPairs: fc.array(fc.record({ a: name, b: name }), { maxLength: 4 }),
    requestedMeetings: fc.array(fc.record({ from: name, to: name, priority: fc.constantFrom(1, 2, 3), session }), {
      maxLength: 15,
    }),
    roundtables: fc.uniqueArray(
      fc.record({ id: fc.constantFrom('t1', 't2'), hostId: name, participants: fc.subarray(names) }),
      { selector: ({ id }) => id, maxLength: 2 },
    ),
  })
  .map(({ availabilityGaps, ...some }) =>
    eventSchema.parse({
      ...{ id: 'e', name: 'E', date: '2027-01-10', slotMinutes: 20, seatsPerTable: 3 },
      ...some,
      availabilityGaps: availabilityGaps.map((gap) => ({
        ...gap,
        rounds: gap.rounds.filter((round) => round <= some.rounds),
      })),
    }),
  );
const pair = fc.record({ a: name, b: name, value: fc.integer({ min: 0, max: 200 }), offered: fc.boolean() });

const plan = (
  event: MatchEvent,
  values: Parameters<typeof buildProgramme>[0]['values'],
  locks: Parameters<typeof buildProgramme>[0]['locks'],
  seed: number,
) => {
  const built = buildProgramme({ event, values, locks });
  const table = createTimetable(built.problem);
  const random = randomFrom(seed);
  fill(table, random, 300, () => false);
  smooth(table, random, { steps: 300, target: 0, startTemperature: 1, endTemperature: 0.1, stop: () => false });
  return { built, ...planOf(event, built, table.toSlots()) };
};

test('whatever the event, nobody and no table is booked twice, and absences, pauses, sessions, caps and avoid-pairs hold', () => {
  fc.assert(
    fc.property(events, fc.array(pair, { maxLength: 8 }), fc.nat(99), (event, values, seed) => {
      const { meetings, unmet } = plan(event, values, [], seed);
      expect(faultsOfPlan(event, meetings)).toEqual([]);
      const bookings = meetings.flatMap((meeting) => bookingsOf(event.id, meeting));
      expect(new Set(bookings).size).toBe(bookings.length);
      const morning = new Map(roundsOf(event).map((round) => [round.number, round.isMorning]));
      for (const { people, round, id } of meetings)
        for (const person of people) {
          for (const setting of (event.attendeeSettings ?? [])
            .filter(({ attendeeId }) => attendeeId === person)
            .slice(-1))
            if (setting.session !== 'any') expect(morning.get(round)).toBe(setting.session === 'morning');
          expect(meetings.filter((one) => one.people.includes(person)).length).toBeLessThanOrEqual(event.maxMeetings!);
          expect(id).toBeTruthy();
        }
      const told = [...meetings, ...unmet].map(({ id }) => id);
      expect(new Set(told).size).toBe(told.length);
      for (const { from, to } of event.requestedMeetings!) if (from !== to) expect(told).toContain(meetingId(from, to));
    }),
    { numRuns: 120 },
  );
});

test('what is locked stays, whatever else is planned', () => {
  fc.assert(
    fc.property(events, fc.nat(99), fc.nat(99), (event, seed, other) => {
      const first = plan(event, [], [], seed).meetings;
      const locks = first.filter((_, i) => i % 2 === 0).map(({ id, round }) => ({ id, round }));
      const second = plan(event, [], locks, other).meetings;
      for (const { id, round } of locks) expect(second.find((meeting) => meeting.id === id)?.round).toBe(round);
    }),
    { numRuns: 60 },
  );
});

test('the difference is empty exactly between equal programmes, and names who is affected', () => {
  const times = { startsZoned: '2027-01-10T09:00:00+01:00', endsZoned: '2027-01-10T09:20:00+01:00' };
  const meeting: TimedMeeting = {
    ...{ id: 'a~b', people: ['a', 'b'], origin: 'request', value: 0, round: 1, table: 1 },
    ...times,
  };
  const other = { ...meeting, id: 'c~d', people: ['c', 'd'], table: 2 };
  expect(differenceOf([meeting], [meeting])).toEqual({ added: [], cancelled: [], changed: [], peopleAffected: [] });
  expect(differenceOf([meeting, other], [{ ...meeting, round: 2 }])).toEqual({
    added: [],
    cancelled: ['c~d'],
    changed: ['a~b'],
    peopleAffected: ['a', 'b', 'c', 'd'],
  });
});

test('the same slots at other times are a difference for everybody in them, and only for them', () => {
  const event = eventSchema.parse({
    ...{ id: 'e', name: 'E', date: '2027-01-10', rounds: 2, tables: 1, slotMinutes: 20, attendees: ['a', 'b', 'c'] },
    breakAfterRounds: [1],
  });
  const meetings: PlannedMeeting[] = [
    { id: 'a~b', people: ['a', 'b'], origin: 'request', value: 0, round: 1, table: 1 },
    { id: 'a~c', people: ['a', 'c'], origin: 'request', value: 0, round: 2, table: 1 },
  ];
  const changes = (change: Partial<MatchEvent>) =>
    differenceOf(timed(event, meetings), timed({ ...event, ...change }, meetings));
  expect(changes({ name: 'F', tables: 4 }).changed).toEqual([]);
  expect(changes({ date: '2027-01-11' }).changed).toEqual(['a~b', 'a~c']);
  expect(changes({ startsAt: '2027-01-10T09:05' }).changed).toEqual(['a~b', 'a~c']);
  expect(changes({ timeZone: 'Europe/London' }).changed).toEqual(['a~b', 'a~c']);
  expect(changes({ pauseMinutes: 30 })).toMatchObject({ changed: ['a~c'], peopleAffected: ['a', 'c'] });
  expect(changes({ rounds: 1 })).toMatchObject({ cancelled: ['a~c'] });
});

test('rounds follow changeover, pauses, days and the clocks of the zone', () => {
  const event = eventSchema.parse({
    id: 'e',
    name: 'E',
    date: '2027-03-27',
    startsAt: '2027-03-27T10:00',
    rounds: 4,
    tables: 1,
    slotMinutes: 20,
    changeoverMinutes: 5,
    breakAfterRounds: [1],
    pauseMinutes: 30,
    dayEndAfterRounds: [3],
    attendees: [],
  });
  expect(
    roundsOf(event).map(({ startsAt, startsLocal, day, isMorning }) => [startsAt, startsLocal, day, isMorning]),
  ).toEqual([
    ['2027-03-27T09:00:00.000Z', '10:00', 0, true],
    ['2027-03-27T09:50:00.000Z', '10:50', 0, false],
    ['2027-03-27T10:15:00.000Z', '11:15', 0, false],
    // The clocks went forward in the night.
    ['2027-03-28T08:00:00.000Z', '10:00', 1, true],
  ]);
});

test('seats at round tables keep apart whom they should, and seat nobody twice', () => {
  fc.assert(
    fc.property(events, fc.array(pair, { maxLength: 8 }), fc.nat(99), (event, values, seed) => {
      const seating = createSeating(event, values, (id) => (id < 'd' ? 'x' : 'y'), { seed, steps: 200 });
      while (!seating.run(50));
      const { meetings, value, mostValue } = seating.plan();
      expect(value).toBeLessThanOrEqual(mostValue);
      expect(faultsOfPlan(event, meetings)).toEqual([]);
      expect(meetings.every(({ people }) => people.length <= 3)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a day of more than 31 rounds, a start on another date and a time zone that is none are refused', () => {
  const base = { id: 'e', name: 'E', date: '2027-03-27', rounds: 40, tables: 1, slotMinutes: 20, attendees: [] };
  expect(eventSchema.safeParse(base).success).toBe(false);
  expect(eventSchema.safeParse({ ...base, dayEndAfterRounds: [20] }).success).toBe(true);
  expect(eventSchema.safeParse({ ...base, rounds: 3, startsAt: '2027-03-28T10:00' }).success).toBe(false);
  expect(eventSchema.safeParse({ ...base, rounds: 3, timeZone: 'Mars/Olympus' }).success).toBe(false);
});

const party = (event: object, rest: Partial<Parameters<typeof buildProgramme>[0]> = {}) =>
  buildProgramme({
    event: eventSchema.parse({
      id: 'e',
      name: 'E',
      date: '2027-01-10',
      slotMinutes: 20,
      rounds: 2,
      tables: 2,
      attendees: ['a', 'b', 'c', 'd'],
      ...event,
    }),
    values: [],
    locks: [],
    ...rest,
  });

test('a round table may be called like anything, also like what every object has', () => {
  const table = { id: 'valueOf', hostId: 'a', needId: 'n' };
  expect(party({ roundtables: [table] }).refused).toMatchObject([{ id: 'valueOf', reason: 'not-attending' }]);
  const seated = party({ roundtables: [table] }, { guests: new Map([['valueOf', ['b', 'c']]]) });
  expect(seated.wishes).toMatchObject([{ id: 'valueOf', people: ['a', 'b', 'c'] }]);
  const twice = { id: 'e', name: 'E', date: '2027-01-10', slotMinutes: 20, rounds: 1, tables: 1, attendees: [] };
  expect(eventSchema.safeParse({ ...twice, roundtables: [table, table] }).error?.issues[0]?.message).toMatch(/twice/);
});

test('a round table without a guest says why: kept apart, or absent', () => {
  const table = { id: 't', hostId: 'a', participants: ['b'] };
  const reasons = (event: object) => party({ roundtables: [table], ...event }).refused.map(({ reason }) => reason);
  expect(reasons({ avoidPairs: [{ a: 'b', b: 'a' }] })).toEqual(['avoid-pair']);
  expect(reasons({ availabilityGaps: [{ attendeeId: 'b', rounds: [1, 2] }] })).toEqual(['absent']);
});

test('a locked round table keeps its people and its round, and a guest who is away is replaced by one who is free', () => {
  const seat = (id: string, people: string[], origin: PlannedMeeting['origin'], table: number): PlannedMeeting => ({
    id,
    people,
    origin,
    value: 0,
    round: 2,
    table,
  });
  const kept = [seat('t', ['a', 'b'], 'roundtable', 1), seat('c~d', ['c', 'd'], 'offer', 2)];
  const event = { roundtables: [{ id: 't', hostId: 'a', needId: 'n' }], attendees: ['a', 'b', 'c', 'd', 'f'] };
  const given = { kept, locks: kept, guests: new Map([['t', ['c', 'f', 'b']]]), values: [] };
  const same = party({ ...event, seatsPerTable: 2 }, given);
  expect(same.wishes.map(({ people }) => people)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  const gaps = [{ attendeeId: 'b', rounds: [2] }];
  const other = party({ ...event, seatsPerTable: 2, availabilityGaps: gaps }, given);
  expect(other.wishes[0]!.people).toEqual(['a', 'f']);
  expect(other.problem.meetings[0]!.slots).toEqual([1]);
});

test('a round is free for a meeting exactly where a programme with it still fits the event', () => {
  fc.assert(
    fc.property(events, fc.nat(99), (event, seed) => {
      const { built, meetings } = plan(event, [], [], seed);
      const roundsFor = freeRounds(event, meetings);
      for (const { id, people } of built.wishes) {
        const free = roundsFor({ id, people });
        const m = built.wishes.findIndex((wish) => wish.id === id);
        const held = (person: string) => meetings.filter((one) => one.people.includes(person));
        const fits = built.freeSlots[m]!.map((slot) => slot + 1).filter(
          (round) =>
            meetings.filter((one) => one.round === round).length < event.tables &&
            people.every(
              (one) => held(one).length < event.maxMeetings! && held(one).every((other) => other.round !== round),
            ),
        );
        expect(free).toEqual(fits);
      }
    }),
    { numRuns: 60 },
  );
});
