import { setImmediate as nextTurn } from 'node:timers/promises';

/** Resolves once it holds; the test's own time limit is the only one. For what nobody announces. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await nextTurn();
}
