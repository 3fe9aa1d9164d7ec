import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apply, nextTimerOf, restorableOf } from '../../../src/domain/introduction/apply.ts';
import {
  daysAfter,
  introductionStates,
  showsContacts,
  sides,
  type InNameOf,
  type Introduction,
} from '../../../src/domain/introduction/introduction.ts';
import { holdsPair } from '../../../src/domain/introduction/pair.ts';
import { introductionEvents, transitions } from '../../../src/domain/introduction/transitions.ts';
import { commandOf, contextOf, start, suggested } from '../../support/introductions.ts';

/** KOBLING_TEST_SEED sets which sequences are walked. */
const seed = Number(process.env['KOBLING_TEST_SEED'] ?? 20261121);

/** An event in somebody's name, mostly one that the state allows, time that passes before, mails that leave after. */
const action = fc.record({
  allowed: fc.option(fc.nat({ max: 1e6 }), { freq: 4, nil: undefined }),
  event: fc.constantFrom(...introductionEvents),
  name: fc.constantFrom<InNameOf>('adviser', 'a', 'b', 'system'),
  byAdviser: fc.boolean(),
  days: fc.integer({ min: 0, max: 5 }),
  mailsLeave: fc.boolean(),
});
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** Chosen seldom, so that sequences get far. */
const ending: readonly string[] = ['withdraw', 'reject', 'expire', 'decline', 'undo', 'postpone'];

function chosen({ state }: Introduction, { allowed, event, name }: Action): Pick<Action, 'event' | 'name'> {
  if (allowed === undefined) return { event, name };
  const all = introductionEvents.flatMap((one) =>
    (Object.keys(transitions[state][one] ?? {}) as InNameOf[]).map((who) => ({ event: one, name: who })),
  );
  const onward = all.filter(({ event: one }) => !ending.includes(one));
  const choices = onward.length === 0 || allowed % 8 === 0 ? all : onward;
  return choices[allowed % choices.length] ?? { event, name };
}

const mailsLeft = (introduction: Introduction): Introduction => ({
  ...introduction,
  outbox: introduction.outbox.map((mail) =>
    mail.state === 'waiting' ? { ...mail, state: 'sent', attempts: 1 } : mail,
  ),
});

/** Follows the actions, and hands each step that was not refused to the check. */
function follow(
  actions: readonly Action[],
  check: (before: Introduction, after: Introduction, action: Action, now: string) => void,
): Introduction {
  let introduction = suggested();
  let now = start;
  for (const one of actions) {
    now = daysAfter(now, one.days);
    const { event, name } = chosen(introduction, one);
    const byAdviser = name !== 'system' && (one.byAdviser || name === 'adviser');
    const step = apply(
      introduction,
      commandOf(event, introduction.outcomes.length),
      contextOf(name, { now, byAdviser }),
    );
    if ('refusal' in step) continue;
    check(introduction, step.introduction, { ...one, event, name, byAdviser }, now);
    introduction = one.mailsLeave ? mailsLeft(step.introduction) : step.introduction;
  }
  return introduction;
}

const actions = fc.array(action, { maxLength: 60, size: 'max' });

/** The acceptances that count, told from the history alone: those since the last asking that nobody took back. */
function acceptedByHistory({ history }: Introduction): Set<InNameOf> {
  const steps: { event: string; inNameOf: InNameOf }[] = [];
  for (const entry of history)
    if (entry.event === 'undo') steps.pop();
    else steps.push(entry);
  const accepted = new Set<InNameOf>();
  for (const { event, inNameOf } of steps)
    if (['send', 'send-to-both', 'postpone'].includes(event)) accepted.clear();
    else if (event === 'accept') accepted.add(inNameOf);
  return accepted;
}

test('whatever happens, contact details are shown only when both have accepted since they were asked', () => {
  fc.assert(
    fc.property(actions, (all) => {
      follow(all, (_before, after) => {
        if (showsContacts(after)) expect(acceptedByHistory(after)).toEqual(new Set(['a', 'b']));
      });
    }),
    { numRuns: 400, seed },
  );
});

