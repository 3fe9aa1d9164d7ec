/**
 * The read side: every member and need of the store, prepared for matching and kept in memory. Follows the store's
 * change log, so that each process sees what any process wrote; the vectors collection tells when a text is embedded.
 */
import type { Need } from '../domain/need.ts';
import type { Language, Member } from '../domain/member.ts';
import { memberParty, needParty, type MemberParty, type NeedParty, type Party } from '../domain/match/party.ts';
import { gramCounts, type GramCounts } from '../domain/match/grams.ts';
import { gramPostings, type GramPostings } from '../domain/match/gram-postings.ts';
import { preparedEvent, type PreparedEvent } from '../domain/match/history.ts';
import { centred } from '../domain/match/similarity.ts';
import type { PastEvent } from '../domain/past-event.ts';
import { facetKey, ownerKey, ownerOf, textDigest, unpackVector, type OwnerType } from './facet-vectors.ts';
import { followLog } from './follow-log.ts';
import type { Store, VectorIndex } from './ports.ts';

export interface Catalog {
  /** Follows the store up to now, see `LogFollower`. Returns the seq reached. */
  refresh(): Promise<number>;
  party(type: Party['type'], id: string): Party | undefined;
  member(id: string): MemberParty | undefined;
  need(id: string): NeedParty | undefined;
  members(): Iterable<MemberParty>;
  needs(): Iterable<NeedParty>;
  events(): Iterable<PreparedEvent>;
  /** Past rounds and awards in which this member funded or delivered. */
  eventsOf(counterpartId: string): readonly PreparedEvent[];
  readonly grams: GramCounts;
  /** Finds owners (`member:ID`, `need:ID`) by shared grams. */
  readonly lexical: GramPostings;
  readonly index: VectorIndex;
  /** Owners (`member:ID`, `need:ID`, `event:ID`) with a text that has no vector yet. */
  readonly lagging: ReadonlySet<string>;
  /** How far the catalog has followed, and how much it holds. */
  state(): { seq: number; members: number; needs: number; facets: number; embeddedFacets: number };
}

const pageSize = 500;
/** Few enough that a busy database answers in time, and that who follows the log is not kept waiting. */
const loadedAtOnce = 100;

/** The mean vector of many texts of one language. */
export type LanguageCentres = Readonly<Record<Language, Float32Array>>;

