/** Round-table events: seated in slices, so that requests are served in between; re-planned by leaving out who is not there. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MatchEvent } from '../domain/event.ts';
import { publicBodyKinds, supplierKinds, type MemberKind } from '../domain/member.ts';
import type { PairValue } from '../domain/programme/build.ts';
import { createSeating, seatedStill, seatingPlanOf, type SeatingPlan } from '../domain/programme/seating.ts';
import type { Gate, PlannedMeeting, UnmetMeeting } from '../domain/programme/plan.ts';
import type { Store } from './ports.ts';
import type { Draft } from './programme.ts';

const sliceSteps = 500;
const mostSteps = 200_000;

export async function seatEvent(
  store: Store,
  event: MatchEvent,
  values: readonly PairValue[],
  { seed, steps }: { seed: number; steps: number },
  closed: ReadonlyMap<string, Gate>,
  stopped: () => boolean,
): Promise<Omit<Draft, 'plannedAt'>> {
  const members = await store.collection('members').getMany(event.attendees);
  const groups = new Map(members.map(({ id, doc }) => [id, groupOf(doc.kind)]));
  const budget = Math.min(steps, mostSteps);
  const seating = createSeating(event, values, (id) => groups.get(id) ?? 'other', { seed, steps: budget }, closed);
  while (!seating.run(sliceSteps) && !stopped()) await nextTurn();
  return draftOf(seating.plan(), { seed, steps: budget, cutOff: stopped() });
}

const groupOf = (kind: MemberKind): string =>
  publicBodyKinds.includes(kind) || kind === 'userorg' ? 'public' : supplierKinds.includes(kind) ? 'supplier' : 'other';

/** The published tables without who is away or to be kept apart by now: nobody is moved. */
export function reseat(
  event: MatchEvent,
  values: readonly PairValue[],
  before: readonly PlannedMeeting[],
  { seed }: { seed: number },
  closed: ReadonlyMap<string, Gate>,
): Omit<Draft, 'plannedAt'> {
  return draftOf(seatingPlanOf(event, values, seatedStill(event, before, closed), closed), {
    seed,
    steps: 0,
    cutOff: false,
  });
}

function draftOf(
  { meetings, unmet, value, mostValue }: SeatingPlan,
  spent: { seed: number; steps: number; cutOff: boolean },
): Omit<Draft, 'plannedAt'> {
  const count = (which: readonly UnmetMeeting[]) =>
    [1, 2, 3].map((priority) => which.filter((one) => one.priority === priority).length) as [number, number, number];
  const counts = count(unmet);
  const least = count(unmet.filter(({ reason }) => reason !== 'taken-by-others'));
  const distance = {
    unmet: counts.map((n, i) => n - least[i]!) as [number, number, number],
    value: mostValue - value,
    gaps: 0,
  };
  const quality = {
    unmet: counts,
    value,
    gaps: 0,
    tableChanges: 0,
    bounds: { unmet: least, value: mostValue, gaps: 0 },
    distance,
    provenOptimal: distance.value === 0 && distance.unmet.every((n) => n === 0),
    ...spent,
  };
  return { meetings, unmet, quality };
}
