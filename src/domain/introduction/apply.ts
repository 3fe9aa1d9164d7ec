/** One step of an introduction: the state table, its guards and what else changes. Pure. */
import { dayAt } from '../day.ts';
import { slotsKept, capMonthOf, capSentence, freeSlot, isFull, type Cap } from './caps.ts';
import { eventsIn, transitions, type IntroductionEvent, type Target } from './transitions.ts';
import {
  daysAfter,
  type DeclineCode,
  type HistoryEntry,
  type InNameOf,
  type Introduction,
  type IntroductionState,
  type Outcome,
  type OutcomeKind,
  type RejectCode,
  type Restorable,
  type Side,
} from './introduction.ts';
import { mailsOf, mayBeSeen } from './mails.ts';
import { holdsPair, pairKeyOf } from './pair.ts';

interface Reasoned {
  text?: string | undefined;
}
interface Consent {
  /** Names of those who want no suggestions, as it is now. */
  optedOut: readonly string[];
}
interface Standing {
  /** Sentences that reasons shown quote and that their side does not say any more. */
  outdated: readonly string[];
}
interface Reach {
  /** Names of those who would be asked and have no mail address; empty where that does not matter. */
  withoutAddress: readonly string[];
}
export type Command =
  | { event: 'edit'; message?: string | null | undefined; reasonsShown?: number[] | undefined }
  | ({ event: 'approve'; caps: readonly Cap[] } & Consent & Standing)
  | ({ event: 'reject'; code: RejectCode } & Reasoned)
  | ({ event: 'send' | 'send-to-both' } & Consent & Standing & Reach)
  | { event: 'accept' | 'undo' | 'remind' | 'expire' | 'return' }
  | ({ event: 'decline'; code: DeclineCode } & Reasoned)
  | ({ event: 'postpone'; until: string } & Reasoned)
  | ({ event: 'schedule'; at: string; place?: string | undefined } & Reasoned)
  | ({ event: 'met' | 'not-met'; on?: string | undefined } & Reasoned)
  | ({ event: 'outcome' } & Omit<Outcome, 'recordedAt'>)
  | ({ event: 'withdraw' } & Reasoned);

export interface StepContext {
  actor: string;
  /** Who acts: an adviser may also act in a side's name, then that side. */
  inNameOf: InNameOf;
  /** Whether an adviser acts, in whosever name. */
  byAdviser: boolean;
  /** ISO 8601. */
  now: string;
  /** How long an asked side has. */
  answerDays: number;
  /** Real time before which no mail of this step is sent, in ms since 1970. */
  mailNotBeforeMs: number;
}

export interface Refusal {
  code:
    | 'not-in-this-state'
    | 'cap-reached'
    | 'opted-out'
    | 'outdated'
    | 'no-address'
    | 'date'
    | 'outcome'
    | 'seen'
    | 'reasons';
  sentence: string;
  allowedEvents: IntroductionEvent[];
}
export type Step = { introduction: Introduction; changed: boolean } | { refusal: Refusal };

/** The state is as it was or one further; on a refusal nothing happened. */
export function apply(introduction: Introduction, command: Command, context: StepContext): Step {
  const target = transitions[introduction.state][command.event]?.[context.inNameOf];
  const refuse = (code: Refusal['code'], sentence: string): Step => ({
    refusal: {
      code,
      sentence,
      allowedEvents: allowedEvents(introduction, context.byAdviser ? 'adviser' : context.inNameOf),
    },
  });
  if (target === undefined)
    return refuse(
      'not-in-this-state',
      `"${command.event}" in the name of ${nameOf(context.inNameOf)} is not possible while the introduction is ${introduction.state}.`,
    );
  if (target === 'unchanged' || isSaidAgain(introduction, command)) return { introduction, changed: false };
  const fault = faultOf(introduction, command, context);
  if (fault !== undefined) return refuse(...fault);
  const after = target === 'before' ? undone(introduction) : stepped(introduction, command, context, target);
  return { introduction: withTrace(introduction, after, command, context), changed: true };
}

