import { expect, test } from '@jest/globals';
import { sentencesOf } from '../../src/domain/facet.ts';
import { amountsIn } from '../../src/domain/match/amounts.ts';
import { mandateOf } from '../../src/domain/match/mandate.ts';

/**
 * Not how fast, but how it grows: backtracking made these hours, and a limit of seconds would tell. Under a time-out the
 * test fails; no figure is asserted.
 */
const long = 200_000;
test.each([
  ['full stops and spaces', `${'.'.repeat(long)}${' '.repeat(long)}a`, 1],
  ['full stops', '.'.repeat(long), 1],
  ['gaps', '. '.repeat(long), 1],
  ['brackets', `Slutt. ${'('.repeat(long)}`, 1],
  ['quotation marks', `${'"'.repeat(long)} A`, 1],
])('sentences of nothing but %s end', (_name, text, count) => {
  expect(sentencesOf(text)).toHaveLength(count);
});

test('a text of nothing but digits has no amount', () => {
  expect(amountsIn('1'.repeat(long))).toEqual([]);
});

test.each([',', 'leaves aa aa ', 'utenfor Oslo, ', 'Nye navn tar ', 'no new ', 'a'])(
  'a mandate of nothing but %j is read to its end',
  (text) => {
    const thesis = text.repeat(long / text.length);
    expect(mandateOf({ id: 'i', kind: 'investor', name: 'i', thesis }).excluded).toEqual([]);
  },
);

test('sentences end at full stops before capitals, at line breaks, not at abbreviations', () => {
  const text = 'Vi måler ca. 20 pasienter. «Det virker!» Sier Dr. Moe … og\nny linje (f.eks. denne). slutt';
  expect(sentencesOf(text).map((sentence) => sentence.text)).toEqual([
    'Vi måler ca. 20 pasienter.',
    '«Det virker!»',
    'Sier Dr. Moe … og',
    'ny linje (f.eks. denne). slutt',
  ]);
  for (const { start, end, text: quote } of sentencesOf(text)) expect(text.slice(start, end)).toBe(quote);
});
