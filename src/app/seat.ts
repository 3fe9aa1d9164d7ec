/** Round-table events: seated in slices, so that requests are served in between; re-planned by leaving out who is not there. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MatchEvent } from '../domain/event.ts';
import { publicBodyKinds, supplierKinds, type MemberKind } from '../domain/member.ts';
import { openRounds, type PairValue } from '../domain/programme/build.ts';
import { createSeating } from '../domain/programme/seating.ts';
import type { PlannedMeeting, UnmetMeeting } from '../domain/programme/plan.ts';
import type { Store } from './ports.ts';
import type { Draft } from './programme.ts';

const sliceSteps = 500;
const mostSteps = 200_000;

export async function seatEvent(
  store: Store,
  event: MatchEvent,
  values: readonly PairValue[],
  { seed, steps }: { seed: number; steps: number },
  stopped: () => boolean,
): Promise<Omit<Draft, 'plannedAt'>> {
  const members = await store.collection('members').getMany(event.attendees);
  const groups = new Map(members.map(({ id, doc }) => [id, groupOf(doc.kind)]));
  const budget = Math.min(steps, mostSteps);
  const seating = createSeating(event, values, (id) => groups.get(id) ?? 'other', { seed, steps: budget });
  while (!seating.run(sliceSteps) && !stopped()) await nextTurn();
  const { meetings, unmet, value } = seating.plan();
  return { meetings, unmet, quality: qualityOf(event, unmet, value, seed, budget, stopped()) };
}

const groupOf = (kind: MemberKind): string =>
  publicBodyKinds.includes(kind) || kind === 'userorg' ? 'public' : supplierKinds.includes(kind) ? 'supplier' : 'other';

/** The published tables without who is away or to be kept apart by now: nobody is moved. */
export function reseat(
  event: MatchEvent,
  before: readonly PlannedMeeting[],
  draft: Draft | undefined,
): Omit<Draft, 'plannedAt'> {
  const open = openRounds(event);
  const meetings = before
    .map((meeting) => ({
      ...meeting,
      people: meeting.people.filter((id) => open.get(id)?.has(meeting.round) === true),
    }))
    .filter(({ people }) => people.length > 1);
  const quality = draft?.quality ?? qualityOf(event, [], 0, 1, 0, false);
  return { meetings, unmet: draft?.unmet ?? [], quality };
}

/** Seats are searched without a bound: the distance is what is not met at all. */
function qualityOf(
  event: MatchEvent,
  unmet: readonly UnmetMeeting[],
  value: number,
  seed: number,
  steps: number,
  cutOff: boolean,
): Draft['quality'] {
  const count = (priority: number) => unmet.filter((one) => one.priority === priority).length;
  const counts = [count(1), count(2), count(3)] as const;
  const impossible = (priority: number) =>
    unmet.filter((one) => one.priority === priority && one.reason !== 'taken-by-others').length;
  const least = [impossible(1), impossible(2), impossible(3)] as const;
  return {
    unmet: counts,
    value,
    gaps: 0,
    tableChanges: 0,
    bounds: { unmet: least, value, gaps: 0 },
    distance: { unmet: [counts[0] - least[0], counts[1] - least[1], counts[2] - least[2]], value: 0, gaps: 0 },
    provenOptimal: false,
    cutOff,
    seed,
    steps,
  };
}