/** What whoever acts as `who` may do now; undo only while it is possible. */
export const allowedEvents = (introduction: Introduction, who: InNameOf): IntroductionEvent[] =>
  eventsIn(introduction.state, who).filter((event) => event !== 'undo' || undoFault(introduction) === undefined);

const nameOf = (who: InNameOf): string => (who === 'a' || who === 'b' ? `side ${who}` : `the ${who}`);

type Fault = [Refusal['code'], string];

function faultOf(introduction: Introduction, command: Command, { now }: StepContext): Fault | undefined {
  if ('optedOut' in command && command.optedOut.length > 0)
    return ['opted-out', `${command.optedOut.join(' and ')} wants no suggestions.`];
  if ('outdated' in command && command.outdated.length > 0)
    return [
      'outdated',
      `No longer said by whom it quotes: ${command.outdated.map((quote) => `"${quote}"`).join(', ')}. Choose other reasons ("reasonsShown"), or withdraw it and suggest anew.`,
    ];
  if ('withoutAddress' in command && command.withoutAddress.length > 0)
    return [
      'no-address',
      `The contact of ${command.withoutAddress.join(' and ')} has no mail address. Add it, or send "withoutMail": true and ask by telephone.`,
    ];
  switch (command.event) {
    case 'edit': {
      const known = introduction.suggestion?.reasons.length ?? 0;
      const unknown = (command.reasonsShown ?? []).find((index) => index >= known);
      return unknown === undefined
        ? undefined
        : ['reasons', `There is no reason ${unknown}; the suggestion has ${known}.`];
    }
    case 'approve': {
      const full = capsToTake(introduction, command.caps).find(isFull);
      return full === undefined ? undefined : ['cap-reached', capSentence(full)];
    }
    case 'postpone':
      return command.until > dayAt(now) ? undefined : ['date', 'Name a day after today.'];
    case 'met':
      return metFault(introduction, command.on, now);
    case 'not-met':
      return command.on === undefined ? undefined : dayFault(introduction, command.on, now);
    case 'outcome':
      return dayFault(introduction, command.date, now) ?? outcomeFault(introduction, command.outcome);
    case 'undo': {
      const sentence = undoFault(introduction);
      return sentence === undefined ? undefined : ['seen', sentence];
    }
    default:
      return undefined;
  }
}

/** What happened did so between the day on which the introduction was made and today. */
function dayFault({ history }: Introduction, day: string, now: string): Fault | undefined {
  if (day > dayAt(now)) return ['date', `${day} has not come yet.`];
  const made = dayAt(history[0]!.at);
  return day < made ? ['date', `${day} is before the introduction was made, on ${made}.`] : undefined;
}

/** They may have met earlier than agreed, which is then said with the day. */
function metFault(introduction: Introduction, on: string | undefined, now: string): Fault | undefined {
  if (on !== undefined) return dayFault(introduction, on, now);
  const day = introduction.meeting && dayAt(introduction.meeting.at);
  if (day === undefined || day <= dayAt(now)) return undefined;
  return ['date', `The meeting is on ${day}, which has not come yet. If they met earlier, name the day in "on".`];
}

function outcomeFault({ outcomes }: Introduction, outcome: OutcomeKind): Fault | undefined {
  const real = outcomes.find((one) => one.outcome !== 'none');
  if (outcome !== 'none' || real === undefined) return undefined;
  return ['outcome', `Something has come of it already: ${real.outcome}, ${real.date}. Undo that if it was wrong.`];
}

/** Both sides and an adviser may tell of the same outcome: it counts once. */
const isSaidAgain = ({ outcomes }: Introduction, command: Command): boolean =>
  command.event === 'outcome' &&
  outcomes.some(
    ({ outcome, amountNok, date }) =>
      outcome === command.outcome && amountNok === command.amountNok && date === command.date,
  );

function undoFault({ undo, outbox }: Introduction): string | undefined {
  if (undo === undefined) return "There is no adviser's step to take back.";
  if (outbox.slice(undo.mails).some(mayBeSeen))
    return 'A mail of that step has left: somebody outside may have seen it.';
  return undefined;
}

