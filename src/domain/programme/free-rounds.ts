/** In which rounds a further meeting would fit into a programme. */
import type { MatchEvent } from '../event.ts';
import { capsOf, inSession, openRounds, sessionsOf } from './build.ts';
import type { PlannedMeeting, UnmetMeeting } from './plan.ts';
import { roundsOf } from './rounds.ts';

/** Counts what is booked once, then answers for any number of meetings. */
export function freeRounds(
  event: MatchEvent,
  booked: readonly PlannedMeeting[],
): (meeting: Pick<UnmetMeeting, 'id' | 'people'>) => number[] {
  const rounds = roundsOf(event);
  const open = openRounds(event, rounds);
  const capOf = capsOf(event);
  const session = sessionsOf(event);
  const tableRounds = new Map((event.roundtables ?? []).map((table) => [table.id, table.rounds]));
  const load = new Map<number, number>();
  const taken = new Map<string, Set<number>>();
  for (const { round, people } of booked) {
    load.set(round, (load.get(round) ?? 0) + 1);
    for (const person of people) taken.set(person, (taken.get(person) ?? new Set()).add(round));
  }
  const withTable = rounds.filter(({ number }) => (load.get(number) ?? 0) < event.tables);
  return ({ id, people }) => {
    if (people.some((person) => (taken.get(person)?.size ?? 0) >= capOf(person))) return [];
    const wanted = session.get(id) ?? 'any';
    const only = tableRounds.get(id);
    return withTable
      .filter(
        ({ number, isMorning }) =>
          inSession(isMorning, wanted) &&
          (only?.includes(number) ?? true) &&
          people.every((person) => open.get(person)?.has(number) === true && taken.get(person)?.has(number) !== true),
      )
      .map(({ number }) => number);
  };
}
