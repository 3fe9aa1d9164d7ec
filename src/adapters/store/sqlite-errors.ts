/** From SQLite's faults to the port's, and how a locked file is waited for. */
import { setTimeout as pause } from 'node:timers/promises';
import { StoreError } from '../../app/ports.ts';

/** Runs it, tries again while another process holds the file, and turns SQLite's faults into the port's. */
export type Answer = <T>(run: () => T) => Promise<T>;

const longestPauseMs = 50;
const away = ['BUSY', 'LOCKED', 'FULL', 'IOERR', 'CANTOPEN', 'READONLY', 'PROTOCOL', 'CORRUPT', 'NOTADB'];

/** By code, not by class: the native part keeps one error class, whatever number of times the module is loaded. */
export function isSqliteError(error: unknown, ...kinds: readonly string[]): error is Error & { code: string } {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && kinds.some((kind) => code.startsWith(`SQLITE_${kind}`));
}

/** Waits between the tries, so that the process does other work meanwhile. */
export const answering =
  (waitMs: number): Answer =>
  async (run) => {
    const giveUpAtMs = performance.now() + waitMs;
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs))
      try {
        return run();
      } catch (error) {
        if (!isSqliteError(error, 'BUSY') || performance.now() + pauseMs > giveUpAtMs) throw asStoreError(error);
        await pause(pauseMs);
      }
  };

/** "The database does not answer now" becomes the port's error; other faults are bugs and stay what they are. */
export function asStoreError(error: unknown): unknown {
  if (isSqliteError(error, ...away))
    return new StoreError('unavailable', `The database cannot do that now: ${error.message}.`, undefined, error);
  if ((error as Error | null)?.message === 'The database connection is not open')
    return new StoreError('unavailable', 'The database is closed.', undefined, error);
  return error;
}