function undone(introduction: Introduction): Introduction {
  const { before, mails } = introduction.undo!;
  const outbox = introduction.outbox.map((mail, i) =>
    i >= mails && mail.state === 'waiting' ? { ...mail, state: 'cancelled' as const } : mail,
  );
  return { ...withoutRestorable(introduction), ...before, outbox, undo: undefined };
}

const restorable = [
  'state',
  'pairKey',
  'message',
  'reasonsShown',
  'round',
  'asked',
  'accepted',
  'answerBy',
  'remindedAt',
  'postponedUntil',
  'meeting',
  'outcomes',
  'capSlots',
  'capMonths',
] as const satisfies readonly (keyof Restorable)[];

/** A copy of what undo brings back. */
export const restorableOf = (introduction: Introduction): Restorable =>
  Object.fromEntries(
    restorable.flatMap((name) => (introduction[name] === undefined ? [] : [[name, introduction[name]]])),
  ) as unknown as Restorable;

function withoutRestorable(introduction: Introduction): Omit<Introduction, keyof Restorable> {
  const rest: Partial<Introduction> = { ...introduction };
  for (const name of restorable) delete rest[name];
  return rest as Omit<Introduction, keyof Restorable>;
}

/** The state and what belongs to it; history and mails come after. */
function stepped(
  introduction: Introduction,
  command: Command,
  { now, answerDays, inNameOf }: StepContext,
  state: Exclude<Target, 'unchanged' | 'before'>,
): Introduction {
  const moved: Introduction = {
    ...introduction,
    state,
    pairKey: holdsPair(state) ? pairKeyOf(introduction.a, introduction.b) : undefined,
  };
  const ask = (base: Introduction, ...whom: Side[]): Introduction => ({
    ...base,
    asked: { ...base.asked, ...Object.fromEntries(whom.map((side) => [side, now])) },
    answerBy: daysAfter(now, answerDays),
    remindedAt: undefined,
  });
  const ended = (): Introduction => ({
    ...withSlots(moved, slotsKept(moved)),
    answerBy: undefined,
    remindedAt: undefined,
  });
  switch (command.event) {
    case 'edit': {
      const message = command.message === undefined ? moved.message : (command.message ?? undefined);
      return { ...moved, message, reasonsShown: command.reasonsShown ?? moved.reasonsShown };
    }
    case 'approve':
      return withSlots(moved, slotsFor(introduction, command.caps));
    case 'send':
      return ask({ ...moved, ...noAnswers, round: moved.round + 1 }, 'a');
    case 'send-to-both':
      return ask({ ...moved, ...noAnswers, round: moved.round + 1 }, 'a', 'b');
    case 'accept': {
      const accepted = { ...moved.accepted, [inNameOf]: now };
      if (state === 'accepted') return { ...moved, accepted, answerBy: undefined, remindedAt: undefined };
      // The other side is asked only now, unless both were asked at once; its time runs from when it was asked.
      const other = inNameOf === 'a' ? 'b' : 'a';
      return { ...(moved.asked[other] === undefined ? ask(moved, other) : moved), accepted };
    }
    case 'postpone':
      return { ...ended(), ...noAnswers, postponedUntil: command.until };
    case 'return':
      return { ...moved, postponedUntil: undefined };
    case 'reject':
    case 'decline':
    case 'withdraw':
    case 'expire':
      return { ...ended(), postponedUntil: undefined };
    case 'remind':
      return { ...moved, remindedAt: now };
    case 'schedule':
      return { ...moved, meeting: { at: command.at, place: command.place ?? moved.meeting?.place } };
    case 'outcome': {
      const { outcome, amountNok, date, confirmedBy, text } = command;
      return {
        ...moved,
        outcomes: [...moved.outcomes, { outcome, amountNok, date, confirmedBy, text, recordedAt: now }],
      };
    }
    default:
      return moved;
  }
}

const noAnswers = { asked: {}, accepted: {} } as const;

/** A side that already holds a slot of this month, from an earlier asking, is not counted twice. */
const capsToTake = ({ capMonths }: Introduction, caps: readonly Cap[]): Cap[] =>
  caps.filter((cap) => !capMonths.includes(capMonthOf(cap.memberId, cap.month)));

