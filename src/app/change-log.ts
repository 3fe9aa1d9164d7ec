import { StoreError, type Change, type Store } from './ports.ts';

/** Undefined when the log does not reach back so far: this process was away for too long, or the data was restored. */
export const changesAfter = (store: Store, after: number, limit: number): Promise<Change[] | undefined> =>
  store.changes(after, limit).catch((error: unknown) => {
    if (error instanceof StoreError && error.code === 'gone') return undefined;
    throw error;
  });
