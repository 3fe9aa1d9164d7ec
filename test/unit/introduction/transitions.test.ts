import { describe, expect, test } from '@jest/globals';
import { allowedEvents, apply, type Step } from '../../../src/domain/introduction/apply.ts';
import {
  introductionStates,
  type IntroductionState,
  type OutcomeKind,
} from '../../../src/domain/introduction/introduction.ts';
import { introductionEvents } from '../../../src/domain/introduction/transitions.ts';
import { commandOf, contextOf, inState } from '../../support/introductions.ts';

/** As the rules were agreed: EVENT:WHO>STATE; `=` says that it was said before. What is not here is refused. */
const agreed: Readonly<Record<IntroductionState, string>> = {
  suggested:
    'edit:adviser>suggested approve:adviser>approved reject:adviser>rejected postpone:adviser>postponed withdraw:adviser>withdrawn',
  approved:
    'edit:adviser>approved reject:adviser>rejected send:adviser>sent-to-a send-to-both:adviser>sent-to-both ' +
    'postpone:adviser>postponed withdraw:adviser>withdrawn undo:adviser>suggested',
  postponed:
    'postpone:adviser>postponed reject:adviser>rejected withdraw:adviser>withdrawn return:system>suggested undo:adviser>suggested',
  'sent-to-a':
    'accept:a>accepted-by-a decline:a>declined postpone:adviser>postponed postpone:a>postponed withdraw:adviser>withdrawn ' +
    'withdraw:a>withdrawn remind:system>sent-to-a expire:system>expired undo:adviser>approved',
  'sent-to-both':
    'accept:a>accepted-by-a accept:b>accepted-by-b decline:a>declined decline:b>declined postpone:adviser>postponed ' +
    'postpone:a>postponed postpone:b>postponed withdraw:adviser>withdrawn withdraw:a>withdrawn withdraw:b>withdrawn ' +
    'remind:system>sent-to-both expire:system>expired undo:adviser>approved',
  'accepted-by-a':
    'accept:a= accept:b>accepted decline:b>declined postpone:adviser>postponed postpone:a>postponed postpone:b>postponed ' +
    'withdraw:adviser>withdrawn withdraw:a>withdrawn withdraw:b>withdrawn remind:system>accepted-by-a expire:system>expired',
  'accepted-by-b':
    'accept:a>accepted accept:b= decline:a>declined postpone:adviser>postponed postpone:a>postponed postpone:b>postponed ' +
    'withdraw:adviser>withdrawn withdraw:a>withdrawn withdraw:b>withdrawn remind:system>accepted-by-b expire:system>expired',
  accepted:
    'accept:a= accept:b= schedule:adviser>scheduled schedule:a>scheduled schedule:b>scheduled met:adviser>met met:a>met met:b>met ' +
    'not-met:adviser>not-met not-met:a>not-met not-met:b>not-met withdraw:adviser>withdrawn withdraw:a>withdrawn withdraw:b>withdrawn',
  scheduled:
    'accept:a= accept:b= schedule:adviser>scheduled schedule:a>scheduled schedule:b>scheduled met:adviser>met met:a>met met:b>met ' +
    'not-met:adviser>not-met not-met:a>not-met not-met:b>not-met withdraw:adviser>withdrawn withdraw:a>withdrawn withdraw:b>withdrawn ' +
    'undo:adviser>accepted',
  met:
    'accept:a= accept:b= outcome:adviser>concluded outcome:a>concluded outcome:b>concluded withdraw:adviser>withdrawn ' +
    'withdraw:a>withdrawn withdraw:b>withdrawn undo:adviser>accepted',
  'not-met':
    'accept:a= accept:b= schedule:adviser>scheduled schedule:a>scheduled schedule:b>scheduled met:adviser>met met:a>met met:b>met ' +
    'outcome:adviser>concluded outcome:a>concluded outcome:b>concluded withdraw:adviser>withdrawn withdraw:a>withdrawn ' +
    'withdraw:b>withdrawn undo:adviser>accepted',
  concluded: 'outcome:adviser>concluded outcome:a>concluded outcome:b>concluded undo:adviser>met',
  rejected: 'undo:adviser>suggested',
  declined: 'decline:a= decline:b=',
  expired: '',
  withdrawn: 'undo:adviser>suggested',
};

