import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bestSets,
  better,
  bitCount,
  linkWorth,
  standingWorth,
  type Coverer,
  type Found,
} from '../../src/domain/bundle/search.ts';

const supplier = (full: number[], partly: number[] = [], more: Partial<Coverer> = {}): Coverer => ({
  full: bits(full),
  partly: bits(partly),
  joinsFor: 0b1111,
  strength: [0, 1, 2, 3].map((part) => (full.includes(part) ? 1 : partly.includes(part) ? 0.3 : 0)),
  standing: 0,
  ...more,
});
const bits = (parts: number[]) => parts.reduce((sum, part) => sum | (1 << part), 0);
const options = { parts: 4, maxMembers: 4, rivals: () => false, link: () => 0, partlyJoins: false };
const first = (suppliers: Coverer[], more: Partial<typeof options> = {}) =>
  bestSets(suppliers, { ...options, ...more }, 1)[0]?.members;

test('the set that covers most wins, also where taking the largest first would miss it', () => {
  // Largest first takes 0 and then needs two more; the best is a pair.
  expect(first([supplier([1, 2]), supplier([0, 1]), supplier([2, 3])])).toEqual([1, 2]);
});

test('as few members as the coverage allows', () => {
  expect(first([supplier([0]), supplier([1]), supplier([2]), supplier([0, 1])])).toEqual([2, 3]);
});

test('a member that adds nothing of its own is never taken along', () => {
  const sets = bestSets([supplier([0, 1]), supplier([2]), supplier([1])], options, 10);
  expect(sets.map((set) => set.members)).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('partly covering is a reason to join only where that is asked for and nobody else in the set does it', () => {
  const suppliers = [supplier([0]), supplier([], [1]), supplier([2], [1])];
  expect(first(suppliers.slice(0, 2))).toBeUndefined();
  expect(first(suppliers.slice(0, 2), { partlyJoins: true })).toEqual([0, 1]);
  expect(first(suppliers, { partlyJoins: true })).toEqual([0, 2]);
});

test('a supplier is not brought in for a part it may not join for, yet its coverage of it counts', () => {
  const connected = supplier([0, 1], [], { joinsFor: 0b0001 });
  const integrator = supplier([1]);
  expect(first([supplier([0]), supplier([1], [], { joinsFor: 0 })])).toBeUndefined();
  expect(first([connected, integrator, supplier([2])])).toEqual([0, 2]);
});

test('of equal sets the one whose members are proven to work together is preferred', () => {
  const suppliers = [supplier([0]), supplier([1]), supplier([1])];
  expect(first(suppliers)).toEqual([0, 1]);
  expect(first(suppliers, { link: (a: number, b: number) => (a + b === 2 ? 1 : 0) } as never)).toEqual([0, 2]);
});

test('of equal sets the one whose members stand better otherwise is preferred', () => {
  expect(first([supplier([0]), supplier([1]), supplier([1], [], { standing: 1 })])).toEqual([0, 2]);
});

describe('on any small instance', () => {
  const parts = 4;
  const mask = fc.integer({ min: 0, max: (1 << parts) - 1 });
  const coverer = fc
    .record({
      full: mask,
      touched: mask,
      joinsFor: mask,
      strength: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: parts, maxLength: parts }),
      standing: fc.integer({ min: 0, max: 10 }),
    })
    .map(({ full, touched, joinsFor, strength, standing }): Coverer => ({
      full,
      partly: touched & ~full,
      joinsFor,
      strength: strength.map((value) => value / 10),
      standing: standing / 10,
    }));
  const instance = fc.record({
    suppliers: fc.array(coverer, { maxLength: 8 }),
    rivalry: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 5 }),
    links: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 5 }),
    partlyJoins: fc.boolean(),
    limit: fc.integer({ min: 1, max: 4 }),
  });
  const has = (pairs: [number, number][], a: number, b: number) =>
    pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));

  /** Part by part, as the rule reads. */
  const bringsPart = (suppliers: Coverer[], members: number[], member: number, partlyJoins: boolean) =>
    [0, 1, 2, 3].some((part) => {
      const covers = (one: number, field: 'full' | 'partly' | 'joinsFor') =>
        ((suppliers[one]![field] >> part) & 1) === 1;
      const others = members.filter((other) => other !== member);
      if (!covers(member, 'joinsFor') || others.some((other) => covers(other, 'full'))) return false;
      if (covers(member, 'full')) return true;
      return partlyJoins && covers(member, 'partly') && !others.some((other) => covers(other, 'partly'));
    });
  const ratedByHand = (suppliers: Coverer[], members: number[], link: (a: number, b: number) => number): Found => {
    const of = (field: 'full' | 'partly') => members.reduce((sum, member) => sum | suppliers[member]![field], 0);
    const full = of('full');
    const partly = of('partly') & ~full;
    let quality = 0;
    for (let part = 0; part < parts; part++)
      quality += Math.max(...members.map((member) => suppliers[member]!.strength[part]!));
    for (const a of members) {
      quality += standingWorth * suppliers[a]!.standing;
      for (const b of members) if (a < b) quality += linkWorth * link(a, b);
    }
    return { members, full, partly, value: 2 * bitCount(full) + bitCount(partly), quality };
  };

  test('the result is that of trying every set', () => {
    fc.assert(
      fc.property(instance, ({ suppliers, rivalry, links, partlyJoins, limit }) => {
        const search = {
          parts,
          maxMembers: 4,
          partlyJoins,
          rivals: (a: number, b: number) => has(rivalry, a, b),
          link: (a: number, b: number) => (has(links, a, b) ? 1 : 0),
        };
        const all: Found[] = [];
        for (let set = 0; set < 1 << suppliers.length; set++) {
          const members = suppliers.flatMap((_, i) => ((set >> i) & 1 ? [i] : []));
          if (members.length < 2 || members.length > 4) continue;
          if (members.some((a) => members.some((b) => a !== b && search.rivals(a, b)))) continue;
          if (members.every((member) => bringsPart(suppliers, members, member, partlyJoins)))
            all.push(ratedByHand(suppliers, members, search.link));
        }
        for (const one of all) one.quality = Math.round(one.quality * 1e9) / 1e9;
        all.sort(better);
        expect(bestSets(suppliers, search, limit)).toEqual(all.slice(0, limit));
      }),
    );
  });

  test('no set is padded, too large, too small or made of rivals, and its sums are right', () => {
    fc.assert(
      fc.property(instance, ({ suppliers, rivalry, partlyJoins }) => {
        const rivals = (a: number, b: number) => has(rivalry, a, b);
        for (const { members, full, partly, value } of bestSets(
          suppliers,
          { parts, maxMembers: 4, rivals, link: () => 0, partlyJoins },
          20,
        )) {
          expect(members.length).toBeGreaterThanOrEqual(2);
          expect(members.length).toBeLessThanOrEqual(4);
          for (const a of members) for (const b of members) expect(a !== b && rivals(a, b)).toBe(false);
          const union = (of: number[], field: 'full' | 'partly') =>
            of.reduce((sum, member) => sum | suppliers[member]![field], 0);
          expect(full).toBe(union(members, 'full'));
          expect(partly).toBe(union(members, 'partly') & ~full);
          expect(value).toBe(2 * bitCount(full) + bitCount(partly));
          for (const member of members) {
            const others = members.filter((other) => other !== member);
            const lost = full & ~union(others, 'full');
            const lostPartly = partly & ~union(others, 'partly');
            expect(lost | lostPartly).not.toBe(0);
          }
        }
      }),
    );
  });
});
