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
  'Ingen nye selskaper før 2028.',
  'Vi tar ikke inn nye selskaper før neste fond.',
  'We are not taking on new companies at present.',
  'Alle nye investeringer er stoppet.',
  'Our investment period ended in June.',
  'Fondet er ferdig investert.',
  'We have stopped investing.',
  'Fondet er stengt.',
  'Only follow-ons in the portfolio.',
])('takes nothing new: %s', (thesis) => expect(mandate(thesis).closed?.cite.text).toBe(thesis));

test.each([
  'Vi investerer i nye selskaper som ikke har omsetning.',
  'Nye sykehus er et marked vi kjenner.',
  'We follow up on what we fund, and new companies are welcome.',
  'Vi gjør ikke mer enn tre nye investeringer i året.',
  'We do not need new investors in the round.',
  'No new investment without a lead.',
  'Halve fondet går til nye selskaper, resten er satt av til oppfølging.',
  'Vi ser kun på digital oppfølging av kronikere.',
  'We are fully invested in the success of our founders.',
  'Our first fund is fully invested and we are now deploying Fund II.',
  'The fund is over ten years old.',
  'Løsninger som stopper alle fall på sykehjem.',
  'Investeringsperioden går ut i 2030.',
  'Vi har aldri stanset nye investeringer.',
])('is open: %s', (thesis) => expect(mandate(thesis).closed).toBeUndefined());

test('amounts are read in words as in digits', () => {
  expect(amountsIn('åtte millioner').map(({ minNok }) => minNok)).toEqual([8_000_000]);
  expect(amountsIn('mellom fem og ti mill')).toMatchObject([{ minNok: 5_000_000, maxNok: 10_000_000, isRange: true }]);
  expect(amountsIn('between NOK 5m and NOK 25m')).toMatchObject([{ minNok: 5_000_000, maxNok: 25_000_000 }]);
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
  expect(negative('Diagnostikk, ikke legemidler.')).toEqual(['ikke legemidler.']);
  expect(negative('No drugs, just devices.')).toEqual(['No drugs']);
  expect(negative('Not only software, and nothing better than hardware.')).toEqual([
    'and nothing better than hardware.',
  ]);
  expect(negative('Minst 2,5 millioner i omsetning, ikke før.')).toEqual(['ikke før.']);
  expect(negative('Vi liker programvare, sensorer og mennesker.')).toEqual([]);

  const read = mandate('We back diagnostics. We do not invest in dementia.');
  expect([...read.wanted.keys()]).toEqual(['We back diagnostics.']);
  expect(read.wanted).toEqual(mandate('We back diagnostics.').wanted);
});

test('an amount over which it is too small is the largest round, and revenue may have a ceiling', () => {
  const rounds = mandate('Over 12 millioner i runden blir vi for små.');
  expect([rounds.roundMinNok?.value, rounds.roundMaxNok?.value]).toEqual([undefined, 12_000_000]);
  expect(mandate('Vi ser på runder fra 10 millioner.').roundMinNok?.value).toBe(10_000_000);
  expect(mandate('Minst 2,5 millioner i omsetning.').revenueMinNok?.value).toBe(2_500_000);
  expect(mandate('Omsetning under 20 millioner.').revenueMaxNok?.value).toBe(20_000_000);
  expect(mandate('Vi forvalter 800 millioner i selskaper med omsetning.').revenueMinNok).toBeUndefined();
  expect(mandate('Some background: markets of NOK 500m.').roundMinNok).toBeUndefined();
  const revenue = mandateOf(investor({ exclusions: ['selskaper med omsetning over 5 millioner'] }));
  expect([revenue.revenueMinNok, revenue.revenueMaxNok?.value]).toEqual([undefined, 5_000_000]);
  expect(mandateOf(investor({ exclusions: ['under 30 millioner i omsetning'] })).revenueMinNok?.value).toBe(30_000_000);
});

test('places that it passes by are read with their sentence', () => {
  const places = (thesis: string) => [...(mandate(thesis).placesOut?.value ?? [])].sort();
  expect(places('Selskapet må ligge utenfor Oslo, Bergen og Stavanger.')).toEqual(['bergen', 'oslo', 'stavanger']);
  expect(places('We fund companies outside the big cities.')).toEqual(['bergen', 'oslo', 'stavanger', 'trondheim']);
  expect(places('Trøndelag går vi forbi.')).toEqual(['trøndelag']);
  expect(places('Vi investerer i Trøndelag.')).toEqual([]);
  for (const open of [
    'Markedet utenfor Norge er viktigst.',
    'Vi investerer også i selskaper utenfor Oslo.',
    'Kontoret vårt ligger rett utenfor Trondheim, og selskapene våre overalt.',
    'Vi ser ikke på selskaper utenfor Oslo.',
    'Vi går aldri forbi et godt selskap i Vestland.',
  ])
    expect([open, places(open)]).toEqual([open, []]);
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
  expect(exclusionIn('Software without clinical evidence')).toEqual({ what: 'software-only' });
  expect(exclusionIn('Medisinsk utstyr til dyr')).toBeUndefined();
  expect(exclusionIn('Class IIb and above')).toEqual({ what: 'class-from', fromClass: 2 });
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
