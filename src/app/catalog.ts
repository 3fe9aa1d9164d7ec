/**
 * The read side: every member and need of the store, prepared for matching and kept in memory. Follows the store's
 * change log, so that each process sees what any process wrote; the vectors collection tells when a text is embedded.
 */
import type { Need } from '../domain/need.ts';
import type { Language, Member } from '../domain/member.ts';
import { memberParty, needParty, type MemberParty, type NeedParty, type Party } from '../domain/match/party.ts';
import { gramCounts, type GramCounts } from '../domain/match/grams.ts';
import { gramPostings, type GramPostings } from '../domain/match/gram-postings.ts';
import { centred } from '../domain/match/similarity.ts';
import { facetKey, textDigest, unpackVector } from './facet-vectors.ts';
import type { Store, VectorIndex } from './ports.ts';

export interface Catalog {
  /** Applies everything that was written since the last call; concurrent calls share one pass. Returns the seq reached. */
  refresh(): Promise<number>;
  party(type: Party['type'], id: string): Party | undefined;
  member(id: string): MemberParty | undefined;
  need(id: string): NeedParty | undefined;
  members(): Iterable<MemberParty>;
  needs(): Iterable<NeedParty>;
  readonly grams: GramCounts;
  /** Finds owners (`member:ID`, `need:ID`) by shared grams. */
  readonly lexical: GramPostings;
  readonly index: VectorIndex;
  /** How far the catalog has followed, and how much it holds. */
  state(): { seq: number; members: number; needs: number; facets: number; embeddedFacets: number };
}

const pageSize = 1000;

/** The mean vector of many texts of one language. */
export type LanguageCentres = Readonly<Record<Language, Float32Array>>;

export function createCatalog(store: Store, index: VectorIndex, centres?: LanguageCentres): Catalog {
  const members = new Map<string, MemberParty>();
  const needs = new Map<string, NeedParty>();
  const grams = gramCounts();
  const lexical = gramPostings();
  const indexedKeys = new Map<string, string[]>();
  let seq = -1;
  let running: Promise<number> | undefined;
  let facets = 0;
  let embedded = 0;

  const forget = (owner: string, party: Party | undefined) => {
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
      if (facet.vector === undefined) return;
      embedded++;
      const key = facetKey(owner, i);
      index.set(key, facet.vector);
      keys.push(key);
    });
    indexedKeys.set(owner, keys);
  };

  const load = async (type: 'member' | 'need', ids: readonly string[]) => {
    const owners = ids.map((id) => `${type}:${id}`);
    const [docs, vectorDocs] = await Promise.all([
      store.collection(type === 'member' ? 'members' : 'needs').getMany(ids),
      store.collection('vectors').getMany(owners),
    ]);
    const byId = new Map(docs.map((stored) => [stored.id, stored.doc]));
    const vectorsOf = new Map(vectorDocs.map((stored) => [stored.id, stored.doc.vectors]));
    for (const id of ids) {
      const owner = `${type}:${id}`;
      const doc = byId.get(id);
      const packed = vectorsOf.get(owner) ?? {};
      const vectorOf = (text: string, language: Language) => {
        const value = packed[textDigest(text)];
        if (value === undefined) return undefined;
        const vector = unpackVector(value);
        return centres === undefined ? vector : centred(vector, centres[language]);
      };
      if (type === 'member') {
        forget(owner, members.get(id));
        members.delete(id);
        if (doc === undefined) continue;
        const party = memberParty(doc as Member, vectorOf);
        members.set(id, party);
        remember(owner, party);
      } else {
        forget(owner, needs.get(id));
        needs.delete(id);
        if (doc === undefined) continue;
        const party = needParty(doc as Need, vectorOf);
        needs.set(id, party);
        remember(owner, party);
      }
    }
  };

  const loadAll = async () => {
    // The log position is read first: what is written meanwhile is applied again, which changes nothing.
    const head = await store.headSeq();
    for (const [type, name] of [
      ['member', 'members'],
      ['need', 'needs'],
    ] as const) {
      let after: string | undefined;
      do {
        const page = await store.collection(name).find({ limit: pageSize, ...(after === undefined ? {} : { after }) });
        await load(
          type,
          page.items.map((item) => item.id),
        );
        after = page.nextCursor;
      } while (after !== undefined);
    }
    return head;
  };

  const follow = async () => {
    if (seq < 0) seq = await loadAll();
    for (;;) {
      const changes = await store.changes(seq, pageSize);
      if (changes.length === 0) return seq;
      const touched = { member: new Set<string>(), need: new Set<string>() };
      for (const change of changes) {
        if (change.collection === 'members') touched.member.add(change.id);
        else if (change.collection === 'needs') touched.need.add(change.id);
        else if (change.collection === 'vectors') {
          const [type, id] = splitOwner(change.id);
          touched[type].add(id);
        }
      }
      if (touched.member.size > 0) await load('member', [...touched.member]);
      if (touched.need.size > 0) await load('need', [...touched.need]);
      seq = changes.at(-1)!.seq;
    }
  };

  return {
    refresh() {
      running ??= follow().finally(() => {
        running = undefined;
      });
      return running;
    },
    party: (type, id) => (type === 'member' ? members.get(id) : needs.get(id)),
    member: (id) => members.get(id),
    need: (id) => needs.get(id),
    members: () => members.values(),
    needs: () => needs.values(),
    grams,
    lexical,
    index,
    state: () => ({
      seq: Math.max(0, seq),
      members: members.size,
      needs: needs.size,
      facets,
      embeddedFacets: embedded,
    }),
  };
}

const splitOwner = (owner: string): ['member' | 'need', string] => {
  const colon = owner.indexOf(':');
  return [owner.slice(0, colon) as 'member' | 'need', owner.slice(colon + 1)];
};
