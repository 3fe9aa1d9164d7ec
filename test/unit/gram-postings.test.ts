import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gramPostings } from '../../src/domain/match/gram-postings.ts';
import { gramCounts, gramsOf } from '../../src/domain/match/grams.ts';

const texts = fc.array(
  fc.constantFrom('fotsår', 'såle', 'temperatursåle', 'velferdsteknologi', 'teknologi', 'sår', 'app', 'kommune'),
  { maxLength: 4 },
);
const counted = (grams: Uint32Array) => ({ grams, concepts: [], language: 'nb' as const });
const operation = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), words: fc.option(texts) });

describe('gram postings', () => {
  test('find exactly those that share a gram, by shared weight, whatever was set, replaced and deleted before', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), texts, (operations, query) => {
        const postings = gramPostings();
        const weights = gramCounts();
        const held = new Map<string, Uint32Array>();
        for (const { key, words } of operations) {
          const old = held.get(key);
          if (old !== undefined) weights.remove(counted(old));
          if (words === null) {
            postings.delete(key);
            held.delete(key);
            continue;
          }
          const grams = gramsOf(words.join(' '));
          postings.set(key, grams);
          weights.add(counted(grams));
          held.set(key, grams);
        }
        const wanted = gramsOf(query.join(' '));
        const expected = [...held]
          .map(([key, grams]) => ({
            key,
            weight: [...wanted].reduce((sum, gram) => (grams.includes(gram) ? sum + weights.of(gram) : sum), 0),
          }))
          .filter(({ weight }) => weight > 0)
          .sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))
          .map(({ key }) => key);
        expect(postings.search(wanted, weights, 10, () => true)).toEqual(expected);
      }),
    );
  });

  test('skip what many share and still find what few share', () => {
    const postings = gramPostings();
    const weights = gramCounts();
    for (let i = 0; i < 300; i++) {
      const grams = gramsOf(i === 7 ? 'kommune fotsår' : 'kommune');
      postings.set(`k${i}`, grams);
      weights.add(counted(grams));
    }
    expect(postings.search(gramsOf('kommune'), weights, 10, () => true)).toEqual([]);
    expect(postings.search(gramsOf('kommune med fotsår'), weights, 10, () => true)).toEqual(['k7']);
    expect(postings.search(gramsOf('fotsår'), weights, 10, (key) => key !== 'k7')).toEqual([]);
  });

  test('find the same whatever was replaced before', () => {
    const [fresh, old] = [gramPostings(), gramPostings()];
    const weights = gramCounts();
    const textOf = (i: number) => gramsOf(i < 150 ? `sensor nummer${i}` : `nummer${i}`);
    for (let i = 0; i < 900; i++) old.set(`k${i}`, gramsOf('sensor'));
    for (const postings of [fresh, old]) for (let i = 0; i < 900; i++) postings.set(`k${i}`, textOf(i));
    const search = (postings: typeof fresh) => postings.search(gramsOf('sensor'), weights, 1000, () => true);
    expect(search(fresh)).toHaveLength(150);
    expect(search(old)).toEqual(search(fresh));
  });

  test('stay right when the room of many replaced entries is reclaimed', () => {
    const postings = gramPostings();
    const weights = gramCounts();
    for (let round = 0; round < 60; round++)
      for (let i = 0; i < 50; i++) postings.set(`k${i}`, gramsOf(`runde${round} nummer${i}`));
    expect(postings.search(gramsOf('runde59 nummer7'), weights, 1, () => true)).toEqual(['k7']);
    expect(postings.search(gramsOf('de59'), weights, 50, () => true)).toHaveLength(50);
  });
});
