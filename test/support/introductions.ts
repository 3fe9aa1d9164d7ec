import { apply, type Command, type StepContext } from '../../src/domain/introduction/apply.ts';
import type { InNameOf, Introduction, IntroductionState } from '../../src/domain/introduction/introduction.ts';
import { newIntroduction } from '../../src/domain/introduction/new-introduction.ts';
import type { IntroductionEvent } from '../../src/domain/introduction/transitions.ts';

export const start = '2026-11-21T12:00:00.000Z';

export const suggested = (): Introduction =>
  newIntroduction({
    id: 'i1',
    a: { type: 'member', id: 'startup', memberId: 'startup' },
    b: { type: 'member', id: 'investor', memberId: 'investor' },
    kind: 'investors',
    origin: 'engine',
    actor: 'adviser',
    now: start,
    suggestion: {
      kind: 'investors',
      rank: 1,
      score: 0.8,
      reasons: [
        {
          type: 'quotation',
          code: 'fits-thesis',
          label: 'Passer investorens tese',
          similarity: 0.7,
          subject: { field: 'summary', start: 0, end: 22, quote: 'Vi måler <fall> i hjem' },
          candidate: { field: 'thesis', start: 0, end: 19, quote: 'Vi ser etter måling' },
        },
        {
          type: 'fact',
          code: 'same-county',
          label: 'Samme fylke',
          subject: { field: 'county', value: 'Agder' },
          candidate: { field: 'county', value: 'Agder' },
        },
      ],
      missing: [],
      features: { profileToThesis: 0.7 },
      featuresDigest: 'f',
      weightsDigest: 'w',
      language: 'nb',
      computedAt: start,
    },
  });

/** A command for each event that its guard lets through; each outcome after `outcomes` others is a new one. */
export const commandOf = (event: IntroductionEvent, outcomes = 0): Command => {
  switch (event) {
    case 'edit':
      return { event, message: 'Snakk sammen', reasonsShown: [0] };
    case 'approve':
      return { event, caps: [], optedOut: [], outdated: [] };
    case 'send':
    case 'send-to-both':
      return { event, optedOut: [], outdated: [], withoutAddress: [] };
    case 'met':
    case 'not-met':
      return { event, on: start.slice(0, 10) };
    case 'reject':
      return { event, code: 'poor-match' };
    case 'decline':
      return { event, code: 'no-capacity' };
    case 'postpone':
      return { event, until: '2027-03-01' };
    case 'schedule':
      return { event, at: '2026-12-01T09:00:00.000Z', place: 'Bord 4' };
    case 'outcome':
      return { event, outcome: 'pilot', amountNok: 300_000 + outcomes, date: start.slice(0, 10), confirmedBy: 'Kari' };
    default:
      return { event };
  }
};

export const contextOf = (inNameOf: InNameOf, more: Partial<StepContext> = {}): StepContext => ({
  actor: inNameOf,
  inNameOf,
  byAdviser: inNameOf === 'adviser',
  now: start,
  answerDays: 14,
  mailNotBeforeMs: 0,
  ...more,
});

/** `EVENT` by the adviser, or `EVENT:NAME`. @throws Error on a refusal. */
export function after(introduction: Introduction, ...steps: string[]): Introduction {
  return steps.reduce((before, step) => {
    const [event, name = 'adviser'] = step.split(':') as [IntroductionEvent, InNameOf?];
    const done = apply(before, commandOf(event), contextOf(name));
    if ('refusal' in done) throw new Error(`${step} is refused: ${done.refusal.sentence}`);
    return done.introduction;
  }, introduction);
}

const pathTo: Readonly<Record<IntroductionState, string[]>> = {
  suggested: [],
  approved: ['approve'],
  postponed: ['postpone'],
  'sent-to-a': ['approve', 'send'],
  'sent-to-both': ['approve', 'send-to-both'],
  'accepted-by-a': ['approve', 'send', 'accept:a'],
  'accepted-by-b': ['approve', 'send-to-both', 'accept:b'],
  accepted: ['approve', 'send', 'accept:a', 'accept:b'],
  scheduled: ['approve', 'send', 'accept:a', 'accept:b', 'schedule'],
  met: ['approve', 'send', 'accept:a', 'accept:b', 'met'],
  'not-met': ['approve', 'send', 'accept:a', 'accept:b', 'not-met'],
  concluded: ['approve', 'send', 'accept:a', 'accept:b', 'met', 'outcome'],
  rejected: ['reject'],
  declined: ['approve', 'send', 'decline:a'],
  expired: ['approve', 'send', 'expire:system'],
  withdrawn: ['withdraw'],
};

export const inState = (state: IntroductionState): Introduction => after(suggested(), ...pathTo[state]);
