/** The life of a programme: plan, look, lock, publish, re-plan, check in, refill. */
import { isDeepStrictEqual } from 'node:util';
import { gapsWith, type Absence } from '../domain/programme/absences.ts';
import { differenceOf, faultsOfPlan, timed, type Difference } from '../domain/programme/plan.ts';
import { dayAt } from '../domain/day.ts';
import type { MatchEvent } from '../domain/event.ts';
import { Problem, type FieldFault } from '../domain/problem.ts';
import { faultsOf } from './faults.ts';
import { eventSchema } from './schemas/event.ts';
import { programmeMailJob, withMails } from './programme-mail.ts';
import { planJob, type PlanJobInput } from './plan-job.ts';
import type { Clock, JobQueue, JobRecord, Store, Stored } from './ports.ts';
import type { Programme } from './programme.ts';
import { publishedFrom, refilled, saysTheSame } from './programme-publication.ts';
import { viewOf, waitingOf, type ProgrammeView } from './programme-view.ts';
import { changeExisting, changeProgramme, eventOf, programmeOf, removeProgramme } from './programme-store.ts';

type Budget = Pick<PlanJobInput, 'seed' | 'steps' | 'seconds'>;

export interface Programmes {
  /** @throws Problem `not-found`, `not-allowed-now` while one is being planned. */
  plan(eventId: string, options: Budget & { offers: boolean }): Promise<Stored<JobRecord>>;
  /**
   * Absences become availability gaps of the event. Beginning from the published programme, else the draft.
   * @throws Problem `not-found`, `invalid`, `not-allowed-now` as plan; StoreError `stale`. Then nothing is changed.
   */
  replan(eventId: string, options: Budget & { absences: Absence[] }): Promise<Stored<JobRecord>>;
  /** The running planning ends with the best so far. @throws Problem `not-allowed-now` when none runs. */
  stop(eventId: string): Promise<Stored<Programme>>;
  get(eventId: string): Promise<{ stored: Stored<Programme>; view: ProgrammeView }>;
  /** @throws Problem `stale`, `invalid` when there is no such meeting. */
  lock(eventId: string, locks: string[], version?: number): Promise<Stored<Programme>>;
  /** The draft becomes what people see, unless that is so already; with `mail` each one affected is told. @throws Problem `not-allowed-now`, `stale`. */
  publish(
    eventId: string,
    mail: boolean,
    version?: number,
  ): Promise<{ stored: Stored<Programme>; difference: Difference }>;
  /** @throws Problem `invalid` for who does not attend, and for a meeting that is not published or whose day has not come. */
  attend(eventId: string, change: Partial<Pick<Programme, 'checkedIn' | 'met'>>): Promise<Stored<Programme>>;
  /** One side says yes to a waiting meeting; with both it is published in the first free round. */
  consent(eventId: string, waitingId: string, side: string): Promise<Stored<Programme>>;
  remove(eventId: string): Promise<void>;
}

