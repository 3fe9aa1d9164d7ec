/** Keeps the stored vectors of every owner equal to its texts and to the model. */
import { facetsOfMember, facetsOfNeed } from '../domain/facet.ts';
import type { Member } from '../domain/member.ts';
import type { Need } from '../domain/need.ts';
import type { PastEvent } from '../domain/past-event.ts';
import { ownerKey, ownerOf, packVector, textDigest, type OwnerType } from './facet-vectors.ts';
import { everyOf, pagesOf } from './pages.ts';
import {
  EmbedderError,
  StoreError,
  type Collection,
  type Embedder,
  type JobContext,
  type JobHandler,
  type JobQueue,
  type OwnerVectors,
  type Store,
  type Stored,
} from './ports.ts';

export const embedJob = 'embed';
export const embedBacklogJob = 'embed-backlog';

export interface Embedding {
  /** Asks for the vectors of these owners to be brought up to date: a job each when they are few, else one for all that lag. */
  request(type: OwnerType, ids: readonly string[]): Promise<void>;
  /** Asks for every owner whose vectors do not fit its texts or the model, and for vectors without owner to be removed. */
  requestBacklog(): Promise<void>;
  /** Asks again for what was asked while the queue was away. */
  catchUp(): Promise<void>;
  /**
   * Asks again for owners that have lagged for long, so that a wish which was lost only comes later: the queue lost it, or
   * a write was stored and its process, or the way to the database, ended before it could ask. Those among the dead letters
   * wait for a person. Call it again and again.
   */
  recover(lagging: ReadonlySet<string>): Promise<void>;
  /** Does it now. Only texts that have no vector of this model are embedded. Returns how many were. */
  update(type: OwnerType, id: string, signal?: AbortSignal): Promise<number>;
  /** Removes an owner's vectors, and these texts of it from the cache. */
  erase(type: OwnerType, id: string, texts: readonly string[]): Promise<void>;
  readonly handlers: Record<string, JobHandler>;
}

export interface EmbeddingDeps {
  store: Store;
  embedder: Embedder;
  queue: JobQueue;
  evict?: (texts: readonly string[]) => void;
  /** How long an owner may lag before it is asked for again. Default 15,000 ms. */
  lostAfterMs?: number | undefined;
}

/** More owners than these are one job: a job is a durable write of its own. */
const jobsAtOnce = 20;
/** Never the key of an owner. */
const backlogKey = 'all';
const pageSize = 200;
/** Enough that the embedding process never waits for the store. */
const updatesInFlight = 4;
/** So many owners that cannot be embedded are set aside; more mean that it is not them. */
const setAsideAtMost = 20;
const lookAgainMs = 2000;

export const documentsOf = (store: Store, type: OwnerType): Collection<Member | Need | PastEvent> =>
  type === 'member'
    ? store.collection('members')
    : type === 'need'
      ? store.collection('needs')
      : store.collection('history');

export const textsOf = (type: OwnerType, doc: unknown): string[] => {
  if (type === 'event') return [(doc as PastEvent).text];
  const facets = type === 'member' ? facetsOfMember(doc as never) : facetsOfNeed(doc as never);
  return [...new Set(facets.map((facet) => facet.text))];
};

