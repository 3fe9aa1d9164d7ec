import { expect, test } from '@jest/globals';
import { latestPairState, pairStateOf } from '../../../src/domain/introduction/pair.ts';
import type { OutcomeKind } from '../../../src/domain/introduction/introduction.ts';

test('what came of a pair says whether it works together; that nothing came of it turns nobody down', () => {
  const concluded = (...kinds: OutcomeKind[]) =>
    pairStateOf({
      state: 'concluded',
      outcomes: kinds.map((outcome) => ({
        outcome,
        date: '2026-11-21',
        confirmedBy: 'Kari',
        recordedAt: '2026-11-21',
      })),
    });
  expect([concluded('none'), concluded('investment', 'investment'), concluded('none', 'pilot')]).toEqual([
    'introduced-before',
    'working-together',
    'working-together',
  ]);
});

test('of several introductions the one that changed last counts, whatever the order they are read in', () => {
  const first = { state: 'working-together', changedAt: '2026-01-01T00:00:00Z' } as const;
  const no = { state: 'declined', changedAt: '2026-02-01T00:00:00Z' } as const;
  const nothing = { state: 'introduced-before', changedAt: '2026-03-01T00:00:00Z' } as const;
  expect([latestPairState([first, no]), latestPairState([no, first])]).toEqual(['declined', 'declined']);
  expect(latestPairState([first, nothing])).toBe('working-together');
  expect([latestPairState([nothing]), latestPairState([])]).toEqual(['introduced-before', 'none']);
});
