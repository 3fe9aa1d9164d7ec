/** Which open candidates are judged in full: all of them in a small cluster, the nearest by meaning and by words in a large one. */
import type { FacetRole } from '../domain/facet.ts';
import type { Party } from '../domain/match/party.ts';
import type { Catalog } from './catalog.ts';
import { ownerKey, ownerOfFacetKey } from './facet-vectors.ts';

/** Up to here everyone is judged: exact and still a matter of milliseconds. */
const judgeAllUpTo = 1000;
const neighboursPerFacet = 100;
/** Names, codes and compounds that vectors blur are found by their grams. */
const neighboursByWords = 50;
/** The facets that stand for the whole subject; single sentences add little to who is found and much to the cost. */
const wholeSubject = ['profile', 'ask'] as const;

/** `roles`: which facets of the subject are looked for in a large cluster. */
export function shortlist<P extends Party>(
  catalog: Catalog,
  subject: Party,
  open: readonly P[],
  roles: readonly FacetRole[] = wholeSubject,
): Iterable<P> {
  if (open.length <= judgeAllUpTo) return open;
  const byOwner = new Map(open.map((party) => [ownerKey(party.type, party.id), party]));
  const found = new Set<P>();
  const take = (owner: string) => found.add(byOwner.get(owner)!);
  for (const role of roles)
    for (const { vector } of subject.byRole[role])
      if (vector !== undefined)
        for (const { key } of catalog.index.search(vector, neighboursPerFacet, (k) => byOwner.has(ownerOfFacetKey(k))))
          take(ownerOfFacetKey(key));
  catalog.lexical.search(subject.grams, catalog.grams, neighboursByWords, (owner) => byOwner.has(owner)).forEach(take);
  return found;
}
