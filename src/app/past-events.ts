/** Past rounds and awards that name a member: to be read, and to be erased with the member or without it. */
import { withoutMember, type PastEvent } from '../domain/past-event.ts';
import type { Embedding } from './embedding.ts';
import { StoreError, type Page, type Store, type Stored } from './ports.ts';

export interface PastEvents {
  /** Where the member is the subject or on the other side, by id. The member itself need not be known here. */
  of(memberId: string, page: { limit: number; after?: string | undefined }): Promise<Page<Stored<PastEvent>>>;
  /** Removes those that are about the member, and its id from the others. Repeatable. */
  erase(memberId: string): Promise<void>;
}

const pageSize = 200;

export function createPastEvents(store: Store, embedding: Pick<Embedding, 'erase'>): PastEvents {
  const history = store.collection('history');

  const of: PastEvents['of'] = async (memberId, { limit, after }) => {
    const pages = await Promise.all(
      ['subjectId', 'counterpartIds'].map((field) =>
        history.find({ where: { [field]: memberId }, limit, ...(after === undefined ? {} : { after }) }),
      ),
    );
    const byId = new Map(pages.flatMap(({ items }) => items.map((item) => [item.id, item])));
    const sorted = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const items = sorted.slice(0, limit);
    const isMore = sorted.length > limit || pages.some(({ nextCursor }) => nextCursor !== undefined);
    const last = items.at(-1);
    return { items, ...(isMore && last !== undefined ? { nextCursor: last.id } : {}) };
  };

  /** Where somebody else wrote in between, it is found again. */
  const eraseOne = async ({ id, doc, version }: Stored<PastEvent>, memberId: string): Promise<void> => {
    const rest = withoutMember(doc, memberId);
    try {
      if (rest === undefined) await history.remove(id, version);
      else await history.replace(id, rest, version);
    } catch (error) {
      if (error instanceof StoreError && ['stale', 'missing'].includes(error.code)) return;
      throw error;
    }
    if (rest === undefined) await embedding.erase('event', id, [doc.text]);
  };

  return {
    of,
    async erase(memberId) {
      for (;;) {
        // Always the first page: what was worked off is no longer on it.
        const { items } = await of(memberId, { limit: pageSize });
        if (items.length === 0) return;
        for (const item of items) await eraseOne(item, memberId);
      }
    },
  };
}
