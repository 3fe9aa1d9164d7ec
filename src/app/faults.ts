/** From zod's issues to the list of field faults that every door answers with. */
import type { z } from 'zod';
import type { FieldFault } from '../domain/problem.ts';

/** `contact.email`, `offers[2]`: the way a person would write it. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );

/** Long values are cut: the message is for a person. */
export function shortValue(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : value;
}

const maxFaults = 100;

/** The first 100: a body of a thousand unknown fields is not answered with a longer one. */
export function faultsOf(error: z.ZodError, input: unknown): FieldFault[] {
  const faultsOfIssue = (issue: z.core.$ZodIssue): FieldFault[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.slice(0, maxFaults).map((key) => ({
        field: pathOf([...issue.path, key]),
        code: 'unknown_field',
        message: 'There is no such field.',
        value: shortValue(valueAt(input, [...issue.path, key])),
      }));
    const value = valueAt(input, issue.path);
    const isMissing = issue.code === 'invalid_type' && value === undefined;
    return [
      {
        field: pathOf(issue.path),
        code: isMissing ? 'required' : issue.code,
        message: isMissing ? 'This field is required.' : issue.message,
        ...(value === undefined ? {} : { value: shortValue(value) }),
      },
    ];
  };
  return error.issues.slice(0, maxFaults).flatMap(faultsOfIssue).slice(0, maxFaults);
}