export function createProgrammes(deps: { store: Store; queue: JobQueue; clock: Clock }): Programmes {
  const { store, queue, clock } = deps;

  const runningJob = async (programme: Programme): Promise<Stored<JobRecord> | undefined> => {
    const job = programme.job && (await queue.get(programme.job.id));
    return job?.doc.state === 'active' || job?.doc.state === 'waiting' ? job : undefined;
  };
  const refuseWhileRunning = async (programme: Programme) => {
    const running = await runningJob(programme);
    if (running !== undefined)
      throw new Problem('not-allowed-now', 'A planning of this event is running. Wait for it or stop it.', {
        extra: { jobId: running.id },
      });
  };

  const start = async (input: PlanJobInput) => {
    const id = await queue.enqueue(planJob, input.eventId, input);
    await changeExisting(store, input.eventId, ({ stopJob, ...programme }) => ({
      ...programme,
      ...(stopJob === id ? { stopJob } : {}),
      job: programme.job?.id === id ? programme.job : { id },
    }));
    const job = (await queue.get(id))!;
    // It may have ended before its id was written: then nothing runs.
    if (job.doc.state === 'done')
      await changeExisting(store, input.eventId, (programme) =>
        programme.job?.id === id ? { ...programme, job: undefined } : programme,
      );
    return job;
  };

  return {
    async plan(eventId, options) {
      await eventOf(store, eventId);
      const { doc } = await changeProgramme(store, eventId, (programme) => programme);
      await refuseWhileRunning(doc);
      return start({ eventId, kind: 'plan', ...options });
    },

    async replan(eventId, { absences, ...budget }) {
      const { doc: event, version } = await eventOf(store, eventId);
      // Before anything is written: whoever is refused has changed nothing.
      await refuseWhileRunning((await programmeOf(store, eventId)).doc);
      const absent = withAbsences(event, absences);
      if (absent !== event) {
        await store.collection('events').replace(eventId, absent, version);
        // A planning that began meanwhile finds the event changed, and plans it as it is now.
        const running = await runningJob((await programmeOf(store, eventId)).doc);
        if (running !== undefined) return running;
      }
      return start({ eventId, kind: 'replan', offers: false, ...budget });
    },

    async stop(eventId) {
      const { doc } = await programmeOf(store, eventId);
      const job = await runningJob(doc);
      if (job === undefined) throw new Problem('not-allowed-now', 'No planning of this event is running.');
      return changeProgramme(store, eventId, (programme) => ({ ...programme, stopJob: job.id }));
    },

    async get(eventId) {
      const [{ doc: event }, stored] = await Promise.all([eventOf(store, eventId), programmeOf(store, eventId)]);
      return { stored, view: viewOf(event, stored.doc) };
    },

    async lock(eventId, locks, version) {
      await eventOf(store, eventId);
      return changeProgramme(
        store,
        eventId,
        (programme) => {
          const known = new Set(
            [...(programme.draft?.meetings ?? []), ...(programme.published?.meetings ?? [])].map(({ id }) => id),
          );
          const faults = locks.flatMap((id, i) =>
            known.has(id)
              ? []
              : [
                  {
                    field: `locks[${i}]`,
                    code: 'unknown_meeting',
                    message: 'There is no such planned meeting.',
                    value: id,
                  },
                ],
          );
          if (faults.length > 0) throw new Problem('invalid', 'Some meetings are not known.', { faults });
          return { ...programme, locks: [...new Set(locks)].sort() };
        },
        version,
      );
    },

    async publish(eventId, mail, version) {
      const { doc: event } = await eventOf(store, eventId);
      let difference: Difference | undefined;
      const stored = await changeProgramme(
        store,
        eventId,
        (programme) => {
          const meetings = programme.draft?.meetings;
          if (meetings === undefined) throw new Problem('not-allowed-now', 'There is no draft to publish.');
          const faults = faultsOfPlan(event, meetings);
          if (faults.length > 0)
            throw new Problem('not-allowed-now', 'The event was changed: the draft no longer fits it. Plan again.', {
              extra: { conflicts: faults.slice(0, 50) },
            });
          difference = differenceOf(programme.published?.meetings ?? [], timed(event, meetings));
          const published = publishedFrom(programme.published, event, meetings, clock.now());
          if (saysTheSame(programme.published, published)) return programme;
          const next = { ...programme, published };
          return mail ? withMails(next, programme.published, published, difference.peopleAffected) : next;
        },
        version,
      );
      if (stored.doc.watch === 'mail') await queue.enqueue(programmeMailJob, eventId, { eventId });
      return { stored, difference: difference! };
    },

    async attend(eventId, { checkedIn, met }) {
      const { doc: event } = await eventOf(store, eventId);
      await programmeOf(store, eventId);
      return changeProgramme(store, eventId, (programme) => {
        const { published } = programme;
        const today = dayAt(clock.now().toISOString(), published?.times.timeZone);
        const dayOf = new Map((published?.meetings ?? []).map(({ id, startsZoned }) => [id, startsZoned.slice(0, 10)]));
        const faults = [
          ...(checkedIn ?? []).flatMap((id, i) =>
            event.attendees.includes(id)
              ? []
              : [
                  {
                    field: `checkedIn[${i}]`,
                    code: 'not_attending',
                    message: 'Does not attend this event.',
                    value: id,
                  },
                ],
          ),
          ...Object.keys(met ?? {}).flatMap((id) => {
            const field = `met.${id}`;
            const day = dayOf.get(id);
            if (day === undefined) return [{ field, code: 'unknown_meeting', message: 'It is not published.' }];
            return day <= today ? [] : [{ field, code: 'not_yet', message: `Its day, ${day}, has not come yet.` }];
          }),
        ];
        if (faults.length > 0) throw new Problem('invalid', 'Some of it cannot be so.', { faults });
        return {
          ...programme,
          ...(checkedIn === undefined ? {} : { checkedIn: [...new Set(checkedIn)].sort() }),
          met: { ...programme.met, ...met },
        };
      });
    },

    async consent(eventId, waitingId, side) {
      const { doc: event } = await eventOf(store, eventId);
      await programmeOf(store, eventId);
      return changeProgramme(store, eventId, (programme) => {
        const waiting = waitingOf(event, programme).find(({ id }) => id === waitingId);
        if (waiting === undefined) throw new Problem('not-found', `The meeting ${waitingId} does not wait for a slot.`);
        if (!waiting.people.includes(side))
          throw new Problem('invalid', 'This attendee is not part of the meeting.', {
            faults: [{ field: 'side', code: 'not_part', message: 'Is not part of the meeting.', value: side }],
          });
        const consents = [...new Set([...waiting.consents, side])].sort();
        const next = { ...programme, consents: { ...programme.consents, [waitingId]: consents } };
        const round = waiting.freeRounds[0];
        if (consents.length < waiting.people.length || round === undefined || next.published === undefined) return next;
        return refilled(next, next.published, waiting, round, event, clock.now());
      });
    },

    async remove(eventId) {
      // A planning that runs finds the programme gone, and ends without one.
      await removeProgramme(store, eventId, ({ published }) => {
        if (published === undefined || published.meetings.length === 0) return;
        throw new Problem(
          'not-allowed-now',
          'A published programme has bookings in calendars. Take the attendees out of the event, plan and publish: that calls every meeting off. Then the programme can be removed.',
        );
      });
    },
  };
}