export function createEmbedding({ store, embedder, queue, evict, lostAfterMs = 15_000 }: EmbeddingDeps): Embedding {
  const vectors = store.collection('vectors');
  const docs = (type: OwnerType) => documentsOf(store, type);

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
      if (owned !== undefined) await vectors.remove(owner, owned.version).catch(unlessChanged);
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

  const request = async (type: OwnerType, ids: readonly string[]) => {
    if (ids.length > jobsAtOnce) return requestBacklog();
    for (const id of ids) await ask(embedJob, ownerKey(type, id), { type, id });
  };
  const requestBacklog = () => ask(embedBacklogJob, backlogKey, {});
  let isOwed = false;
  /** What lacks vectors stands in the store: that the queue is away is no reason to refuse a write that is done. */
  const ask = async (kind: string, key: string, input: object) => {
    try {
      await queue.enqueue(kind, key, input);
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'unavailable')) throw error;
      isOwed = true;
    }
  };
  const catchUp = async () => {
    if (!isOwed) return;
    isOwed = false;
    await requestBacklog();
  };

  const lagsSinceMs = new Map<string, number>();
  const recover = async (lagging: ReadonlySet<string>) => {
    const nowMs = performance.now();
    for (const owner of lagsSinceMs.keys()) if (!lagging.has(owner)) lagsSinceMs.delete(owner);
    for (const owner of lagging) if (!lagsSinceMs.has(owner)) lagsSinceMs.set(owner, nowMs);
    const overdue = [...lagsSinceMs].filter(([, sinceMs]) => sinceMs <= nowMs - lostAfterMs).map(([owner]) => owner);
    if (overdue.length === 0) return;
    try {
      const underWay = await queue.list({ state: 'active', limit: pageSize });
      if (underWay.items.some(({ doc }) => doc.kind === embedBacklogJob)) return;
      const dead = await deadKeys(queue);
      if (!dead.has(backlogKey) && overdue.some((owner) => !dead.has(owner))) await requestBacklog();
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'unavailable')) throw error;
    } finally {
      for (const owner of overdue) lagsSinceMs.set(owner, nowMs);
    }
  };

  /** What a process left behind that ended between the removal of an owner and that of its vectors. */
  const removeOrphans = async () => {
    for await (const page of pagesOf((from) => vectors.find({ limit: pageSize, ...from }))) {
      const ids = { member: [] as string[], need: [] as string[], event: [] as string[] };
      for (const { id } of page) ids[ownerOf(id).type].push(ownerOf(id).id);
      const alive = new Set([
        ...(await docs('member').getMany(ids.member)).map(({ id }) => ownerKey('member', id)),
        ...(await docs('need').getMany(ids.need)).map(({ id }) => ownerKey('need', id)),
        ...(await docs('event').getMany(ids.event)).map(({ id }) => ownerKey('event', id)),
      ]);
      for (const { id, version } of page) if (!alive.has(id)) await vectors.remove(id, version).catch(unlessChanged);
    }
  };

  /** Returns how many texts were embedded. */
  const updateAll = async ({ progress, signal }: JobContext): Promise<number> => {
    let done = 0;
    let total = 0;
    let embedded = 0;
    let setAside = 0;
    const updateOrSetAside = async (type: OwnerType, id: string) => {
      try {
        embedded += await update(type, id, signal);
      } catch (error) {
        if (!(error instanceof EmbedderError) || ++setAside > setAsideAtMost) throw error;
        await request(type, [id]);
      }
      progress(++done, total);
    };
    for (const type of ['member', 'need', 'event'] as const)
      for await (const page of pagesOf((from) => docs(type).find({ limit: pageSize, ...from }))) {
        total = (await docs('member').count()) + (await docs('need').count()) + (await docs('event').count());
        const owned = new Map(
          (await vectors.getMany(page.map((item) => ownerKey(type, item.id)))).map((item) => [item.id, item]),
        );
        const lagging = page.filter((item) => !isCurrent(owned.get(ownerKey(type, item.id)), textsOf(type, item.doc)));
        done += page.length - lagging.length;
        progress(done, total);
        const next = lagging.values();
        const work = async () => {
          for (const { id } of next) await updateOrSetAside(type, id);
        };
        await Promise.all(Array.from({ length: updatesInFlight }, work));
      }
    return embedded;
  };

  const isWorkedOffElsewhere = async (jobId: string) => {
    const { items } = await queue.list({ state: 'active', limit: 1000 });
    return items.some(({ id, doc }) => doc.kind === embedBacklogJob && id < jobId);
  };

  let isWorking = false;
  let goOn = false;
  /**
   * One at a time, for two would embed the same texts twice: a second one hands its wish to the first and is done. While
   * another process is at it, it comes again later.
   */
  const workOffBacklog: JobHandler = async (_input, context) => {
    goOn = true;
    if (isWorking) return { embedded: 0 };
    isWorking = true;
    try {
      if (await isWorkedOffElsewhere(context.jobId)) {
        await queue.enqueue(embedBacklogJob, backlogKey, {}, { delayMs: lookAgainMs });
        return { embedded: 0 };
      }
      let embedded = 0;
      while (goOn) {
        goOn = false;
        await removeOrphans();
        embedded += await updateAll(context);
      }
      return { embedded };
    } finally {
      isWorking = false;
    }
  };

  return {
    request,
    requestBacklog,
    catchUp,
    recover,
    update,
    async erase(type, id, texts) {
      await vectors.remove(ownerKey(type, id)).catch(unlessChanged);
      evict?.(texts);
    },
    handlers: {
      [embedJob]: async (input, context) => {
        const { type, id } = input as { type: OwnerType; id: string };
        return { embedded: await update(type, id, context.signal) };
      },
      [embedBacklogJob]: workOffBacklog,
    },
  };
}

/** Keys of the jobs of this file that are dead. */
async function deadKeys(queue: JobQueue): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const { doc } of everyOf((from) => queue.list({ state: 'dead', limit: pageSize, ...from })))
    if (doc.kind === embedJob || doc.kind === embedBacklogJob) keys.add(doc.key);
  return keys;
}

/** Somebody else was faster, and whoever wrote last looks again. */
function unlessChanged(error: unknown): void {
  if (!(error instanceof StoreError && (error.code === 'missing' || error.code === 'stale'))) throw error;
}
