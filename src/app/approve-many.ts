/** Many approvals at once, each for itself, with a look at who would get how much before anything happens. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { z } from 'zod';
import { apply } from '../domain/introduction/apply.ts';
import { capMonthOf, exposureOf, takenNumbers, type Cap, type Exposure } from '../domain/introduction/caps.ts';
import type { Introduction, Side } from '../domain/introduction/introduction.ts';
import { Problem } from '../domain/problem.ts';
import { adviserOnly, type Actor } from './actor.ts';
import { faultsOf } from './faults.ts';
import { capsFor } from './introduction-caps.ts';
import { hindrances, readParties, sidesWithoutAddress, type Parties } from './introduction-parties.ts';
import type { Introductions } from './introductions.ts';
import { everyOf } from './pages.ts';
import type { Clock, Store, Stored, Where } from './ports.ts';
import { approveManyBody } from './schemas/introduction.ts';

export interface ApproveManyReport {
  dryRun: boolean;
  selected: number;
  /** In a dry run: those that would be. */
  approved: string[];
  refused: { id: string; code: string; sentence: string }[];
  /** Of those approved: sides that no mail can reach. */
  withoutAddress: { id: string; sides: Side[] }[];
  exposure: Exposure[];
}

export type ApproveMany = (body: unknown, actor: Actor, dryRun: boolean) => Promise<ApproveManyReport>;

const mostAtOnce = 1000;

export function createApproveMany(deps: { store: Store; clock: Clock; introductions: Introductions }): ApproveMany {
  const { store, clock, introductions } = deps;
  const collection = store.collection('introductions');

  /** The best first, so that caps stop the weakest. */
  const select = async (body: z.infer<typeof approveManyBody>): Promise<Stored<Introduction>[]> => {
    if (body.ids !== undefined) return collection.getMany([...new Set(body.ids)]);
    const where: Where = {
      state: 'suggested',
      ...(body.eventId === undefined ? {} : { eventId: body.eventId }),
      ...(body.subjectId === undefined ? {} : { subjectId: body.subjectId }),
    };
    const found: Stored<Introduction>[] = [];
    for await (const one of everyOf((from) => collection.find({ where, limit: mostAtOnce, ...from })))
      if ((one.doc.suggestion?.score ?? 1) >= (body.minScore ?? 0)) found.push(one);
    return found.sort((x, y) => (y.doc.suggestion?.score ?? 1) - (x.doc.suggestion?.score ?? 1)).slice(0, mostAtOnce);
  };

  return async (body, actor, dryRunAsked) => {
    const parsed = approveManyBody.safeParse(body ?? {});
    if (!parsed.success)
      throw new Problem('invalid', 'The body is not valid.', { faults: faultsOf(parsed.error, body) });
    adviserOnly(actor, 'Introductions are approved by advisers.');
    const dryRun = dryRunAsked || parsed.data.dryRun;
    const chosen = await select(parsed.data);
    const isHeld = ({ doc }: Stored<Introduction>) => doc.gate !== undefined && !parsed.data.withClosedGate;
    const held = chosen.filter(isHeld);
    const selected = chosen.filter((one) => !isHeld(one));
    const parties = await readParties(
      store,
      selected.map(({ doc }) => doc),
    );
    const now = clock.now().toISOString();
    const capsOf = new Map<string, Cap[]>();
    for (const { id, doc } of selected) {
      capsOf.set(id, await capsFor(store, doc, parties, now));
      await nextTurn();
    }
    const known = new Set(chosen.map(({ id }) => id));
    const report: ApproveManyReport = {
      dryRun,
      selected: chosen.length,
      approved: [],
      refused: [
        ...(parsed.data.ids ?? [])
          .filter((id) => !known.has(id))
          .map((id) => ({ id, code: 'not-found', sentence: `There is no introduction ${id}.` })),
        ...held.map(({ id, doc }) => ({
          id,
          code: 'gate-closed',
          sentence: `${doc.gate!.sentence} It was made by hand; look at it, then approve it by itself or send "withClosedGate".`,
        })),
      ],
      withoutAddress: [],
      exposure: [],
    };
    const simulate = simulation(parties, actor, now);
    for (const { id, doc } of selected) {
      const fault = dryRun
        ? simulate(doc, capsOf.get(id)!)
        : await introductions.act(id, 'approve', {}, actor).then(
            () => undefined,
            (error: unknown) => {
              if (!(error instanceof Problem)) throw error;
              const reason = error.extra['reason'];
              return { code: typeof reason === 'string' ? reason : error.code, sentence: error.message };
            },
          );
      if (fault !== undefined) {
        report.refused.push({ id, ...fault });
        continue;
      }
      report.approved.push(id);
      const unreached = sidesWithoutAddress(doc, parties);
      if (unreached.length > 0) report.withoutAddress.push({ id, sides: unreached });
    }
    const approved = new Set(report.approved);
    const counterparts = [...capsOf].flatMap(([id, caps]) =>
      caps.flatMap((cap) => (cap.side === 'b' ? [{ cap, approved: approved.has(id) }] : [])),
    );
    return { ...report, exposure: exposureOf(counterparts, dryRun) };
  };
}

/** What approving one after the other would come to, without writing anything. */
function simulation(parties: Parties, { name: actor }: Actor, now: string) {
  const given = new Map<string, number[]>();
  const context = {
    actor,
    inNameOf: 'adviser',
    byAdviser: true,
    now,
    answerDays: 0,
    mailNotBeforeMs: 0,
  } as const;
  return (introduction: Introduction, asTheyAre: readonly Cap[]): { code: string; sentence: string } | undefined => {
    const caps = asTheyAre.map((cap) => ({
      ...cap,
      taken: [...new Set([...cap.taken, ...(given.get(cap.memberId) ?? [])])],
    }));
    const command = { event: 'approve', caps, ...hindrances(introduction, parties) } as const;
    const step = apply(introduction, command, context);
    if ('refusal' in step) return { code: step.refusal.code, sentence: step.refusal.sentence };
    for (const { memberId, month } of caps) {
      const slots = takenNumbers(step.introduction.capSlots ?? [], capMonthOf(memberId, month));
      given.set(memberId, [...(given.get(memberId) ?? []), ...slots]);
    }
    return undefined;
  };
}