/** The event itself where that says nothing new. @throws Problem `invalid`. */
function withAbsences(event: MatchEvent, absences: readonly Absence[]): MatchEvent {
  const faults = absences.flatMap(({ attendeeId, rounds }, i): FieldFault[] => [
    ...(event.attendees.includes(attendeeId)
      ? []
      : [
          {
            field: `absences[${i}].attendeeId`,
            code: 'not_attending',
            message: 'Does not attend this event.',
            value: attendeeId,
          },
        ]),
    ...rounds.flatMap((value, r) =>
      value <= event.rounds
        ? []
        : [
            {
              field: `absences[${i}].rounds[${r}]`,
              code: 'no_such_round',
              message: `The event has ${event.rounds} rounds.`,
              value,
            },
          ],
    ),
  ]);
  if (faults.length > 0)
    throw new Problem('invalid', 'Some absences do not fit the event.', { faults: faults.slice(0, 100) });
  if (absences.length === 0) return event;
  const availabilityGaps = gapsWith(event, absences);
  if (isDeepStrictEqual(availabilityGaps, event.availabilityGaps)) return event;
  const absent = { ...event, availabilityGaps };
  const parsed = eventSchema.safeParse(absent);
  if (parsed.success) return absent;
  throw new Problem('invalid', 'With these absences the event would not be valid.', {
    faults: faultsOf(parsed.error, absent),
  });
}
