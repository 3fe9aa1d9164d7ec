import { expect, test } from '@jest/globals';
import { conceptCosine, conceptsOf } from '../../src/domain/match/concepts.ts';
import { thesaurus } from '../../src/domain/match/thesaurus.ts';
import { gramCounts } from '../../src/domain/match/grams.ts';
import { languageOf } from '../../src/domain/language.ts';
import { countiesIn } from '../../src/domain/match/geography.ts';

test('one thing said in three languages is the same concepts, and another thing is not', () => {
  const weights = gramCounts();
  const [nb, nn, en] = [
    'Måler søvn hjemme hos pasienter med KOLS',
    'Måler søvn heime hjå pasientar med KOLS',
    'Measures sleep at home in patients with COPD',
  ].map(conceptsOf);
  expect(conceptCosine(nb!, nn!, weights)).toBeGreaterThan(0.7);
  expect(conceptCosine(nb!, en!, weights)).toBeGreaterThan(0.7);
  expect(conceptCosine(en!, conceptsOf('Laundry logistics for hotels'), weights)).toBe(0);
});

test('a word is found inside a compound, but not where its stem only begins by chance', () => {
  expect(conceptsOf('Hjemmesykepleie med sårbehandling')).toEqual(expect.arrayContaining([...conceptsOf('sår')]));
  expect(conceptsOf('forslag')).toEqual([]);
});

test('the language of a text is told by its small words', () => {
  expect(languageOf('Vi lager et verktøy som ikke krever strøm')).toBe('nb');
  expect(languageOf('Vi lagar eit verktøy som ikkje krev straum')).toBe('nn');
  expect(languageOf('We make a tool that works without the grid')).toBe('en');
});

test('counties are whole words, also those that begin with a Norwegian letter', () => {
  expect(countiesIn('Østfold')).toEqual(['østfold']);
  expect(countiesIn('Oslo og Østfold')).toEqual(['oslo', 'østfold']);
  expect(countiesIn('Tromsdalen')).toEqual([]);
});

test('a stem inside another word is no concept of it', () => {
  const said = (text: string) => conceptsOf(text).map((concept) => thesaurus[concept]![0]);
  expect(said('Trygghetsalarm')).not.toContain('musculoskeletal');
  expect(said('Imaging and messaging')).not.toContain('elderly');
  expect(said('Psychologists')).not.toContain('logistics');
  expect(said('Uavhengig utprøving')).toEqual(expect.not.arrayContaining(['addiction', 'simulation']));
  expect(said('Bekreftelse, foreldre, invoice, during')).toEqual([]);
  expect(said('Brystkreft og hoftebrudd')).toEqual(expect.arrayContaining(['oncology', 'musculoskeletal']));
});
