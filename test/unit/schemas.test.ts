import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { faultsOf } from '../../src/app/faults.ts';
import { memberSchema, newMemberSchema } from '../../src/app/schemas/member.ts';
import { needSchema, newNeedSchema } from '../../src/app/schemas/need.ts';
import {
  decodeCursor,
  encodeCursor,
  jobListQuery,
  memberListQuery,
  needListQuery,
} from '../../src/app/schemas/list.ts';
import { customerQuery, matchQuery, pairQuery } from '../../src/app/schemas/match.ts';
import { fitting, type JsonSchema } from '../support/json-schema-arbitrary.ts';

const schemas = {
  memberSchema,
  newMemberSchema,
  needSchema,
  newNeedSchema,
  memberListQuery,
  needListQuery,
  jobListQuery,
  matchQuery,
  customerQuery,
  pairQuery,
};

describe.each(Object.entries(schemas))('%s', (_name, schema: z.ZodType) => {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const near = fitting(json, (ref) => json.$defs![ref.split('/').at(-1)!]!);

  test('what it accepts it accepts again unchanged, also after the way through JSON', () => {
    let accepted = 0;
    fc.assert(
      fc.property(near, (input) => {
        const parsed = schema.safeParse(input);
        if (!parsed.success) return;
        accepted++;
        const throughJson: unknown = JSON.parse(JSON.stringify(parsed.data));
        expect(JSON.parse(JSON.stringify(schema.parse(throughJson)))).toEqual(throughJson);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(30);
  });

  test('anything is accepted or refused with named faults, never with another error', () => {
    const spoiled = fc
      .tuple(near, fc.string(), fc.jsonValue())
      .map(([value, name, other]) => ({ ...(value as object), [name]: other }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything(), spoiled), (input) => {
        const parsed = schema.safeParse(input);
        if (parsed.success) return;
        const faults = faultsOf(parsed.error, input);
        expect(faults.length).toBeGreaterThan(0);
        for (const fault of faults)
          expect(fault).toMatchObject({ code: expect.any(String), message: expect.any(String) });
      }),
      { numRuns: 300 },
    );
  });
});

test('a null anywhere in a member is taken as unknown', () => {
  const member = { id: 'a', kind: 'startup', name: 'A' };
  for (const field of Object.keys(memberSchema.shape).filter((name) => !(name in member)))
    expect(JSON.parse(JSON.stringify(memberSchema.parse({ ...member, [field]: null })))).toEqual(member);
});

test.each(['\ud800', 'a\u0000b', ' '])('the name %j is refused', (name) => {
  expect(memberSchema.safeParse({ id: 'a', kind: 'startup', name }).success).toBe(false);
});

test.each(['', '.a', '-a', 'a/b', 'æ', 'a b', 'x'.repeat(65), '..'])('the id %j is refused', (id) => {
  expect(memberSchema.safeParse({ id, kind: 'startup', name: 'A' }).success).toBe(false);
});

test('cursors lead back to the id they were made from', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (key) => decodeCursor(encodeCursor(key)) === key),
  );
});
