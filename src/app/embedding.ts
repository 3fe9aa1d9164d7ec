/** Keeps the stored vectors of every owner equal to its texts and to the model. */
import { facetsOfMember, facetsOfNeed } from '../domain/facet.ts';
import { ownerKey, packVector, textDigest } from './facet-vectors.ts';
import { StoreError, type Embedder, type JobHandler, type JobQueue, type OwnerVectors, type Store, type Stored } from './ports.ts';

export type OwnerType = 'member' | 'need';
export const embedJob = 'embed';

export interface Embedding {
  /** Asks for an owner's vectors to be brought up to date; equal waiting requests are one. */
  request(type: OwnerType, id: string): Promise<void>;
  /** Does it now. Only texts that have no vector of this model are embedded. Returns how many were. */
  update(type: OwnerType, id: string, signal?: AbortSignal): Promise<number>;
  /** Removes an owner's vectors; its texts that nobody else has leave the cache too. */
  erase(type: OwnerType, id: string, texts: readonly string[]): Promise<void>;
  /** Requests an update for every owner whose vectors do not fit its texts or the model. Returns how many. */
  catchUp(): Promise<number>;
  readonly handler: JobHandler;
}

export interface EmbeddingDeps {
  store: Store;
  embedder: Embedder;
  queue: JobQueue;
  evict?: (texts: readonly string[]) => void;
}

export const textsOf = (type: OwnerType, doc: unknown): string[] => {
  const facets = type === 'member' ? facetsOfMember(doc as never) : facetsOfNeed(doc as never);
  return [...new Set(facets.map((facet) => facet.text))];
};

export function createEmbedding({ store, embedder, queue, evict }: EmbeddingDeps): Embedding {
  const vectors = store.collection('vectors');
  const docs = (type: OwnerType) => store.collection(type === 'member' ? 'members' : 'needs');

  const isCurrent = (owned: Stored<OwnerVectors> | undefined, texts: readonly string[]): boolean => {
    if (owned === undefined) return texts.length === 0;
    const known = Object.keys(owned.doc.vectors);
    return (
      owned.doc.modelDigest === embedder.modelDigest &&
      known.length === texts.length &&
      texts.every((text) => owned.doc.vectors[textDigest(text)] !== undefined)
    );
  };

  /** Embeds what is missing and writes the owner's document; undefined when somebody else wrote in between. */
  const updateOnce = async (type: OwnerType, id: string, signal?: AbortSignal): Promise<number | undefined> => {
    const owner = ownerKey(type, id);
    const [stored, owned] = await Promise.all([docs(type).get(id), vectors.get(owner)]);
    if (stored === undefined) {
      if (owned !== undefined) await vectors.remove(owner, owned.version);
      return 0;
    }
    const texts = textsOf(type, stored.doc);
    if (isCurrent(owned, texts)) return 0;
    const old = owned?.doc.modelDigest === embedder.modelDigest ? owned.doc.vectors : {};
    const fresh = texts.filter((text) => old[textDigest(text)] === undefined);
    const embedded = await embedder.embed(fresh, signal);
    const packed = new Map(fresh.map((text, i) => [text, packVector(embedded[i]!)]));
    const doc: OwnerVectors = {
      modelDigest: embedder.modelDigest,
      dimension: embedder.dimension,
      vectors: Object.fromEntries(texts.map((text) => [textDigest(text), packed.get(text) ?? old[textDigest(text)]!])),
    };
    try {
      if (owned === undefined) await vectors.insert(owner, doc);
      else await vectors.replace(owner, doc, owned.version);
    } catch (error) {
      if (error instanceof StoreError && ['taken', 'stale', 'missing'].includes(error.code)) return undefined;
      throw error;
    }
    // The owner may have changed or gone while its texts were embedded: then this was not the last word.
    const now = await docs(type).get(id);
    return now?.version === stored.version ? fresh.length : undefined;
  };

  const update = async (type: OwnerType, id: string, signal?: AbortSignal): Promise<number> => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const count = await updateOnce(type, id, signal);
      if (count !== undefined) return count;
    }
    throw new Error(`The ${type} ${id} changes faster than it can be embedded.`);
  };

  const request = async (type: OwnerType, id: string) => {
    await queue.enqueue(embedJob, ownerKey(type, id), { type, id });
  };

  return {
    request,
    update,
    async erase(type, id, texts) {
      const owner = ownerKey(type, id);
      await vectors.remove(owner).catch((error: unknown) => {
        if (!(error instanceof StoreError && error.code === 'missing')) throw error;
      });
      evict?.(texts);
    },
    async catchUp() {
      let requested = 0;
      for (const type of ['member', 'need'] as const) {
        let after: string | undefined;
        do {
          const page = await docs(type).find({ limit: 500, ...(after === undefined ? {} : { after }) });
          const owned = new Map(
            (await vectors.getMany(page.items.map((item) => ownerKey(type, item.id)))).map((item) => [item.id, item]),
          );
          for (const item of page.items)
            if (!isCurrent(owned.get(ownerKey(type, item.id)), textsOf(type, item.doc))) {
              await request(type, item.id);
              requested++;
            }
          after = page.nextCursor;
        } while (after !== undefined);
      }
      return requested;
    },
    handler: async (input, context) => {
      const { type, id } = input as { type: OwnerType; id: string };
      return { embedded: await update(type, id, context.signal) };
    },
  };
}
