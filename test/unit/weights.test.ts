import { expect, test } from '@jest/globals';
import { featureTables } from '../../src/app/learn.ts';
import { matchTasks } from '../../src/app/rank-queries.ts';
import { weightTables, type WeightTable } from '../../src/domain/match/weights.ts';

test.each(matchTasks)(
  'the weights of %s fit the table of its features: names, parts, signs and a reason each',
  (task) => {
    const features = featureTables[task];
    const table: WeightTable<string> = weightTables[task];
    expect(Object.keys(table.features)).toEqual(Object.keys(features));
    for (const [name, { weight, part, reason }] of Object.entries(table.features)) {
      expect({ name, part }).toEqual({ name, part: features[name]!.part });
      expect({ name, allowed: weight * features[name]!.sign >= 0 || features[name]!.sign === 0 }).toEqual({
        name,
        allowed: true,
      });
      expect(reason).not.toBe('');
    }
    expect(Object.keys(table.features)).toEqual(expect.arrayContaining([...(table.setByHandSince ?? [])]));
    expect(table.wonBy!.gain.low).toBeGreaterThan(0);
  },
);
