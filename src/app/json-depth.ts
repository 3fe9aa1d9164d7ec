import type { FieldFault } from '../domain/problem.ts';

const maxDepth = 20;

/** Refuses JSON that is nested so deeply that code which walks it would run out of stack. Nothing valid comes near. */
export function depthFault(value: unknown): FieldFault | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth)
      return { field: '', code: 'too_deep', message: `Objects and lists may be nested ${maxDepth} deep.` };
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return undefined;
}
