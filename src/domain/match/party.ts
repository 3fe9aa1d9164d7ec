/** One side of a match, prepared once: the document, its facets with vectors and grams. */
import { facetsOfMember, facetsOfNeed, type Facet, type FacetRole } from '../facet.ts';
import { languageOf } from '../language.ts';
import type { Language, Member } from '../member.ts';
import type { Need } from '../need.ts';
import { conceptsOf, union, type Concepts } from './concepts.ts';
import { gramsOf } from './grams.ts';

export interface PreparedFacet extends Facet {
  /** Unit length, centred on its language; absent until it has been embedded. */
  vector: Float32Array | undefined;
  grams: Uint32Array;
  concepts: Concepts;
}

interface PartyBase {
  id: string;
  facets: readonly PreparedFacet[];
  byRole: Readonly<Record<FacetRole, readonly PreparedFacet[]>>;
  /** Declared, or else told from the text. */
  language: Language;
  /** Grams of everything it wrote. */
  grams: Uint32Array;
  /** Concepts of everything it wrote. */
  concepts: Concepts;
  /** Concepts of what it is and has, not of what it seeks; for a need the same as `concepts`. */
  ownConcepts: Concepts;
}
export type MemberParty = PartyBase & { type: 'member'; doc: Member };
export type NeedParty = PartyBase & { type: 'need'; doc: Need };
export type Party = MemberParty | NeedParty;

/** Its texts that have not been embedded yet: until then the party is found and scored by its words alone. */
export const pendingTexts = (party: Party): number =>
  new Set(party.facets.flatMap(({ vector, text }) => (vector === undefined ? [text] : []))).size;

/** Finds the vector of a text of that language, if it has been embedded. */
export type VectorOf = (text: string, language: Language) => Float32Array | undefined;

const prepare = (facets: readonly Facet[], language: Language, vectorOf: VectorOf) =>
  facets.map((facet): PreparedFacet => ({
    ...facet,
    vector: vectorOf(facet.text, language),
    grams: gramsOf(facet.text),
    concepts: conceptsOf(facet.text),
  }));

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

export function memberParty(doc: Member, vectorOf: VectorOf): MemberParty {
  const facts = [doc.sectors, doc.integrations, doc.certifications, doc.customers];
  const language = doc.language ?? languageOf(words([doc.summary ?? '', doc.thesis ?? ''], doc.offers, doc.seeks));
  const facets = prepare(facetsOfMember(doc), language, vectorOf);
  const composites = facets.filter((facet) => facet.role === 'profile' || facet.role === 'ask');
  const ownConcepts = conceptsOf(
    [doc.summary, ...(doc.offers ?? []), doc.thesis, ...facts.flatMap((list) => list ?? [])].join('. '),
  );
  return {
    type: 'member',
    id: doc.id,
    doc,
    language,
    facets,
    byRole: byRole(facets),
    grams: gramsOf(
      words(
        composites.map((facet) => facet.text),
        ...facts,
      ),
    ),
    concepts: union([ownConcepts, ...facets.map((facet) => facet.concepts)]),
    ownConcepts,
  };
}

export function needParty(doc: Need, vectorOf: VectorOf): NeedParty {
  const language = doc.language ?? languageOf(`${doc.title} ${doc.description ?? ''}`);
  const facets = prepare(facetsOfNeed(doc), language, vectorOf);
  const concepts = union([...facets.map((facet) => facet.concepts), conceptsOf(words(doc.sectors))]);
  return {
    type: 'need',
    id: doc.id,
    doc,
    language,
    facets,
    byRole: byRole(facets),
    grams: gramsOf(words([doc.title, doc.description ?? ''], doc.mustHave, doc.niceToHave, doc.sectors)),
    concepts,
    ownConcepts: concepts,
  };
}
