/** Which candidates are judged in full: everyone in a small cluster, the nearest by meaning in a large one. */
import { canBeCandidate, type MatchKind } from '../domain/match/pair.ts';
import type { FacetRole } from '../domain/facet.ts';
import type { Party } from '../domain/match/party.ts';
import type { Catalog } from './catalog.ts';
import { ownerOfFacetKey } from './facet-vectors.ts';

/** Up to here everyone is judged: exact and still a matter of milliseconds. */
const judgeAllUpTo = 1000;
const neighboursPerFacet = 100;
/** The facets that stand for the whole subject; single sentences add little to who is found and much to the cost. */
const wholeSubject = ['profile', 'ask'] as const;

/** `roles`: which facets of the subject are looked for in a large cluster. */
export function shortlist(
  catalog: Catalog,
  kind: MatchKind,
  subject: Party,
  type?: Party['type'],
  roles: readonly FacetRole[] = wholeSubject,
): Iterable<Party> {
  const all = everyone(catalog, kind, type);
  if (all.length <= judgeAllUpTo) return all;
  const found = new Map<string, Party>();
  const accept = (key: string) => {
    const party = partyOf(catalog, ownerOfFacetKey(key));
    return party !== undefined && (type === undefined || party.type === type) && canBeCandidate(kind, party);
  };
  for (const role of roles)
    for (const facet of subject.byRole[role]) {
      if (facet.vector === undefined) continue;
      for (const neighbour of catalog.index.search(facet.vector, neighboursPerFacet, accept)) {
        const owner = ownerOfFacetKey(neighbour.key);
        if (!found.has(owner)) found.set(owner, partyOf(catalog, owner)!);
      }
    }
  return found.values();
}

const everyone = (catalog: Catalog, kind: MatchKind, type?: Party['type']): Party[] => {
  const list: Party[] = [];
  if (type !== 'need' && kind !== undefined)
    for (const member of catalog.members()) if (canBeCandidate(kind, member)) list.push(member);
  if (type !== 'member') for (const need of catalog.needs()) if (canBeCandidate(kind, need)) list.push(need);
  return list;
};

const partyOf = (catalog: Catalog, owner: string): Party | undefined => {
  const colon = owner.indexOf(':');
  return catalog.party(owner.slice(0, colon) as Party['type'], owner.slice(colon + 1));
};