export function createCatalog(store: Store, index: VectorIndex, centres?: LanguageCentres): Catalog {
  const members = new Map<string, MemberParty>();
  const needs = new Map<string, NeedParty>();
  const grams = gramCounts();
  const lexical = gramPostings();
  const indexedKeys = new Map<string, string[]>();
  const lagging = new Set<string>();
  /** Which writes each owner was prepared from. */
  const writes = new Map<string, string>();
  let facets = 0;
  let embedded = 0;

  const forget = (owner: string, party: Party | undefined) => {
    lagging.delete(owner);
    if (party === undefined) return;
    grams.remove(party);
    lexical.delete(owner);
    facets -= party.facets.length;
    embedded -= party.facets.filter((facet) => facet.vector !== undefined).length;
    for (const key of indexedKeys.get(owner) ?? []) index.delete(key);
    indexedKeys.delete(owner);
  };

  const remember = (owner: string, party: Party) => {
    grams.add(party);
    lexical.set(owner, party.grams);
    facets += party.facets.length;
    const keys: string[] = [];
    party.facets.forEach((facet, i) => {
      if (facet.vector === undefined) return void lagging.add(owner);
      embedded++;
      const key = facetKey(owner, i);
      index.set(key, facet.vector);
      keys.push(key);
    });
    indexedKeys.set(owner, keys);
  };

  const events = new Map<string, PreparedEvent>();
  const eventsBy = new Map<string, Set<PreparedEvent>>();
  const forgetEvent = (owner: string, id: string) => {
    lagging.delete(owner);
    const event = events.get(id);
    if (event === undefined) return;
    for (const counterpart of event.doc.counterpartIds) eventsBy.get(counterpart)?.delete(event);
    events.delete(id);
  };
  const rememberEvent = (owner: string, event: PreparedEvent) => {
    if (event.vector === undefined) lagging.add(owner);
    events.set(event.doc.id, event);
    for (const counterpart of event.doc.counterpartIds)
      eventsBy.set(counterpart, (eventsBy.get(counterpart) ?? new Set()).add(event));
  };

  const replace = <P extends Party>(known: Map<string, P>, id: string, owner: string, party: P | undefined) => {
    forget(owner, known.get(id));
    known.delete(id);
    if (party === undefined) return;
    known.set(id, party);
    remember(owner, party);
  };
  /** Puts an owner as it is now in the place of what it was; undefined: it is gone. */
  const prepare = (
    type: OwnerType,
    id: string,
    doc: Member | Need | PastEvent | undefined,
    vectorOf: (text: string, language: Language) => Float32Array | undefined,
  ) => {
    const owner = ownerKey(type, id);
    if (type === 'event') {
      forgetEvent(owner, id);
      if (doc !== undefined) rememberEvent(owner, preparedEvent(doc as PastEvent, vectorOf));
    } else if (type === 'member')
      replace(members, id, owner, doc === undefined ? undefined : memberParty(doc as Member, vectorOf));
    else replace(needs, id, owner, doc === undefined ? undefined : needParty(doc as Need, vectorOf));
  };

  const load = async (type: OwnerType, ids: readonly string[]) => {
    if (ids.length === 0) return;
    const owners = ids.map((id) => ownerKey(type, id));
    const [docs, vectorDocs] = await Promise.all([
      store.collection(collectionOf[type]).getMany(ids),
      store.collection('vectors').getMany(owners),
    ]);
    const byId = new Map(docs.map((stored) => [stored.id, stored]));
    const vectorsOf = new Map(vectorDocs.map((stored) => [stored.id, stored]));
    for (const id of ids) {
      const owner = ownerKey(type, id);
      const stored = byId.get(id);
      const vectors = vectorsOf.get(owner);
      const packed = vectors?.doc.vectors ?? {};
      const write = `${stored?.version} ${stored?.storedAt} ${vectors?.version} ${vectors?.storedAt}`;
      if (writes.get(owner) === write) continue;
      const vectorOf = (text: string, language: Language) => {
        const value = packed[textDigest(text)];
        if (value === undefined) return undefined;
        const vector = unpackVector(value);
        return centres === undefined ? vector : centred(vector, centres[language]);
      };
      prepare(type, id, stored?.doc, vectorOf);
      if (stored === undefined) writes.delete(owner);
      else writes.set(owner, write);
    }
  };

  const types = ['member', 'need', 'event'] as const;
  const knownOf = { member: members, need: needs, event: events };
  const newReading = () => ({
    left: [...types],
    after: undefined as string | undefined,
    found: { member: new Set<string>(), need: new Set<string>(), event: new Set<string>() },
  });
  let reading = newReading();
  const follower = followLog(store, {
    begin() {
      reading = newReading();
    },
    async readOn(alone) {
      const { left, after, found } = reading;
      const type = left[0]!;
      const { items, nextCursor } = await store
        .collection(collectionOf[type])
        .find({ limit: pageSize, ...(after === undefined ? {} : { after }) });
      const take = async (ids: readonly string[]) => {
        for (let i = 0; i < ids.length; i += loadedAtOnce)
          await alone(() => load(type, ids.slice(i, i + loadedAtOnce)));
      };
      const ids = items.map(({ id }) => id);
      await take(ids);
      for (const id of ids) found[type].add(id);
      if (nextCursor === undefined) {
        // Known from before, if this is not the first time.
        await take([...knownOf[type].keys()].filter((id) => !found[type].has(id)));
        left.shift();
      }
      reading.after = nextCursor;
      return left.length > 0;
    },
    async apply(changes) {
      const touched = { member: new Set<string>(), need: new Set<string>(), event: new Set<string>() };
      for (const change of changes) {
        if (change.collection === 'members') touched.member.add(change.id);
        else if (change.collection === 'needs') touched.need.add(change.id);
        else if (change.collection === 'history') touched.event.add(change.id);
        else if (change.collection === 'vectors') {
          const { type, id } = ownerOf(change.id);
          touched[type].add(id);
        }
      }
      for (const type of types) await load(type, [...touched[type]]);
    },
  });

  return {
    refresh: follower.refresh,
    party: (type, id) => (type === 'member' ? members.get(id) : needs.get(id)),
    member: (id) => members.get(id),
    need: (id) => needs.get(id),
    members: () => members.values(),
    needs: () => needs.values(),
    events: () => events.values(),
    eventsOf: (counterpartId) => [...(eventsBy.get(counterpartId) ?? [])],
    grams,
    lexical,
    index,
    lagging,
    state: () => ({
      seq: follower.seq(),
      members: members.size,
      needs: needs.size,
      facets,
      embeddedFacets: embedded,
    }),
  };
}

const collectionOf = { member: 'members', need: 'needs', event: 'history' } as const;
