/**
 * One introduction of two parties, from the suggestion to what came of it. Side `a` is the subject (who would gain and
 * is asked first), side `b` the counterpart. Plain data, one document: history, mail to be sent and all.
 */
import type { Language } from '../member.ts';
import type { Reason } from '../match/explain.ts';
import type { Missing } from '../match/missing.ts';
import type { MatchKind } from '../match/pair.ts';

export const sides = ['a', 'b'] as const;
export type Side = (typeof sides)[number];
export const otherSide = (side: Side): Side => (side === 'a' ? 'b' : 'a');

export const introductionStates = [
  'suggested',
  'approved',
  'postponed',
  'sent-to-a',
  'sent-to-both',
  'accepted-by-a',
  'accepted-by-b',
  'accepted',
  'scheduled',
  'met',
  'not-met',
  'concluded',
  'rejected',
  'declined',
  'expired',
  'withdrawn',
] as const;
export type IntroductionState = (typeof introductionStates)[number];

export const rejectCodes = ['poor-match', 'conflict', 'bad-timing', 'already-in-contact', 'other'] as const;
export type RejectCode = (typeof rejectCodes)[number];
export const declineCodes = [
  'not-relevant',
  'bad-timing',
  'stage-or-size',
  'no-capacity',
  'already-in-contact',
  'conflict',
  'other',
] as const;
export type DeclineCode = (typeof declineCodes)[number];
export const outcomeKinds = ['follow-up', 'letter-of-intent', 'pilot', 'contract', 'investment', 'none'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** In whose name something is done: the cluster's, one side's, or that of the clock. */
export type InNameOf = 'adviser' | Side | 'system';

export interface PartyOfIntroduction {
  type: 'member' | 'need';
  /** `erased` once the party has been removed. */
  id: string;
  /** The member that answers: the party itself, or the owner of the need. */
  memberId: string;
}
export const erasedId = 'erased';

/** What the engine said when it suggested the pair, never changed afterwards. */
export interface Suggestion {
  kind: MatchKind;
  /** In the subject's list at that time; absent when made by hand. */
  rank?: number;
  /** 0-1. */
  score: number;
  reasons: Reason[];
  missing: Missing[];
  /** sha256 of the features by name. */
  featuresDigest: string;
  features: Record<string, number>;
  /** sha256 of the weights that made the score. */
  weightsDigest: string;
  language: Language;
  computedAt: string;
}

export interface Outcome {
  outcome: OutcomeKind;
  amountNok?: number | undefined;
  /** YYYY-MM-DD. */
  date: string;
  confirmedBy: string;
  text?: string | undefined;
  recordedAt: string;
}

export interface HistoryEntry {
  at: string;
  /** Who did it, such as `adviser:kari` or `member:m1`. */
  actor: string;
  inNameOf: InNameOf;
  event: string;
  from: IntroductionState | undefined;
  to: IntroductionState;
  /** Coded reason. */
  code?: string | undefined;
  /** Reason in words. */
  text?: string | undefined;
  /** The day or moment that the event names: postponed until, meeting at, met on, outcome of. */
  date?: string | undefined;
}

export const mailTemplates = [
  'request',
  'reminder',
  'accepted',
  'declined',
  'expired',
  'postponed',
  'withdrawn',
  'scheduled',
] as const;
export type MailTemplate = (typeof mailTemplates)[number];

/** A mail that a change asks for; what it says is made when it is sent. */
export interface MailIntent {
  /** Unique within the introduction, never used again. */
  id: string;
  template: MailTemplate;
  to: Side;
  /** Which asking it belongs to; see `Introduction.round`. */
  round: number;
  /** `sending` may have left; `failed` had nowhere to go; `dropped` was not wanted any more; `cancelled` was undone. */
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'dropped' | 'cancelled';
  createdAt: string;
  /** Real time in ms since 1970, unlike the other times: 0, or not to be tried before. */
  notBeforeMs: number;
  attempts: number;
  sentAt?: string | undefined;
  /** What went wrong last, or why it was dropped. */
  error?: string | undefined;
}

/** What an adviser's last step can be taken back to. */
export interface UndoPoint {
  event: string;
  /** Mails before the step: those after it must not have left. */
  mails: number;
  before: Restorable;
}

/** Everything that events change, apart from the history and the mails, which only grow. */
export interface Restorable {
  state: IntroductionState;
  /** Unique among introductions: held while the pair is under way, and for ever when it was turned down. */
  pairKey?: string | undefined;
  message?: string | undefined;
  /** Indices into `suggestion.reasons`, in the order shown. */
  reasonsShown: number[];
  /** How often the sides have been asked; grows with every sending. */
  round: number;
  /** When each side was asked and when it said yes, in this round. */
  asked: { a?: string | undefined; b?: string | undefined };
  accepted: { a?: string | undefined; b?: string | undefined };
  answerBy?: string | undefined;
  remindedAt?: string | undefined;
  /** YYYY-MM-DD. */
  postponedUntil?: string | undefined;
  meeting?: { at: string; place?: string | undefined } | undefined;
  outcomes: Outcome[];
  /** `MEMBER:YYYY-MM:N`, unique among introductions: the Nth introduction of that member's month. */
  capSlots?: string[] | undefined;
  /** The slots without their number. */
  capMonths: string[];
}

export interface Introduction extends Restorable {
  id: string;
  a: PartyOfIntroduction;
  b: PartyOfIntroduction;
  /** Ids of `a` and `b`, to be found by. */
  subjectId: string;
  counterpartId: string;
  /** `member:ID` and `need:ID` of everyone it is about, owners of needs included. */
  parties: string[];
  kind: MatchKind;
  origin: 'engine' | 'hand';
  eventId?: string | undefined;
  suggestion?: Suggestion | undefined;
  /** The gate that an adviser passed by hand. */
  gate?: { code: string; sentence: string } | undefined;
  history: HistoryEntry[];
  outbox: MailIntent[];
  /** `time`: the clock will do something with it; `mail`: some is to be sent; `undelivered`: some could not be. */
  watch: ('time' | 'mail' | 'undelivered')[];
  /** When the clock is next asked for it (ISO 8601). */
  dueAt?: string | undefined;
  undo?: UndoPoint | undefined;
}

const dayMs = 86_400_000;
export const daysAfter = (at: string, days: number): string =>
  new Date(Date.parse(at) + Math.round(days * dayMs)).toISOString();

/** Which asked sides have not answered. */
export const waitsFor = ({ asked, accepted }: Pick<Introduction, 'asked' | 'accepted'>): Side[] =>
  sides.filter((side) => asked[side] !== undefined && accepted[side] === undefined);

const contactStates: readonly IntroductionState[] = ['accepted', 'scheduled', 'met', 'not-met', 'concluded'];

/** Contact details are for both only, and only once both have said yes. */
export const showsContacts = ({ state, accepted }: Pick<Introduction, 'state' | 'accepted'>): boolean =>
  contactStates.includes(state) && accepted.a !== undefined && accepted.b !== undefined;
