/** Planning and re-planning as jobs: they may take minutes, tell how far they are, and can be stopped with the best so far. */
import { z } from 'zod';
import { buildProgramme, planOf, type BuiltProgramme, type Lock } from '../domain/programme/build.ts';
import { faultsOfPlan, isSame, type PlannedMeeting } from '../domain/programme/plan.ts';
import { compareScores } from '../domain/schedule/score.ts';
import type { MatchEvent } from '../domain/event.ts';
import { pairValues } from './pair-values.ts';
import type { Matching } from './matching.ts';
import type { Clock, JobContext, JobHandler, ProgrammeSolver, SolveBounds, SolveResult, Store } from './ports.ts';
import type { Draft, Programme } from './programme.ts';
import { reseat, seatEvent } from './seat.ts';
import { changeProgramme, eventOf, programmeOf } from './programme-store.ts';

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
/** Of the steps for a re-planning, those in which meetings may move. */
const movingShare = 0.5;

export interface PlanJobDeps {
  store: Store;
  matching: Matching;
  solver: ProgrammeSolver;
  clock: Clock;
}

export function planJobHandler(deps: PlanJobDeps): JobHandler {
  const { store, clock } = deps;
  return async (input, context) => {
    const asked = planJobInput.parse(input);
    const { doc: event } = await eventOf(store, asked.eventId);
    const { doc: before } = await programmeOf(store, asked.eventId);
    const { values, guests } = await pairValues(deps, event, asked.offers, context.signal);
    const given = { event, values, guests };
    const watch = watchJob(store, event.id, context);
    try {
      const last = before.published?.meetings ?? before.draft?.meetings;
      const isReplan = asked.kind === 'replan' && last !== undefined;
      const draft =
        event.format === 'roundtable'
          ? isReplan
            ? withMoved(reseat(event, last, before.draft), last)
            : await seatEvent(store, event, values, asked, watch.stopped)
          : isReplan
            ? await replan(deps, given, before, last, asked, watch)
            : await planAnew(deps, given, before, asked, watch);
      const faults = faultsOfPlan(event, draft.meetings);
      if (faults.length > 0) throw new Error(`The plan does not fit its event: ${faults[0]}`);
      await changeProgramme(store, event.id, ({ job, stopJob: _stopped, ...rest }) => ({
        ...rest,
        ...(job?.id === context.jobId || job === undefined ? {} : { job }),
        draft: { ...draft, plannedAt: clock.now().toISOString() },
      }));
      const { quality, unmet, moved } = draft;
      return { eventId: event.id, meetings: draft.meetings.length, unmet: unmet.length, quality, moved };
    } finally {
      watch.end();
    }
  };
}

type Given = Omit<Parameters<typeof buildProgramme>[0], 'locks'>;
type NewDraft = Omit<Draft, 'plannedAt'>;

async function planAnew(
  { solver }: PlanJobDeps,
  given: Given,
  before: Programme,
  { seed, steps, seconds }: PlanJobInput,
  watch: Watch,
): Promise<NewDraft> {
  const built = buildProgramme({ ...given, locks: locksOf(before) });
  const result = await solver.solve({ problem: built.problem, seed, steps, seconds }, watch.options(built));
  return draftOf(given.event, built, result, seed);
}

/**
 * First with everything that can stay nailed down; only if requests stay unmet then, once more with all but the locks
 * free, beginning from there, and taken only if that meets more of them.
 */
async function replan(
  { solver }: PlanJobDeps,
  given: Given,
  before: Programme,
  last: readonly PlannedMeeting[],
  { seed, steps, seconds }: PlanJobInput,
  watch: Watch,
): Promise<NewDraft> {
  const tableOf = new Map(last.map(({ id, round, table }) => [id, { round, table }]));
  const nailed = buildProgramme({ ...given, locks: last.map(({ id, round }) => ({ id, round })) });
  const kept = await solver.solve({ problem: nailed.problem, seed, steps, seconds }, watch.options(nailed));
  const free = buildProgramme({ ...given, locks: locksOf(before) });
  let result = kept;
  if (kept.score.unmet.some((n, i) => n > kept.bounds.unmet[i]!) && !watch.stopped()) {
    const budget = { seed, steps: Math.ceil(steps * movingShare), seconds };
    const start = kept.slots;
    const moved = await solver.solve({ problem: free.problem, ...budget, start }, watch.options(free));
    const better = moved.score.unmet.findIndex((n, i) => n !== kept.score.unmet[i]);
    if (better !== -1 && compareScores(moved.score, kept.score) < 0) result = moved;
  }
  return withMoved(draftOf(given.event, result === kept ? nailed : free, result, seed, tableOf), last);
}

function withMoved(draft: NewDraft, last: readonly PlannedMeeting[]): NewDraft {
  const now = new Map(draft.meetings.map((meeting) => [meeting.id, meeting]));
  const moved = last.filter((meeting) => !isUnmoved(meeting, now.get(meeting.id))).map(({ id }) => id);
  return { ...draft, moved };
}

const isUnmoved = (was: PlannedMeeting, is: PlannedMeeting | undefined) => is !== undefined && isSame(was, is);

function locksOf({ locks, published, draft }: Programme): Lock[] {
  const known = new Map(
    [...(published?.meetings ?? []), ...(draft?.meetings ?? [])].map((meeting) => [meeting.id, meeting]),
  );
  return locks.flatMap((id) => {
    const meeting = known.get(id);
    return meeting === undefined ? [] : [{ id, round: meeting.round }];
  });
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
function watchJob(store: Store, eventId: string, context: JobContext): Watch {
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  context.signal.addEventListener('abort', onAbort, { once: true });
  let latest: Programme['job'];
  let busy = false;
  const look = async () => {
    const told = latest;
    latest = undefined;
    const { doc } = await changeProgramme(store, eventId, (programme) =>
      programme.job?.id !== context.jobId || told === undefined ? programme : { ...programme, job: told },
    );
    if (doc.stopJob === context.jobId) stop.abort();
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
      signal: stop.signal,
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
