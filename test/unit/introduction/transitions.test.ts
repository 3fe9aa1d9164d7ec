import { describe, expect, test } from '@jest/globals';
import { allowedEvents, apply } from '../../../src/domain/introduction/apply.ts';
import { introductionStates, type IntroductionState } from '../../../src/domain/introduction/introduction.ts';
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
      const step = apply(before, commandOf(event), contextOf(name));
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
        const step = apply(before, commandOf(event), contextOf(as, { byAdviser: name === 'adviser' }));
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
