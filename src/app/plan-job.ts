/** Planning and re-planning as jobs: they may take minutes, tell how far they are, and can be stopped with the best so far. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import {
  buildProgramme,
  lockedSlots,
  loosened,
  planOf,
  type BuiltProgramme,
  type PairValue,
} from '../domain/programme/build.ts';
import { faultsOfPlan, isSame, type Gate, type PlannedMeeting } from '../domain/programme/plan.ts';
import type { ScheduleScore } from '../domain/schedule/score.ts';
import type { MatchEvent } from '../domain/event.ts';
import { closedPairs } from './closed-pairs.ts';
import { pairValues } from './pair-values.ts';
import type { Matching } from './matching.ts';
import type {
  Clock,
  JobContext,
  JobHandler,
  ProgrammeSolver,
  SolveBounds,
  SolveResult,
  Store,
  Stored,
} from './ports.ts';
import type { Draft, Programme } from './programme.ts';
import { reseat, seatEvent } from './seat.ts';
import { changeExisting } from './programme-store.ts';

export const planJob = 'programme';

const planJobInput = z.object({
  eventId: z.string(),
  kind: z.enum(['plan', 'replan']),
  seed: z.number(),
  steps: z.number(),
  seconds: z.number(),
  offers: z.boolean(),
});
export type PlanJobInput = z.infer<typeof planJobInput>;

const tellEveryMs = 1500;
/** How often at most an event is planned that is changed meanwhile. */
const plannings = 3;
const secondsAfterStop = 5;
/** Of the seconds, what the scores of pairs may take: the search needs the rest. */
const valuesShare = 0.5;
/** What a search always gets, over the seconds if need be: enough for a first programme, on a thread that has yet to start. */
const leastSolveSeconds = 3;
/** Of the steps for a re-planning, those in which meetings may move. */
const movingShare = 0.5;

export interface PlanJobDeps {
  store: Store;
  matching: Matching;
  solver: ProgrammeSolver;
  clock: Clock;
}

/** How a planning ends: with a draft, without a programme to put it in, or with an event that was changed ever again. */
type Outcome = 'planned' | 'removed' | 'event-changed';

export function planJobHandler(deps: PlanJobDeps): JobHandler {
  const { store, clock } = deps;
  return async (input, context) => {
    const asked = planJobInput.parse(input);
    const { eventId } = asked;
    const ended = (outcome: Outcome, rest: object = {}) => ({ eventId, outcome, ...rest });
    const mine: ChangeMine = (change) =>
      changeExisting(store, eventId, (programme) =>
        programme.job?.id === context.jobId ? change(programme) : undefined,
      );
    const begun = await changeExisting(store, eventId, (programme) =>
      programme.job?.id === context.jobId ? programme : { ...programme, job: { id: context.jobId } },
    );
    if (begun === undefined) return ended('removed');
    const versionNow = async () => (await store.collection('events').get(eventId))?.version;
    let { seconds } = asked;
    for (let i = 0; i < plannings; i++) {
      if (i > 0) await mine(({ stopJob: _heard, ...rest }) => rest);
      const [event, before] = await Promise.all([
        store.collection('events').get(eventId),
        store.collection('programmes').get(eventId),
      ]);
      if (event === undefined || before === undefined) return ended('removed');
      const watch = watchJob(mine, context);
      try {
        const draft = await planOnce(deps, event.doc, before.doc, { ...asked, seconds }, context, watch);
        await nextTurn();
        // Whoever asked to stop is not kept waiting for the whole budget again.
        if (watch.stopped()) seconds = Math.min(seconds, secondsAfterStop);
        if ((await versionNow()) !== event.version) continue;
        const faults = faultsOfPlan(event.doc, draft.meetings);
        if (faults.length > 0) throw new Error(`The plan does not fit its event: ${faults[0]}`);
        const plannedAt = clock.now().toISOString();
        const kept = await mine((programme) => ({ ...programme, draft: { ...draft, plannedAt } }));
        if (kept === undefined) return ended('removed');
        if ((await versionNow()) !== event.version) continue;
        await mine(({ job: _job, stopJob: _stopped, ...rest }) => rest);
        const { quality, unmet, moved, meetings } = draft;
        return ended('planned', { meetings: meetings.length, unmet: unmet.length, quality, moved });
      } finally {
        watch.end();
      }
    }
    await mine(({ job: _job, stopJob: _stopped, ...rest }) => rest);
    return ended('event-changed');
  };
}

/** Changes the programme as long as this job is the one that plans it. */
type ChangeMine = (change: (programme: Programme) => Programme) => Promise<Stored<Programme> | undefined>;

