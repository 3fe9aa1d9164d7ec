/** One side of a match, prepared once: the document, its facets with vectors and grams. */
import { facetsOfMember, facetsOfNeed, type Facet, type FacetRole } from '../facet.ts';
import type { Member } from '../member.ts';
import type { Need } from '../need.ts';
import { gramsOf } from './grams.ts';

export interface PreparedFacet extends Facet {
  /** Unit length; absent until it has been embedded. */
  vector: Float32Array | undefined;
  grams: Uint32Array;
}

interface PartyBase {
  id: string;
  facets: readonly PreparedFacet[];
  byRole: Readonly<Record<FacetRole, readonly PreparedFacet[]>>;
  /** Grams of everything it wrote. */
  grams: Uint32Array;
}
export type MemberParty = PartyBase & { type: 'member'; doc: Member };
export type NeedParty = PartyBase & { type: 'need'; doc: Need };
export type Party = MemberParty | NeedParty;

const prepare = (facets: readonly Facet[], vectorOf: (text: string) => Float32Array | undefined) =>
  facets.map((facet): PreparedFacet => ({ ...facet, vector: vectorOf(facet.text), grams: gramsOf(facet.text) }));

const byRole = (facets: readonly PreparedFacet[]): PartyBase['byRole'] => {
  const groups: Record<FacetRole, PreparedFacet[]> = {
    offer: [],
    seek: [],
    about: [],
    requirement: [],
    wish: [],
    profile: [],
    ask: [],
    setting: [],
  };
  for (const facet of facets) groups[facet.role].push(facet);
  return groups;
};

const words = (...lists: (readonly string[] | undefined)[]) => lists.flatMap((list) => list ?? []).join(' ');

export function memberParty(doc: Member, vectorOf: (text: string) => Float32Array | undefined): MemberParty {
  const facets = prepare(facetsOfMember(doc), vectorOf);
  const text = words(
    facets.filter((facet) => facet.role === 'profile' || facet.role === 'ask').map((facet) => facet.text),
    doc.sectors,
    doc.integrations,
    doc.certifications,
    doc.customers,
  );
  return { type: 'member', id: doc.id, doc, facets, byRole: byRole(facets), grams: gramsOf(text) };
}

export function needParty(doc: Need, vectorOf: (text: string) => Float32Array | undefined): NeedParty {
  const facets = prepare(facetsOfNeed(doc), vectorOf);
  const text = words([doc.title, doc.description ?? ''], doc.mustHave, doc.niceToHave, doc.sectors);
  return { type: 'need', id: doc.id, doc, facets, byRole: byRole(facets), grams: gramsOf(text) };
}
