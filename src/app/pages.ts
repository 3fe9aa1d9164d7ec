/** Reads all of a collection or of a queue, a page at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Page } from './ports.ts';

/** Asks for one page: that after a cursor, or the first. */
type ReadPage<T> = (from: { after?: string }) => Promise<Page<T>>;

export async function* pagesOf<T>(read: ReadPage<T>): AsyncGenerator<T[]> {
  let after: string | undefined;
  do {
    const page = await read(after === undefined ? {} : { after });
    yield page.items;
    // The embedded store answers at once: without this, other requests would wait for the whole collection.
    await nextTurn();
    after = page.nextCursor;
  } while (after !== undefined);
}

export async function* everyOf<T>(read: ReadPage<T>): AsyncGenerator<T> {
  for await (const items of pagesOf(read)) yield* items;
}