async function planOnce(
  deps: PlanJobDeps,
  event: MatchEvent,
  before: Programme,
  asked: PlanJobInput,
  context: JobContext,
  watch: Watch,
): Promise<NewDraft> {
  const last = before.published?.meetings ?? before.draft?.meetings;
  const kept = new Set((last ?? []).map(({ id }) => id));
  const begunMs = performance.now();
  const spentSeconds = () => (performance.now() - begunMs) / 1000;
  const { values, guests, unvalued } = await pairValues(deps, event, kept, asked.offers, {
    signal: context.signal,
    enough: () => watch.stopped() || spentSeconds() >= valuesShare * asked.seconds,
    progress: (done, total) => context.progress(done, total),
  });
  const pairs = pairsToCheck(event, values, last);
  const closed = await closedPairs(deps.matching, event, pairs, before.locks, context.signal);
  const given = { event, values, guests, closed };
  let endSeconds = asked.seconds;
  const secondsLeft = () => {
    // A stop may come at any time; a search that has not begun by then is given little.
    if (watch.stopped()) endSeconds = Math.min(endSeconds, spentSeconds() + secondsAfterStop);
    return endSeconds - spentSeconds();
  };
  const budget: Budget = { ...asked, secondsLeft };
  const draft = await search(deps, given, before, last, budget, watch);
  return unvalued === 0 ? draft : { ...draft, quality: { ...draft.quality, cutOff: true, unvalued } };
}

type Budget = Pick<PlanJobInput, 'kind' | 'seed' | 'steps'> & { secondsLeft(): number };
const solveSeconds = ({ secondsLeft }: Budget) => Math.max(leastSolveSeconds, secondsLeft());

function search(
  deps: PlanJobDeps,
  given: Given,
  before: Programme,
  last: readonly PlannedMeeting[] | undefined,
  budget: Budget,
  watch: Watch,
): NewDraft | Promise<NewDraft> {
  const { event, values, closed } = given;
  const isReplan = budget.kind === 'replan' && last !== undefined;
  if (event.format === 'roundtable')
    return isReplan
      ? withMoved(reseat(event, values, last, budget, closed), last)
      : seatEvent(deps.store, event, values, budget, closed, () => watch.stopped() || budget.secondsLeft() <= 0);
  return isReplan ? replan(deps, given, before, last, budget, watch) : planAnew(deps, given, before, budget, watch);
}

function* pairsToCheck(
  event: MatchEvent,
  values: readonly PairValue[],
  last: readonly PlannedMeeting[] = [],
): Generator<[string, string]> {
  for (const { from, to } of event.requestedMeetings ?? []) yield [from, to];
  if (event.format === 'roundtable') return;
  for (const { a, b, offered } of values) if (offered) yield [a, b];
  for (const { origin, people } of last) if (origin !== 'roundtable') yield [people[0]!, people[1]!];
}

type Given = Omit<Parameters<typeof buildProgramme>[0], 'locks' | 'kept'> & { closed: Map<string, Gate> };
type NewDraft = Omit<Draft, 'plannedAt'>;

async function planAnew(
  { solver }: PlanJobDeps,
  given: Given,
  before: Programme,
  budget: Budget,
  watch: Watch,
): Promise<NewDraft> {
  const { seed, steps } = budget;
  const locked = lockedIn(before);
  const kept = uniqueById([...locked, ...(before.published?.meetings ?? [])]);
  const built = buildProgramme({ ...given, locks: locked, kept });
  const start = lockedSlots(built);
  await nextTurn();
  const result = await solver.solve(
    { problem: built.problem, seed, steps, seconds: solveSeconds(budget), start, early: true },
    watch.options(built),
  );
  return draftOf(given.event, built, result, seed);
}

/**
 * First with everything nailed down that can stay. Only if that leaves a request unmet which was not before, meetings of
 * its people may move, and at last all but the locks; taken only if more requests are met.
 */
