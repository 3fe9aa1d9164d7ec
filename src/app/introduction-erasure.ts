/** What becomes of introductions when a member or need is removed. */
import { anonymise } from '../domain/introduction/anonymise.ts';
import type { IntroductionState } from '../domain/introduction/introduction.ts';
import { closedStates } from '../domain/introduction/transitions.ts';
import type { Actor } from './actor.ts';
import type { Introductions } from './introductions.ts';
import { StoreError, type Store } from './ports.ts';

export interface IntroductionErasure {
  /** Everything that the member or need takes part in. */
  of(type: 'member' | 'need', id: string): Promise<{ id: string; state: IntroductionState }[]>;
  /** Ends what is under way, and keeps of all of it only what says nothing about the party. Repeatable. */
  erase(type: 'member' | 'need', id: string, actor: Actor): Promise<void>;
}

export function createIntroductionErasure(
  store: Store,
  introductions: Pick<Introductions, 'act'>,
): IntroductionErasure {
  const collection = store.collection('introductions');

  async function* all(type: string, id: string) {
    const where = { parties: `${type}:${id}` };
    let after: string | undefined;
    do {
      const page = await collection.find({ where, limit: 200, ...(after === undefined ? {} : { after }) });
      yield* page.items;
      after = page.nextCursor;
    } while (after !== undefined);
  }

  const anonymiseStored = async (id: string, type: 'member' | 'need', partyId: string) => {
    for (;;) {
      const found = await collection.get(id);
      if (found === undefined) return;
      try {
        await collection.replace(id, anonymise(found.doc, type, partyId), found.version);
        return;
      } catch (error) {
        if (!(error instanceof StoreError && error.code === 'stale')) throw error;
      }
    }
  };

  return {
    async of(type, id) {
      const found: { id: string; state: IntroductionState }[] = [];
      for await (const one of all(type, id)) found.push({ id: one.id, state: one.doc.state });
      return found;
    },
    async erase(type, id, actor) {
      for await (const one of all(type, id)) {
        if (!closedStates.includes(one.doc.state))
          await introductions.act(one.id, 'withdraw', { text: 'The party was removed.' }, actor);
        await anonymiseStored(one.id, type, id);
      }
    },
  };
}
