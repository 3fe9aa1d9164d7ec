import { expect, test } from '@jest/globals';
import type { Candidate, PastEvent, Subject } from '../../src/domain/retrieval/evidence.ts';
import { dayOf, pastChoices } from '../../src/domain/retrieval/past-choices.ts';
import { rankByEvidence, textsToEmbed, type EvidenceRanking } from '../../src/domain/retrieval/rank.ts';
import type { SignalName } from '../../src/domain/retrieval/signals.ts';
import { evidenceWeights } from '../../src/domain/retrieval/weights.ts';

const named = (id: string, name = '', text = '', traits: string[] = []): Candidate => ({ id, name, text, traits });
const asks = (subject: Partial<Subject>): Subject => ({ title: '', text: '', traits: [], anchors: [], ...subject });
const event = (text: string, who: string[], more: Partial<PastEvent> = {}): PastEvent => ({
  title: '',
  text,
  traits: [],
  counterparts: Object.fromEntries(who.map((id) => [id, 1])),
  ...more,
});
const world = (candidates: Candidate[], past: PastEvent[] = [], vectors = new Map<string, Float32Array>()) =>
  rankByEvidence({ candidates, past, vectors }, evidenceWeights);
const ids = (ranking: { id: string }[]) => ranking.map(({ id }) => id);
const signal = (ranking: EvidenceRanking, subject: Subject, name: SignalName) => [
  ...(ranking.signals(subject)[name] ?? []),
];

const three = [named('a'), named('b'), named('c')];

test('a candidate that says what is asked comes first, by words, by parts of compounds and by meaning', () => {
  const candidates = [
    named('a', '', 'snow clearing of roads'),
    named('b', '', 'renholdstjenester'),
    named('c', '', 'xyz'),
  ];
  const vectors = new Map([
    ['song', Float32Array.of(1, 0)],
    ['snow clearing of roads', Float32Array.of(0, 1)],
    ['xyz', Float32Array.of(0.8, 0.6)],
  ]);
  const ranking = world(candidates, [], vectors);
  expect(ranking.rank(asks({ text: 'clearing' }))[0]!.id).toBe('a');
  expect(ranking.rank(asks({ text: 'renhold' }))[0]!.id).toBe('b');
  expect(ranking.rank(asks({ text: 'song' }))[0]!.id).toBe('c');
});

test('a candidate named in the text is found, and common parts of names alone name nobody', () => {
  const ranking = world([named('a', 'Lillevik kommune'), named('b', 'Storvik kommune'), named('c', 'Fjell kommune')]);
  const subject = asks({ text: 'Prosjektet ledes fra Storvik kommune' });
  const [a, b] = signal(ranking, subject, 'nameWords');
  expect(b).toBe(1);
  expect(a).toBeLessThan(0.1);
});

test('rare traits in common speak louder than common ones', () => {
  const ranking = world([
    named('a', '', 'x', ['buyer:navy']),
    named('b', '', 'x', ['buyer:state']),
    named('c', '', 'x', ['buyer:state']),
  ]);
  const [navy, state] = signal(ranking, asks({ traits: ['buyer:navy', 'buyer:state'] }), 'inCommon');
  expect(navy).toBeGreaterThan(state!);
});

test('who was chosen in a like event before comes first', () => {
  const past = [event('radar for fishing boats', ['a']), event('bus stops', ['b']), event('bus tickets', ['b', 'c'])];
  expect(world(three, past).rank(asks({ text: 'a new radar for boats that go fishing along the coast' }))[0]!.id).toBe(
    'a',
  );
});

test('events that share traits vote for whom they chose', () => {
  const past = [event('', ['a'], { traits: ['place:oslo'] }), event('', ['b'], { traits: ['place:bodø'] })];
  expect(ids(world(three, past).rank(asks({ traits: ['place:bodø'] })))).toEqual(['b', 'a', 'c']);
});

test('without likeness the recently chosen come before the long ago chosen, and those before the never chosen', () => {
  const past = [event('', ['a'], { date: '2010-01-01' }), event('', ['b'], { date: '2019-12-01' })];
  const lately = signal(world(three, past), asks({ date: '2020-01-01' }), 'chosenLately');
  expect(lately[1]).toBeGreaterThan(lately[0]!);
  expect(lately[0]).toBeGreaterThan(lately[2]!);
});

test('those who worked with the anchor before are preferred, and the anchor itself is never proposed', () => {
  const past = [event('', ['a', 'b']), event('', ['c']), event('', ['c'])];
  const ranking = world(three, past);
  const subject = asks({ anchors: ['a'] });
  const together = signal(ranking, subject, 'withAnchors');
  expect(together[1]).toBeGreaterThan(together[2]!);
  expect(ids(ranking.rank(subject)).sort()).toEqual(['b', 'c']);
});

test('higher grades weigh more', () => {
  const past = [event('radar', [], { counterparts: { a: 1, b: 2 } })];
  expect(world(three, past).rank(asks({ text: 'radar' }))[0]!.id).toBe('b');
});

test('a past choice of somebody who is no candidate is ignored', () => {
  const past = [event('radar', ['gone']), event('radar', ['gone', 'b'])];
  const ranked = world(three, past).rank(asks({ text: 'radar' }));
  expect(ids(ranked)).toEqual(['b', 'a', 'c']);
});

test('with nothing to go by every candidate is there once, by id', () => {
  const ranking = world([named('b'), named('a')]);
  expect(ranking.rank(asks({ text: 'radar' }))).toEqual([
    { id: 'a', score: 0 },
    { id: 'b', score: 0 },
  ]);
});

test('every score is a finite number, also for an empty subject over an empty past', () => {
  const past = [event('', []), event('radar', ['a'], { date: 'unknown' })];
  for (const subject of [asks({}), asks({ text: 'radar', date: '2020' }), asks({ anchors: ['zz'] })])
    for (const { score } of world(three, past).rank(subject)) expect(Number.isFinite(score)).toBe(true);
});

test('the texts to embed are those of the subjects, the candidates and the past, each once', () => {
  const texts = textsToEmbed({ candidates: [named('a', 'A', 'Radar.')], past: [event('Boats.', ['a'])] }, [
    asks({ title: 'Radar.', text: 'Radar. Wanted.' }),
  ]);
  expect(texts.sort()).toEqual(['Boats.', 'Radar.', 'Radar. Wanted.']);
});

test('a date is a day, a month its first day, a year its middle', () => {
  expect(dayOf('2020-03-05') - dayOf('2020-03')).toBe(4);
  expect(dayOf('2020') - dayOf('2020-01-01')).toBe(182);
  expect(dayOf(undefined)).toBeNaN();
});

test('ages are in years and 0 where unknown', () => {
  const choices = pastChoices(three, [event('', ['a'], { date: '2019-01-01' }), event('', ['a'])]);
  expect([...choices.agesOn(dayOf('2020-01-01'))]).toEqual([1, 0]);
});
