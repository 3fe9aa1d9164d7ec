import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gramsOf, wordsOf } from '../../src/domain/retrieval/analyse.ts';
import { termIndex } from '../../src/domain/retrieval/bm25.ts';
import { centroid, meanNearest } from '../../src/domain/retrieval/dense.ts';
import { passagesEach, passagesOf } from '../../src/domain/retrieval/passages.ts';
import { lifted, shares, standardised } from '../../src/domain/retrieval/scale.ts';

test('words are lower-case, keep Norwegian letters and numbers, and leave single characters out', () => {
  expect(wordsOf('Ål: 3 søkte I 2024!')).toEqual(['ål', 'søkte', '2024']);
});

test('4-grams mark the ends of a word and meet inside a compound', () => {
  expect(gramsOf('hund')).toEqual(['_hun', 'hund', 'und_']);
  expect(gramsOf('is')).toEqual(['_is_']);
  const shared = new Set(gramsOf('renholdstjeneste'));
  expect(gramsOf('renhold').filter((gram) => shared.has(gram)).length).toBeGreaterThan(3);
});

test('a document scores by rare terms, shorter ones higher, and 0 without any', () => {
  const index = termIndex([['common', 'rare'], ['common', 'rare', 'x', 'y', 'z'], ['common'], []]);
  const [short, long, common, empty] = index.scores(['rare', 'common', 'unknown']);
  expect(short).toBeGreaterThan(long!);
  expect(long).toBeGreaterThan(common!);
  expect(common).toBeGreaterThan(0);
  expect(empty).toBe(0);
  expect(index.idf('rare')).toBeGreaterThan(index.idf('common'));
});

test('a term asked twice counts twice', () => {
  const index = termIndex([['a'], ['b']]);
  expect(index.scores(['a', 'a'])[0]).toBeCloseTo(2 * index.scores(['a'])[0]!);
});

test('passages are whole sentences within the length, in order, and at most as many as asked for', () => {
  const sentences = Array.from({ length: 30 }, (_s, i) => `Sentence number ${i} says something about radar.`);
  const passages = passagesOf(sentences.join(' '), 2);
  expect(passages).toHaveLength(2);
  expect(sentences.join(' ').startsWith(passages.join(' '))).toBe(true);
  for (const passage of passages) expect(passage.endsWith('.')).toBe(true);
});

test('no passage is empty or too long, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 3000 }), fc.integer({ min: 1, max: 4 }), (text, limit) => {
      const passages = passagesOf(text, limit);
      expect(passages.length).toBeLessThanOrEqual(limit);
      for (const passage of passages) expect(passage.length > 0 && passage.length <= 600).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('large collections keep fewer passages of each text, never none', () => {
  expect([10, 7_500, 20_000, 1_000_000].map(passagesEach)).toEqual([3, 2, 1, 1]);
});

test('a document is as near as its nearest passage to each question, on average', () => {
  const [x, y] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  expect([...meanNearest([x, y], [[x, y], [x], []])]).toEqual([1, 0.5, 0]);
  expect([...meanNearest([], [[x]])]).toEqual([0]);
});

test('the middle of vectors is a unit vector between them', () => {
  const middle = centroid([Float32Array.of(1, 0), Float32Array.of(0, 1)])!;
  expect(middle[0]).toBeCloseTo(Math.SQRT1_2);
  expect(middle[1]).toBeCloseTo(Math.SQRT1_2);
  expect(centroid([])).toBeUndefined();
});

test('scales keep the order and say nothing where nothing differs', () => {
  const scores = Float64Array.of(1, 5, 3);
  expect(standardised(scores)[1]).toBeCloseTo(1.2247, 3);
  expect([...lifted(scores)].map((score) => score > 0)).toEqual([false, true, false]);
  expect([...shares(scores)]).toEqual([1 / 9, 5 / 9, 3 / 9]);
  expect([...standardised(Float64Array.of(2, 2))]).toEqual([0, 0]);
  expect([...shares(Float64Array.of(0, 0))]).toEqual([0, 0]);
});