test('no sequence of events reaches a state whose facts are missing', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(actions, (all) => {
      follow(all, (_before, after) => {
        const { state, asked, accepted } = after;
        reached.add(state);
        const said = (...which: (keyof typeof accepted)[]) => which.map((side) => accepted[side] !== undefined);
        if (['accepted', 'scheduled', 'met', 'not-met', 'concluded'].includes(state))
          expect(said('a', 'b')).toEqual([true, true]);
        if (state === 'accepted-by-a') expect(said('a', 'b')).toEqual([true, false]);
        if (state === 'accepted-by-b') expect(said('a', 'b')).toEqual([false, true]);
        if (['suggested', 'approved', 'postponed', 'rejected'].includes(state))
          expect([asked, accepted]).toEqual([{}, {}]);
        for (const side of sides) if (accepted[side] !== undefined) expect(asked[side]).toBeDefined();
        if (state === 'scheduled') expect(after.meeting).toBeDefined();
        if (state === 'concluded') expect(after.outcomes.length).toBeGreaterThan(0);
        expect(state === 'postponed').toBe(after.postponedUntil !== undefined);
        expect(holdsPair(state)).toBe(after.pairKey !== undefined);
        expect(after.watch.includes('time')).toBe(nextTimerOf(after) !== undefined);
      });
    }),
    { numRuns: 400, seed },
  );
  // The paths that make this test worth something were walked.
  expect([...reached].sort()).toEqual([...introductionStates].sort());
});

test('history and mails only grow, and no mail id is used twice', () => {
  fc.assert(
    fc.property(actions, (all) => {
      const end = follow(all, (before, after, { event }) => {
        const isNew = after !== before;
        expect(after.history.slice(0, before.history.length)).toEqual(before.history);
        expect(after.history.length).toBe(before.history.length + (isNew ? 1 : 0));
        const kept = after.outbox.slice(0, before.outbox.length);
        const cancelled = (mail: Introduction['outbox'][number]) => ({ ...mail, state: 'any' });
        expect(kept.map(cancelled)).toEqual(before.outbox.map(cancelled));
        if (event !== 'undo') expect(kept).toEqual(before.outbox);
      });
      expect(new Set(end.outbox.map((mail) => mail.id)).size).toBe(end.outbox.length);
    }),
    { numRuns: 200, seed },
  );
});

test("undo brings back exactly what was before an adviser's step, and only while no mail of it has left", () => {
  let undone = 0;
  fc.assert(
    fc.property(actions, (all) => {
      follow(all, (before, after, { event, byAdviser }, now) => {
        if (event === 'undo' || after === before) return;
        const undo = (from: Introduction) => apply(from, { event: 'undo' }, contextOf('adviser', { now }));
        const step = undo(after);
        expect('introduction' in step).toBe(byAdviser);
        if (!('introduction' in step)) return;
        undone++;
        expect(restorableOf(step.introduction)).toEqual(restorableOf(before));
        expect(step.introduction.outbox.slice(before.outbox.length).map((mail) => mail.state)).toEqual(
          after.outbox.slice(before.outbox.length).map(() => 'cancelled'),
        );
        expect('refusal' in undo(step.introduction)).toBe(true);
        if (after.outbox.length > before.outbox.length) expect('refusal' in undo(mailsLeft(after))).toBe(true);
      });
    }),
    { numRuns: 200, seed },
  );
  expect(undone).toBeGreaterThan(100);
});

test('the clock reminds once, ends what nobody answers, and brings back what was postponed, each once', () => {
  fc.assert(
    fc.property(actions, (all) => {
      let introduction = follow(all, () => undefined);
      const seen: string[] = [];
      for (let timer = nextTimerOf(introduction); timer !== undefined; timer = nextTimerOf(introduction)) {
        seen.push(timer.event);
        const step = apply(introduction, { event: timer.event }, contextOf('system', { now: timer.dueAt }));
        if (!('introduction' in step)) throw new Error(step.refusal.sentence);
        introduction = step.introduction;
        if (seen.length > 2) throw new Error(`no end: ${seen.join()}`);
      }
      expect([[], ['return'], ['expire'], ['remind', 'expire']]).toContainEqual(seen);
    }),
    { numRuns: 200, seed },
  );
});
