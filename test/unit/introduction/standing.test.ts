import { expect, test } from '@jest/globals';
import { facetsOfMember } from '../../../src/domain/facet.ts';
import type { Member } from '../../../src/domain/member.ts';
import { outdatedQuotations, withStandingReasons } from '../../../src/domain/introduction/standing.ts';
import { suggested } from '../../support/introductions.ts';

const saying = (fields: Partial<Member>) => facetsOfMember(fields as Member);
const subject = saying({ summary: 'Først dette. Vi måler <fall> i hjem' });

test('a sentence stands as long as its side says it in the same field, wherever there', () => {
  const outdated = (thesis: object) =>
    outdatedQuotations(suggested(), (side) => (side === 'a' ? subject : saying(thesis)));
  const gone = [{ reason: 0, side: 'b', quote: 'Vi ser etter måling' }];
  expect(outdated({ thesis: 'Helse er viktig. Vi ser etter måling' })).toEqual([]);
  expect(outdated({ thesis: 'Vi ser etter måling i fjell' })).toEqual(gone);
  expect(outdated({ summary: 'Vi ser etter måling' })).toEqual(gone);
  expect(outdated({})).toEqual(gone);
});

test('facts stay shown, and a side that was removed makes nothing outdated', () => {
  expect(outdatedQuotations(suggested(), () => undefined)).toEqual([]);
  const outdated = outdatedQuotations(suggested(), () => []);
  expect(outdated.map(({ side }) => side)).toEqual(['a', 'b']);
  expect(withStandingReasons({ ...suggested(), reasonsShown: [1, 0] }, outdated).reasonsShown).toEqual([1]);
});
