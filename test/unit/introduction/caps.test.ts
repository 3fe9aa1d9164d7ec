import { describe, expect, test } from '@jest/globals';
import { apply } from '../../../src/domain/introduction/apply.ts';
import { capOf, defaultIntroductionsPerMonth, exposureOf, type Cap } from '../../../src/domain/introduction/caps.ts';
import { after, contextOf, suggested } from '../../support/introductions.ts';

const cap = (more: Partial<Cap> = {}): Cap => ({
  side: 'b',
  memberId: 'investor',
  name: 'Fjordkapital',
  month: '2026-11',
  cap: 3,
  taken: [],
  ...more,
});
const approve = (introduction = suggested(), caps = [cap()]) =>
  apply(introduction, { event: 'approve', caps, optedOut: [], outdated: [] }, contextOf('adviser'));
const approved = (...caps: Cap[]) => {
  const step = approve(suggested(), caps);
  if ('refusal' in step) throw new Error(step.refusal.sentence);
  return step.introduction;
};

describe('the cap of a month', () => {
  test('is the number the member set, else fifteen for a counterpart and none for a subject', () => {
    expect(capOf({ matching: { introductionsPerMonth: 2 } }, 'a')).toBe(2);
    expect(capOf({ matching: { introductionsPerMonth: 0 } }, 'b')).toBe(0);
    expect(capOf({}, 'b')).toBe(defaultIntroductionsPerMonth);
    expect(capOf({}, 'a')).toBeUndefined();
  });

  test('blocks an approval with a sentence that says whose it is', () => {
    expect(approve(suggested(), [cap({ taken: [1, 2, 3] })])).toMatchObject({
      refusal: {
        code: 'cap-reached',
        sentence: 'Fjordkapital takes 3 introductions a month, and that many are approved for 2026-11.',
      },
    });
  });

  test('gives out its lowest free number', () => {
    expect(approved(cap({ taken: [1, 3] })).capSlots).toEqual(['investor:2026-11:2']);
  });

  test('is not used twice by an introduction that comes back in the same month', () => {
    const postponed = after(approved(cap()), 'send-to-both', 'postpone', 'return:system');
    expect(postponed.capSlots).toEqual(['investor:2026-11:1']);
    const step = approve(postponed, [cap({ taken: [2, 3] })]);
    expect(step).toMatchObject({ introduction: { capSlots: ['investor:2026-11:1'] } });
  });

  test('counts whoever was asked, and gives back the number of whoever was not', () => {
    const own = cap({ side: 'a', memberId: 'startup' });
    const ended = (...steps: string[]) => after(approved(cap(), own), ...steps).capSlots;
    expect(ended('reject')).toBeUndefined();
    expect(ended('send', 'decline:a')).toEqual(['startup:2026-11:1']);
    expect(ended('send', 'accept:a', 'decline:b')).toEqual(['investor:2026-11:1', 'startup:2026-11:1']);
    expect(ended('send-to-both', 'withdraw')).toEqual(['investor:2026-11:1', 'startup:2026-11:1']);
  });
});

test('the exposure of a selection says who would get how much of it, and what the caps stop', () => {
  const selection = [
    ...Array.from({ length: 4 }, (_, i) => ({ cap: cap({ taken: [1] }), approved: i < 2 })),
    { cap: cap({ memberId: 'other', name: 'Andre' }), approved: true },
  ];
  expect(exposureOf(selection, true)).toEqual([
    expect.objectContaining({
      memberId: 'investor',
      gets: 4,
      of: 5,
      blocked: 2,
      approvedThisMonth: 1,
      sentence: 'Fjordkapital would get 2 of 5; 2 are over its cap of 3 a month.',
    }),
    expect.objectContaining({ memberId: 'other', gets: 1, blocked: 0, sentence: 'Andre would get 1 of 5.' }),
  ]);
  expect(exposureOf(selection, false).map(({ sentence }) => sentence)).toEqual([
    'Fjordkapital gets 2 of 5; 2 are over its cap of 3 a month.',
    'Andre gets 1 of 5.',
  ]);
});
