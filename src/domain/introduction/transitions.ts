/**
 * The state table: for each state and event, in whose name it may happen and what follows. What does not stand here is
 * refused. An adviser may act in a side's name (it answered on the telephone); a member only in that of its own side.
 */
import { sides, type InNameOf, type IntroductionState } from './introduction.ts';

export const introductionEvents = [
  'edit',
  'approve',
  'reject',
  'send',
  'send-to-both',
  'accept',
  'decline',
  'postpone',
  'schedule',
  'met',
  'not-met',
  'outcome',
  'withdraw',
  'undo',
  'remind',
  'expire',
  'return',
] as const;
export type IntroductionEvent = (typeof introductionEvents)[number];

/** `unchanged`: said before, nothing happens. `before`: the state before the adviser's last step. */
export type Target = IntroductionState | 'unchanged' | 'before';
type Row = Readonly<Partial<Record<IntroductionEvent, Readonly<Partial<Record<InNameOf, Target>>>>>>;

const undo = { adviser: 'before' } as const;
const withdraw = { adviser: 'withdrawn', a: 'withdrawn', b: 'withdrawn' } as const;
const decline = { a: 'declined', b: 'declined' } as const;
const postpone = { adviser: 'postponed', a: 'postponed', b: 'postponed' } as const;
const schedule = { adviser: 'scheduled', a: 'scheduled', b: 'scheduled' } as const;
const met = { adviser: 'met', a: 'met', b: 'met' } as const;
const notMet = { adviser: 'not-met', a: 'not-met', b: 'not-met' } as const;
const outcome = { adviser: 'concluded', a: 'concluded', b: 'concluded' } as const;
const expire = { system: 'expired' } as const;
const saidBefore = { a: 'unchanged', b: 'unchanged' } as const;

export const transitions: Readonly<Record<IntroductionState, Row>> = {
  suggested: {
    edit: { adviser: 'suggested' },
    approve: { adviser: 'approved' },
    reject: { adviser: 'rejected' },
    postpone: { adviser: 'postponed' },
    withdraw: { adviser: 'withdrawn' },
    undo,
  },
  approved: {
    edit: { adviser: 'approved' },
    reject: { adviser: 'rejected' },
    send: { adviser: 'sent-to-a' },
    'send-to-both': { adviser: 'sent-to-both' },
    postpone: { adviser: 'postponed' },
    withdraw: { adviser: 'withdrawn' },
    undo,
  },
  postponed: {
    postpone: { adviser: 'postponed' },
    return: { system: 'suggested' },
    reject: { adviser: 'rejected' },
    withdraw: { adviser: 'withdrawn' },
    undo,
  },
  'sent-to-a': {
    accept: { a: 'accepted-by-a' },
    decline: { a: 'declined' },
    postpone: { adviser: 'postponed', a: 'postponed' },
    withdraw: { adviser: 'withdrawn', a: 'withdrawn' },
    remind: { system: 'sent-to-a' },
    expire,
    undo,
  },
  'sent-to-both': {
    accept: { a: 'accepted-by-a', b: 'accepted-by-b' },
    decline,
    postpone,
    withdraw,
    remind: { system: 'sent-to-both' },
    expire,
    undo,
  },
  'accepted-by-a': {
    accept: { a: 'unchanged', b: 'accepted' },
    decline: { b: 'declined' },
    postpone,
    withdraw,
    remind: { system: 'accepted-by-a' },
    expire,
    undo,
  },
  'accepted-by-b': {
    accept: { a: 'accepted', b: 'unchanged' },
    decline: { a: 'declined' },
    postpone,
    withdraw,
    remind: { system: 'accepted-by-b' },
    expire,
    undo,
  },
  accepted: { accept: saidBefore, schedule, met, 'not-met': notMet, withdraw, undo },
  scheduled: { accept: saidBefore, schedule, met, 'not-met': notMet, withdraw, undo },
  met: { accept: saidBefore, outcome, withdraw, undo },
  'not-met': { accept: saidBefore, schedule, met, outcome, withdraw, undo },
  concluded: { outcome, undo },
  rejected: { undo },
  declined: { decline: saidBefore, undo },
  expired: {},
  withdrawn: { undo },
};

/** Nothing more is expected here. */
export const closedStates: readonly IntroductionState[] = ['rejected', 'declined', 'expired', 'withdrawn', 'concluded'];

const namesOf: Readonly<Record<InNameOf, readonly InNameOf[]>> = {
  adviser: ['adviser', ...sides],
  a: ['a'],
  b: ['b'],
  system: ['system'],
};

/** Events that whoever acts as `who` may cause in this state, undo included whether or not there is something to undo. */
export function eventsIn(state: IntroductionState, who: InNameOf): IntroductionEvent[] {
  const row = transitions[state];
  return introductionEvents.filter((event) =>
    namesOf[who].some((name) => row[event]?.[name] !== undefined && row[event][name] !== 'unchanged'),
  );
}
