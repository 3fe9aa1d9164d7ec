import { expect, test } from '@jest/globals';
import type { Member } from '../../src/domain/member.ts';
import { amountsIn } from '../../src/domain/match/amounts.ts';
import { clausesOf } from '../../src/domain/match/clauses.ts';
import { exclusionIn, isExcluded } from '../../src/domain/match/exclusions.ts';
import { mandateOf } from '../../src/domain/match/mandate.ts';
import { traitsOf } from '../../src/domain/match/traits.ts';

const investor = (more: Partial<Member>): Member => ({ id: 'i', kind: 'investor', name: 'Fond', ...more });
const company = (more: Partial<Member>): Member => ({ id: 'c', kind: 'company', name: 'Selskap', ...more });
const mandate = (thesis: string, more: Partial<Member> = {}) => mandateOf(investor({ thesis, ...more }));

test.each([
  'Vi gjør ingen nye investeringer i år.',
  'Investeringsperioden gikk ut i fjor.',
  'Investeringsperioden gjekk ut i mai.',
  'The investment period has ended.',
  'The fund ran out in spring; the rest is for follow-on.',
  'Resten av fondet går til oppfølging i de selskapene vi eier.',
  'Nye navn tar jeg likevel ikke inn før neste høst.',
  'New companies are not taken on before next year.',
])('takes nothing new: %s', (thesis) => expect(mandate(thesis).closed?.cite.text).toBe(thesis));

test.each([
  'Vi investerer i nye selskaper som ikke har omsetning.',
  'Nye sykehus er et marked vi kjenner.',
  'We follow up on what we fund, and new companies are welcome.',
])('is open: %s', (thesis) => expect(mandate(thesis).closed).toBeUndefined());

test('amounts are read in words as in digits', () => {
  expect(amountsIn('åtte millioner').map(({ minNok }) => minNok)).toEqual([8_000_000]);
  expect(amountsIn('mellom fem og ti mill').map(({ minNok }) => minNok)).toEqual([10_000_000]);
  expect(amountsIn('éin million fakturert').map(({ minNok }) => minNok)).toEqual([1_000_000]);
  expect(amountsIn('twenty million NOK').map(({ minNok }) => minNok)).toEqual([20_000_000]);
  expect(amountsIn('sju millionar til hundre millionar').map(({ minNok }) => minNok)).toEqual([7_000_000, 100_000_000]);
  expect(amountsIn('nesten million')).toEqual([]);
});

test('a clause listed with a refusal is one, and a sentence of refusals alone is no wish', () => {
  const negative = (thesis: string) =>
    clausesOf(investor({ thesis })).flatMap(({ text, isNegative }) => (isNegative ? text.trim() : []));
  expect(negative('We do not invest in rehabilitation, elderly care or wellness.')).toEqual([
    'We do not invest in rehabilitation',
    'elderly care or wellness.',
  ]);
  expect(negative('Sensorer, kamera og apparater faller utenfor.')).toEqual([
    'Sensorer',
    'kamera og apparater faller utenfor.',
  ]);
  expect(negative('Not drugs, but devices for the clinic.')).toEqual(['Not drugs']);
  expect(negative('Not drugs, we like devices.')).toEqual(['Not drugs']);
  expect(negative('Piller overlater vi til andre.')).toHaveLength(1);
  expect(negative('Vi liker programvare, sensorer og mennesker.')).toEqual([]);

  const read = mandate('We back diagnostics. We do not invest in dementia.');
  expect([...read.wanted.keys()]).toEqual(['thesis 0']);
  expect(read.wanted).toEqual(mandate('We back diagnostics.').wanted);
});

test('an amount over which it is too small is the largest round, and revenue may have a ceiling', () => {
  const rounds = mandate('Over 12 millioner i runden blir vi for små.');
  expect([rounds.roundMinNok?.value, rounds.roundMaxNok?.value]).toEqual([undefined, 12_000_000]);
  expect(mandate('Vi ser på runder fra 10 millioner.').roundMinNok?.value).toBe(10_000_000);
  const revenue = mandateOf(investor({ exclusions: ['selskaper med omsetning over 5 millioner'] }));
  expect([revenue.revenueMinNok, revenue.revenueMaxNok?.value]).toEqual([undefined, 5_000_000]);
  expect(mandateOf(investor({ exclusions: ['under 30 millioner i omsetning'] })).revenueMinNok?.value).toBe(30_000_000);
});

test('places that it passes by are read with their sentence', () => {
  const places = (thesis: string) => [...(mandate(thesis).placesOut?.value ?? [])].sort();
  expect(places('Selskapet må ligge utenfor Oslo, Bergen og Stavanger.')).toEqual(['bergen', 'oslo', 'stavanger']);
  expect(places('We look outside the big cities.')).toEqual(['bergen', 'oslo', 'stavanger', 'trondheim']);
  expect(places('Trøndelag går vi forbi.')).toEqual(['trøndelag']);
  expect(places('Vi investerer i Trøndelag.')).toEqual([]);
  expect(places('Markedet utenfor Norge er viktigst.')).toEqual([]);
});

test('what lies behind a dash is a topic only as an exclusion', () => {
  expect(mandateOf(investor({ exclusions: ['non-oncology'] })).onlyTopic?.value).toBe('oncology');
  expect(mandate('Non-viral editing is what we like.').onlyTopic).toBeUndefined();
  expect(mandate('Data-only businesses are not for us.').onlyTopic).toBeUndefined();
});

test('who makes drugs for others has no candidate of its own, and whether others have one no field tells', () => {
  const candidates = exclusionIn('egne legemiddelkandidater')!;
  expect(candidates).toEqual({ what: 'drug-candidate' });
  const maker = company({ sectors: ['pharma'], summary: 'Kontraktsprodusent for genterapi.' });
  const biotech = company({ sectors: ['pharma'], summary: 'Antistoff mot svulster.' });
  const software = company({ sectors: ['digital-health'] });
  expect([maker, biotech, software].map((one) => isExcluded(one, traitsOf(one), candidates))).toEqual([
    false,
    undefined,
    false,
  ]);
  expect(exclusionIn('leveringsplattformer uten eget legemiddel')).toBeUndefined();
  expect(exclusionIn('legemidler')).toEqual({ what: 'drug' });
});

test('public tenders rule out who sells to public bodies alone', () => {
  const tenders = exclusionIn('public procurement')!;
  const sellsTo = (...customers: string[]) => {
    const one = company({ customers });
    return isExcluded(one, traitsOf(one), tenders);
  };
  expect([sellsTo('kommuner', 'sykehus'), sellsTo('kommuner', 'privatpersoner'), sellsTo()]).toEqual([
    true,
    false,
    undefined,
  ]);
});
