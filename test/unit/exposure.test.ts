import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gini, giniBound, planSuggestions, type Wanted } from '../../src/domain/exposure.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const wanted = fc
  .array(
    fc.uniqueArray(fc.record({ id: fc.constantFrom(...names), score: fc.integer({ min: 10, max: 99 }) }), {
      selector: ({ id }) => id,
    }),
    { maxLength: 12 },
  )
  .map((lists): Wanted[] =>
    lists.map((candidates, i) => ({
      subjectId: `s${i}`,
      candidates: candidates.map(({ id, score }) => ({ id, score: score / 100 })).sort((x, y) => y.score - x.score),
    })),
  );

test('nobody is suggested more often than it has room for, no list is too long, and no pair is made up', () => {
  fc.assert(
    fc.property(wanted, fc.nat(3), fc.integer({ min: 1, max: 4 }), (lists, room, perSubject) => {
      const { suggestions, shown } = planSuggestions(lists, {
        perSubject,
        roomOf: (id) => (id < 'd' ? room : undefined),
      });
      for (const [id, count] of shown) if (id < 'd') expect(count).toBeLessThanOrEqual(room);
      for (const { subjectId, candidates } of lists) {
        const own = suggestions.filter((one) => one.subjectId === subjectId);
        expect(own.length).toBeLessThanOrEqual(perSubject);
        for (const { candidateId, score } of own) expect(candidates).toContainEqual({ id: candidateId, score });
      }
      expect(suggestions.length).toBe(new Set(suggestions.map((one) => `${one.subjectId} ${one.candidateId}`)).size);
    }),
  );
});

test('a place that one candidate has no room for goes to the next', () => {
  const lists = ['s1', 's2'].map((subjectId) => ({
    subjectId,
    candidates: [
      { id: 'a', score: 0.9 },
      { id: 'b', score: 0.5 },
    ],
  }));
  const { suggestions } = planSuggestions(lists, { perSubject: 1, roomOf: () => 1 });
  expect(suggestions.map(({ subjectId, candidateId }) => [subjectId, candidateId])).toEqual([
    ['s1', 'a'],
    ['s2', 'b'],
  ]);
});

test('candidates that are about equally good share the places; a clearly better one keeps them', () => {
  const listsOf = (gap: number): Wanted[] =>
    Array.from({ length: 30 }, (_s, i) => ({
      subjectId: `s${String(i).padStart(2, '0')}`,
      candidates: names.map((id, rank) => ({ id, score: 0.819 - rank * gap })),
    }));
  const settings = { perSubject: 1, roomOf: () => undefined };
  const near = planSuggestions(listsOf(0.001), settings);
  expect(near.band).toBeGreaterThan(0);
  expect(near.gini).toBeLessThanOrEqual(giniBound);
  expect([...near.shown.values()]).toEqual([5, 5, 5, 5, 5, 5]);
  const far = planSuggestions(listsOf(0.12), settings);
  expect([...far.shown.values()]).toEqual([30, 0, 0, 0, 0, 0]);
});

test('the Gini is 0 for equal shares and near 1 where one has everything', () => {
  expect(gini([3, 3, 3])).toBeCloseTo(0);
  expect(gini([0, 0, 0, 0, 0, 0, 0, 0, 0, 10])).toBeCloseTo(0.9);
});