async function replan(
  { solver }: PlanJobDeps,
  given: Given,
  before: Programme,
  last: readonly PlannedMeeting[],
  budget: Budget,
  watch: Watch,
): Promise<NewDraft> {
  const tableOf = new Map(last.map(({ id, round, table }) => [id, { round, table }]));
  const { seed, steps } = budget;
  const locked = lockedIn(before);
  const isLocked = new Set(locked.map(({ id }) => id));
  const kept = uniqueById([...locked, ...last]);
  let built = buildProgramme({ ...given, locks: kept, kept });
  let result = await solver.solve(
    { problem: built.problem, seed, steps, seconds: solveSeconds(budget), start: lockedSlots(built) },
    watch.options(built),
  );
  const unmetBefore = new Set((before.draft?.unmet ?? []).map(({ id }) => id));
  const lost = built.wishes.filter(
    ({ id, priority }, m) =>
      priority !== undefined && result.slots[m] === -1 && built.freeSlots[m]!.length > 0 && !unmetBefore.has(id),
  );
  const theirs = new Set(lost.flatMap(({ people }) => people));
  for (const mayMove of [(people: readonly string[]) => people.some((one) => theirs.has(one)), () => true]) {
    if (lost.length === 0 || watch.stopped() || budget.secondsLeft() <= 0) break;
    const freer = loosened(built, ({ id, people }) => !isLocked.has(id) && mayMove(people));
    const moved = await solver.solve(
      {
        problem: freer.problem,
        seed,
        steps: Math.ceil(steps * movingShare),
        seconds: solveSeconds(budget),
        start: result.slots,
      },
      watch.options(freer),
    );
    if (!meetsMore(moved.score, result.score)) continue;
    [built, result] = [freer, moved];
    break;
  }
  return withMoved(draftOf(given.event, built, result, seed, tableOf), last);
}

function meetsMore(a: ScheduleScore, b: ScheduleScore): boolean {
  const tier = a.unmet.findIndex((n, i) => n !== b.unmet[i]);
  return tier !== -1 && a.unmet[tier]! < b.unmet[tier]!;
}

const uniqueById = (meetings: readonly PlannedMeeting[]): PlannedMeeting[] => {
  const first = new Map<string, PlannedMeeting>();
  for (const meeting of meetings) if (!first.has(meeting.id)) first.set(meeting.id, meeting);
  return [...first.values()];
};

function withMoved(draft: NewDraft, last: readonly PlannedMeeting[]): NewDraft {
  const now = new Map(draft.meetings.map((meeting) => [meeting.id, meeting]));
  const moved = last.filter((meeting) => !isUnmoved(meeting, now.get(meeting.id))).map(({ id }) => id);
  return { ...draft, moved };
}

const isUnmoved = (was: PlannedMeeting, is: PlannedMeeting | undefined) => is !== undefined && isSame(was, is);

/** The locked meetings as they were last seen: a draft counts before what is published. */
function lockedIn({ locks, published, draft }: Programme): PlannedMeeting[] {
  const known = new Map(
    [...(published?.meetings ?? []), ...(draft?.meetings ?? [])].map((meeting) => [meeting.id, meeting]),
  );
  return locks.flatMap((id) => known.get(id) ?? []);
}

function draftOf(
  event: MatchEvent,
  built: BuiltProgramme,
  { slots, score, bounds, provenOptimal, cutOff, steps }: SolveResult,
  seed: number,
  tableOf?: ReadonlyMap<string, { round: number; table: number }>,
): NewDraft {
  const { meetings, unmet, tableChanges } = planOf(event, built, slots, tableOf);
  const { value, gaps } = score;
  const distance: SolveBounds = {
    unmet: [0, 1, 2].map((i) => score.unmet[i]! - bounds.unmet[i]!) as [number, number, number],
    value: bounds.value - value,
    gaps: gaps - bounds.gaps,
  };
  const quality = {
    unmet: score.unmet,
    value,
    gaps,
    tableChanges,
    bounds,
    distance,
    provenOptimal,
    cutOff,
    seed,
    steps,
  };
  return { meetings, unmet, quality };
}

interface Watch {
  options(built: BuiltProgramme): Parameters<ProgrammeSolver['solve']>[1];
  stopped(): boolean;
  end(): void;
}

/** Writes progress into the programme now and then, and hears there that the job should stop. */
function watchJob(mine: ChangeMine, context: JobContext): Watch {
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  context.signal.addEventListener('abort', onAbort, { once: true });
  let latest: Programme['job'];
  let busy = false;
  const look = async () => {
    const told = latest;
    latest = undefined;
    const programme = await mine((now) => (told === undefined ? now : { ...now, job: told }));
    if (programme === undefined || programme.doc.stopJob === context.jobId) stop.abort();
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    // Progress is a courtesy: what cannot be written now is written next time.
    void look()
      .catch(() => undefined)
      .finally(() => (busy = false));
  }, tellEveryMs).unref();
  return {
    options: ({ problem }) => ({
      // Stopped before it began: a search that gets no time at all has no programme to give.
      signal: stop.signal.aborted ? context.signal : stop.signal,
      onProgress({ slots, score, bounds }) {
        const met = slots.filter((slot) => slot !== -1).length;
        latest = { id: context.jobId, value: score.value, met, gaps: score.gaps, bounds };
        context.progress(met, problem.meetings.length);
      },
    }),
    stopped: () => stop.signal.aborted,
    end() {
      clearInterval(timer);
      context.signal.removeEventListener('abort', onAbort);
    },
  };
}
