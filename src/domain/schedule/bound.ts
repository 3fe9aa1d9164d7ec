/** What no programme can beat: cheap bounds that always hold, to be tightened by a solver where one can. */
import type { ScheduleMeeting, ScheduleProblem } from './problem.ts';

/**
 * Requests of each priority that cannot be met, whatever is done: at least so many of priority 1, and of 2 and 3 given
 * that the more important ones are met as far as possible. From a relaxation in which a meeting may be held by halves
 * (maximum flow on the doubled graph of people), so never too high.
 */
export function leastUnmet(problem: ScheduleProblem): [number, number, number] {
  const least: [number, number, number] = [0, 0, 0];
  let metBefore = 0;
  for (const tier of [1, 2, 3] as const) {
    const wanted = problem.meetings.filter((meeting) => meeting.tier <= tier);
    const most = mostHeld(
      problem,
      wanted.filter(({ slots }) => slots.length > 0),
    );
    const here = wanted.filter((meeting) => Math.max(1, meeting.tier) === tier).length;
    least[tier - 1] = Math.max(0, here - Math.max(0, most - metBefore));
    metBefore += here - least[tier - 1]!;
  }
  return least;
}

function mostHeld(problem: ScheduleProblem, meetings: readonly ScheduleMeeting[]): number {
  const usable = new Set(meetings.flatMap(({ slots }) => slots));
  const places = problem.tables.reduce((sum, tables, slot) => sum + (usable.has(slot) ? tables : 0), 0);
  const room = Array.from({ length: problem.people }, () => new Set<number>());
  for (const { people, slots } of meetings)
    for (const person of people) for (const slot of slots) room[person]!.add(slot);
  const capacity = room.map((slots, person) => Math.min(slots.size, problem.maxMeetings[person]!));
  const pairs = meetings.map(({ people }) => [people[0]!, people[1] ?? people[0]!] as const);
  return Math.min(meetings.length, places, Math.floor(doubledFlow(problem.people, capacity, pairs) / 2));
}

/** Maximum flow from each person (left copy) to those they meet (right copy): twice the fractional matching. */
function doubledFlow(
  people: number,
  capacity: readonly number[],
  pairs: readonly (readonly [number, number])[],
): number {
  const source = 2 * people;
  const sink = source + 1;
  const head = Array.from({ length: sink + 1 }, () => [] as number[]);
  const to: number[] = [];
  const left: number[] = [];
  const edge = (a: number, b: number, room: number) => {
    head[a]!.push(to.push(b) - 1);
    left.push(room);
    head[b]!.push(to.push(a) - 1);
    left.push(0);
  };
  for (let p = 0; p < people; p++) {
    edge(source, p, capacity[p]!);
    edge(people + p, sink, capacity[p]!);
  }
  for (const [a, b] of pairs) {
    edge(a, people + b, 1);
    edge(b, people + a, 1);
  }
  let flow = 0;
  for (;;) {
    const level = new Int32Array(sink + 1).fill(-1);
    level[source] = 0;
    const queue = [source];
    for (const node of queue)
      for (const e of head[node]!)
        if (left[e]! > 0 && level[to[e]!] === -1) {
          level[to[e]!] = level[node]! + 1;
          queue.push(to[e]!);
        }
    if (level[sink] === -1) return flow;
    const next = new Int32Array(sink + 1);
    const push = (node: number, most: number): number => {
      if (node === sink) return most;
      for (; next[node]! < head[node]!.length; next[node]!++) {
        const e = head[node]![next[node]!]!;
        if (left[e]! === 0 || level[to[e]!] !== level[node]! + 1) continue;
        const sent = push(to[e]!, Math.min(most, left[e]!));
        if (sent === 0) continue;
        left[e]! -= sent;
        left[e ^ 1]! += sent;
        return sent;
      }
      return 0;
    };
    for (let sent = push(source, Infinity); sent > 0; sent = push(source, Infinity)) flow += sent;
  }
}

/**
 * Gaps that cannot be avoided while these meetings are held: people who, taken alone, cannot meet all theirs in one run.
 * One day only; 0 for programmes of several days.
 */
export function forcedGaps(problem: ScheduleProblem, held: readonly number[]): number {
  if ((problem.dayOf.at(-1) ?? 0) > 0) return 0;
  const mine = Array.from({ length: problem.people }, () => [] as number[]);
  for (const m of held) for (const person of problem.meetings[m]!.people) mine[person]!.push(m);
  return mine.filter((meetings) => meetings.length > 1 && !fitsOneRun(problem, meetings)).length;
}

function fitsOneRun(problem: ScheduleProblem, meetings: readonly number[]): boolean {
  for (let first = 0; first + meetings.length <= problem.dayOf.length; first++) {
    const owner = new Array<number>(meetings.length).fill(-1);
    const seat = (m: number, seen: Set<number>): boolean => {
      for (const slot of problem.meetings[m]!.slots) {
        const place = slot - first;
        if (place < 0 || place >= meetings.length || seen.has(place)) continue;
        seen.add(place);
        if (owner[place] === -1 || seat(owner[place]!, seen)) {
          owner[place] = m;
          return true;
        }
      }
      return false;
    };
    if (meetings.every((m) => seat(m, new Set()))) return true;
  }
  return false;
}

/**
 * Points that no programme exceeds: each person's best meetings up to the cap, every meeting shared by its people; and the
 * best meetings for as many places as there are.
 */
export function mostValue(problem: ScheduleProblem): number {
  const offers = Array.from({ length: problem.people }, () => [] as number[]);
  const possible = problem.meetings.filter(({ slots }) => slots.length > 0);
  for (const { people, value } of possible) for (const person of people) offers[person]!.push(value / people.length);
  const slotCount = problem.dayOf.length;
  const byPeople = offers
    .map((mine, person) => sumOfBest(mine, Math.min(slotCount, problem.maxMeetings[person]!)))
    .reduce((sum, points) => sum + points, 0);
  const places = problem.tables.reduce((sum, tables) => sum + tables, 0);
  const byPlaces = sumOfBest(
    possible.map(({ value }) => value),
    places,
  );
  return Math.floor(Math.min(byPeople, byPlaces) + 1e-6);
}

/** Of those that gain something: nobody has to hold the others. */
const sumOfBest = (points: readonly number[], count: number): number =>
  points
    .filter((one) => one > 0)
    .sort((a, b) => b - a)
    .slice(0, count)
    .reduce((sum, one) => sum + one, 0);