function slotsFor(introduction: Introduction, caps: readonly Cap[]): string[] | undefined {
  const slots = [...(introduction.capSlots ?? []), ...capsToTake(introduction, caps).map(freeSlot)];
  return slots.length === 0 ? undefined : slots;
}

const withSlots = (introduction: Introduction, capSlots: string[] | undefined): Introduction => ({
  ...introduction,
  capSlots,
  capMonths: (capSlots ?? []).map((slot) => slot.slice(0, slot.lastIndexOf(':'))),
});

/** History, mails and the point to go back to. */
function withTrace(before: Introduction, after: Introduction, command: Command, context: StepContext): Introduction {
  const { now, actor, inNameOf, byAdviser, mailNotBeforeMs } = context;
  const { event } = command;
  const entry: HistoryEntry = {
    at: now,
    actor,
    inNameOf,
    event,
    from: before.state,
    to: after.state,
    code: 'code' in command ? command.code : event === 'outcome' ? command.outcome : undefined,
    text: 'text' in command ? command.text : undefined,
    date: dateOf(command),
  };
  const wanted = event === 'undo' ? [] : mailsOf(event, inNameOf, before, after);
  const outbox = [
    ...after.outbox,
    ...wanted.map((mail, i) => ({
      ...mail,
      id: `m${after.outbox.length + i + 1}`,
      round: after.round,
      state: 'waiting' as const,
      createdAt: now,
      notBeforeMs: mailNotBeforeMs,
      attempts: 0,
    })),
  ];
  const undo =
    event === 'undo' || !byAdviser ? undefined : { event, mails: before.outbox.length, before: restorableOf(before) };
  return watched({ ...after, history: [...before.history, entry], outbox, undo });
}

function dateOf(command: Command): string | undefined {
  switch (command.event) {
    case 'postpone':
      return command.until;
    case 'schedule':
      return command.at;
    case 'met':
    case 'not-met':
      return command.on;
    case 'outcome':
      return command.date;
    default:
      return undefined;
  }
}

const asking: readonly IntroductionState[] = ['sent-to-a', 'sent-to-both', 'accepted-by-a', 'accepted-by-b'];

/** What the clock has to do next, and when: one reminder after half of the time, the end of it, the end of a pause. */
export function nextTimerOf(
  introduction: Introduction,
): { event: 'remind' | 'expire' | 'return'; dueAt: string } | undefined {
  const { state, answerBy, remindedAt, postponedUntil, asked } = introduction;
  if (state === 'postponed' && postponedUntil !== undefined)
    return { event: 'return', dueAt: `${postponedUntil}T00:00:00.000Z` };
  if (!asking.includes(state) || answerBy === undefined) return undefined;
  if (remindedAt !== undefined) return { event: 'expire', dueAt: answerBy };
  const askedAtMs = Math.max(...[asked.a, asked.b].flatMap((at) => (at === undefined ? [] : [Date.parse(at)])));
  return { event: 'remind', dueAt: new Date((askedAtMs + Date.parse(answerBy)) / 2).toISOString() };
}

/** What is due now. After a long standstill the end comes without a reminder that would be late. */
export function dueEventOf(introduction: Introduction, now: string): 'remind' | 'expire' | 'return' | undefined {
  const timer = nextTimerOf(introduction);
  if (timer === undefined || timer.dueAt > now) return undefined;
  return timer.event === 'remind' && introduction.answerBy! <= now ? 'expire' : timer.event;
}

/** Sets what the clock and the mail relay find an introduction by. */
export function watched(introduction: Introduction): Introduction {
  const dueAt = nextTimerOf(introduction)?.dueAt;
  const { outbox, round } = introduction;
  const hasMail = outbox.some(({ state }) => state === 'waiting' || state === 'sending');
  const hasUndelivered = outbox.some((mail) => mail.state === 'failed' && mail.round === round);
  return {
    ...introduction,
    dueAt,
    watch: [
      ...(dueAt === undefined ? [] : ['time' as const]),
      ...(hasMail ? ['mail' as const] : []),
      ...(hasUndelivered ? ['undelivered' as const] : []),
    ],
  };
}
