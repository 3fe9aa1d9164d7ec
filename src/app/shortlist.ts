/** Which candidates are judged in full: everyone in a small cluster, the nearest by meaning in a large one. */
import { canBeCandidate, type MatchKind } from '../domain/match/pair.ts';
import type { Party } from '../domain/match/party.ts';
import type { Catalog } from './catalog.ts';
import { ownerOfFacetKey } from './facet-vectors.ts';

/** Up to here everyone is judged: exact and still a matter of milliseconds. */
const judgeAllUpTo = 1000;
const neighboursPerFacet = 100;
/** The facets that stand for the whole subject; single sentences add little to who is found and much to the cost. */
const searchRoles = ['profile', 'ask'] as const;

export function shortlist(catalog: Catalog, kind: MatchKind, subject: Party, type?: Party['type']): Iterable<Party> {
  const all = everyone(catalog, kind, type, judgeAllUpTo);
  if (all !== undefined) return all;
  const found = new Map<string, Party>();
  const accept = (key: string) => {
    const party = partyOf(catalog, ownerOfFacetKey(key));
    return party !== undefined && (type === undefined || party.type === type) && canBeCandidate(kind, party);
  };
  for (const role of searchRoles)
    for (const facet of subject.byRole[role]) {
      if (facet.vector === undefined) continue;
      for (const neighbour of catalog.index.search(facet.vector, neighboursPerFacet, accept)) {
        const owner = ownerOfFacetKey(neighbour.key);
        if (!found.has(owner)) found.set(owner, partyOf(catalog, owner)!);
      }
    }
  return found.values();
}

/** Undefined when they are more than `atMost`: then there is no need to look at the rest. */
function everyone(
  catalog: Catalog,
  kind: MatchKind,
  type: Party['type'] | undefined,
  atMost: number,
): Party[] | undefined {
  const list: Party[] = [];
  for (const parties of [type === 'need' ? [] : catalog.members(), type === 'member' ? [] : catalog.needs()])
    for (const party of parties) if (canBeCandidate(kind, party) && list.push(party) > atMost) return undefined;
  return list;
}

const partyOf = (catalog: Catalog, owner: string): Party | undefined => {
  const colon = owner.indexOf(':');
  return catalog.party(owner.slice(0, colon) as Party['type'], owner.slice(colon + 1));
};