const names = ['adviser', 'a', 'b', 'system'] as const;

describe.each(introductionStates)('an introduction that is %s', (state) => {
  const expected = agreed[state].split(' ').filter((word) => word !== '');

  test.each(introductionEvents)('answers %s as agreed, in whosever name', (event) => {
    const outcomes = names.flatMap((name) => {
      const before = inState(state);
      const frozen = structuredClone(before);
      const step = apply(before, commandOf(event, before.outcomes.length), contextOf(name));
      expect(before).toEqual(frozen);
      if ('refusal' in step) return [];
      if (!step.changed) return [`${event}:${name}=`];
      expect(step.introduction.history.at(-1)).toMatchObject({ event, from: state, inNameOf: name });
      return [`${event}:${name}>${step.introduction.state}`];
    });
    expect(outcomes.sort()).toEqual(expected.filter((word) => word.startsWith(`${event}:`)).sort());
  });

  test.each(names)('tells %s exactly what is not refused', (name) => {
    const before = inState(state);
    const does = introductionEvents.filter((event) =>
      (name === 'adviser' ? (['adviser', 'a', 'b'] as const) : [name]).some((as) => {
        const command = commandOf(event, before.outcomes.length);
        const step = apply(before, command, contextOf(as, { byAdviser: name === 'adviser' }));
        return 'introduction' in step && step.changed;
      }),
    );
    expect(allowedEvents(before, name)).toEqual(does);
  });
});

test('a refusal names what is allowed instead', () => {
  expect(apply(inState('suggested'), commandOf('accept'), contextOf('a', { byAdviser: true }))).toEqual({
    refusal: {
      code: 'not-in-this-state',
      sentence: '"accept" in the name of side a is not possible while the introduction is suggested.',
      allowedEvents: ['edit', 'approve', 'reject', 'postpone', 'withdraw'],
    },
  });
});

describe('what came of it', () => {
  const now = '2026-12-31T23:30:00.000Z';
  const tell = (date: string, outcome: OutcomeKind = 'pilot', before = inState('met')) =>
    apply(before, { event: 'outcome', outcome, date, confirmedBy: 'Kari' }, contextOf('adviser', { now }));
  const refusalOf = (step: Step) => ('refusal' in step ? step.refusal.code : undefined);

  test('lies between the day of the introduction and today, as the calendar in Norway shows them', () => {
    const told = ['2026-11-20', '2026-11-21', '2027-01-01', '2027-01-02'].map((date) => refusalOf(tell(date)));
    expect(told).toEqual(['date', undefined, undefined, 'date']);
    const met = ['2026-11-20', '2027-01-01', '2027-01-02'].flatMap((on) =>
      (['met', 'not-met'] as const).map((event) =>
        refusalOf(apply(inState('accepted'), { event, on }, contextOf('adviser', { now }))),
      ),
    );
    expect(met).toEqual(['date', 'date', undefined, undefined, 'date', 'date']);
  });

  test('counts once when it is told twice, and is not nothing afterwards', () => {
    const once = tell('2026-12-01');
    if (!('introduction' in once)) throw new Error(once.refusal.sentence);
    expect(tell('2026-12-01', 'pilot', once.introduction)).toEqual({ introduction: once.introduction, changed: false });
    expect(refusalOf(tell('2026-12-02', 'none', once.introduction))).toBe('outcome');
    const more = tell('2026-12-02', 'pilot', once.introduction);
    expect('introduction' in more && more.introduction.outcomes).toHaveLength(2);
  });

  test('may be something after it was nothing', () => {
    const nothing = tell('2026-12-01', 'none');
    if (!('introduction' in nothing)) throw new Error(nothing.refusal.sentence);
    expect(refusalOf(tell('2026-12-20', 'pilot', nothing.introduction))).toBeUndefined();
  });
});
