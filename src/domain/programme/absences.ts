/** Absences that become availability gaps of an event. */
import type { AvailabilityGap, MatchEvent } from '../event.ts';

/** Without rounds: all of them. */
export interface Absence {
  attendeeId: string;
  rounds: readonly number[];
}

/** The event's gaps with these added: gaps without a note are one an attendee, so that saying it again changes nothing. */
export function gapsWith(event: MatchEvent, absences: readonly Absence[]): AvailabilityGap[] {
  const gaps = event.availabilityGaps ?? [];
  const all = Array.from({ length: event.rounds }, (_, i) => i + 1);
  const missed = new Map<string, Set<number>>();
  const add = (attendeeId: string, rounds: readonly number[]) =>
    missed.set(attendeeId, new Set([...(missed.get(attendeeId) ?? []), ...rounds]));
  for (const { attendeeId, rounds, note } of gaps) if (note === undefined) add(attendeeId, rounds);
  for (const { attendeeId, rounds } of absences) add(attendeeId, rounds.length === 0 ? all : rounds);
  return [
    ...gaps.filter(({ note }) => note !== undefined),
    ...[...missed].map(([attendeeId, rounds]) => ({ attendeeId, rounds: [...rounds].sort((a, b) => a - b) })),
  ];
}
