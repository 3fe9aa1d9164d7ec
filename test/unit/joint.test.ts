import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemsOf } from '../../src/domain/coverage/systems.ts';
import { averageLink } from '../../src/domain/joint/average-link.ts';
import { jointNeeds } from '../../src/domain/joint/joint-needs.ts';
import { themeFacet, themesOf } from '../../src/domain/joint/themes.ts';
import type { Party } from '../../src/domain/match/party.ts';
import { cosine } from '../../src/domain/match/similarity.ts';
import type { Need } from '../../src/domain/need.ts';
import { toyGrams, toyMember, toyNeed } from '../support/toy-parties.ts';

describe('average link', () => {
  const table = (rows: number[][]) => (a: number, b: number) => rows[a]![b]!;

  test('joins what is alike on average, not along a chain', () => {
    const likeness = table([
      [1, 0.9, 0.1],
      [0.9, 1, 0.8],
      [0.1, 0.8, 1],
    ]);
    expect(averageLink(3, likeness, 0.5)).toEqual([[0, 1]]);
    expect(averageLink(3, likeness, 0.4)).toEqual([[0, 1, 2]]);
  });

  test('parts the items, and the mean within a group that is joined last reaches the threshold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        (at, t) => {
          const likeness = (a: number, b: number) => 1 - Math.abs(at[a]! - at[b]!) / 100;
          const groups = averageLink(at.length, likeness, t / 60);
          const flat = groups.flat();
          expect(new Set(flat).size).toBe(flat.length);
          for (const group of groups) expect(group.length).toBeGreaterThan(1);
          for (const [i, one] of groups.entries())
            for (const other of groups.slice(i + 1)) {
              const links = one.flatMap((a) => other.map((b) => likeness(a, b)));
              expect(links.reduce((sum, value) => sum + value, 0) / links.length).toBeLessThan(t / 60 + 1e-9);
            }
        },
      ),
    );
  });
});

describe('joint needs', () => {
  const joint = (...needs: (Partial<Need> & { id: string })[]) => {
    const parties = needs.map(toyNeed);
    return jointNeeds(parties, systemsOf([]), toyGrams(parties));
  };
  const vask = { title: 'Renere gulv', sectors: ['renhold'] };

  test('pair the must-haves that say the same, quote the rest apart, and show where the fields differ', () => {
    const [found] = joint(
      { id: 'a', ownerId: 'o1', ...vask, mustHave: ['Selvgående gulvvasker', 'ISO 27001', 'Blå lykter'], budgetNok: 1 },
      { id: 'b', ownerId: 'o2', ...vask, mustHave: ['ISO 27001', 'Selvgående gulvvasker'], county: 'Troms' },
      { id: 'c', ownerId: 'o3', title: 'Noe helt annet', mustHave: ['Hornmusikk'] },
    );
    expect(found!.needs.map((need) => need.id)).toEqual(['a', 'b']);
    const shared = found!.shared.map(({ quotations }) => quotations.map((one) => `${one.needId} ${one.quote}`));
    expect(shared.sort()).toEqual([
      ['a ISO 27001', 'b ISO 27001'],
      ['a Selvgående gulvvasker', 'b Selvgående gulvvasker'],
    ]);
    expect(found!.apart).toEqual([{ needId: 'a', field: 'mustHave[2]', start: 0, end: 10, quote: 'Blå lykter' }]);
    expect(found!.differing).toEqual([
      {
        field: 'budgetNok',
        values: [
          { needId: 'a', value: 1 },
          { needId: 'b', value: null },
        ],
      },
      {
        field: 'county',
        values: [
          { needId: 'a', value: null },
          { needId: 'b', value: 'Troms' },
        ],
      },
    ]);
  });

  test('are never made of the needs of one body alone', () => {
    const need = { ...vask, mustHave: ['Selvgående gulvvasker'] };
    expect(joint({ id: 'a', ownerId: 'o1', ...need }, { id: 'b', ownerId: 'o1', ...need })).toEqual([]);
    expect(joint({ id: 'a', ownerId: 'o1', ...need }, { id: 'b', ownerId: 'o2', ...need })).toHaveLength(1);
  });

  test('are not made of needs that share only what is asked of every supplier', () => {
    expect(
      joint(
        { id: 'a', ownerId: 'o1', title: 'Gulv', mustHave: ['Selvgående gulvvasker', 'ISO 27001'] },
        { id: 'b', ownerId: 'o2', title: 'Sang', mustHave: ['Allsang klokken fire', 'ISO 27001'] },
      ),
    ).toEqual([]);
  });
});

describe('themes', () => {
  const inputsOf = (parties: Party[]) =>
    parties.map((party) => ({
      party,
      near: parties
        .filter((other) => other !== party)
        .map((other) => ({ party: other, similarity: cosine(themeFacet(party)!.vector, themeFacet(other)!.vector) }))
        .sort((a, b) => b.similarity - a.similarity),
    }));
  const sectors = ['Renhold'];
  const vask = 'Selvgående gulvvasker';
  const makers = ['a', 'b', 'c'].map((id) => toyMember({ id, offers: [vask], sectors }));
  const need = toyNeed({ id: 'n', title: vask, sectors });

  test('gather those who have the problem and those who work on it, under words that one of them wrote', () => {
    const [theme, ...more] = themesOf(inputsOf([...makers, need, toyMember({ id: 'x', offers: ['Hornmusikk'] })]), 5);
    expect(more).toEqual([]);
    expect(theme!.parties.map(({ party }) => party.id).sort()).toEqual(['a', 'b', 'c', 'n']);
    expect(theme!.name.quote).toBe(vask);
    expect(theme!.sharedSectors).toEqual([{ word: 'renhold', parties: 4 }]);
  });

  test('are not proposed for sellers alone, nor for buyers alone', () => {
    expect(themesOf(inputsOf([...makers, toyMember({ id: 'd', offers: [vask], sectors })]), 5)).toEqual([]);
    const needs = ['1', '2', '3', '4'].map((id) => toyNeed({ id, title: vask, sectors }));
    expect(themesOf(inputsOf(needs), 5)).toEqual([]);
  });
});
