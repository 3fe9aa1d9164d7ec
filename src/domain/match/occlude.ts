/** What each sentence of a pair is worth: the score with it, less the score as if it had never been written. */
import { isQuotable, type Facet } from '../facet.ts';
import type { Member } from '../member.ts';
import type { Need } from '../need.ts';
import { conceptsOf } from './concepts.ts';
import { gramsOf } from './grams.ts';
import { judgeOpen, type MatchContext, type MatchKind } from './pair.ts';
import type { MemberParty, NeedParty, Party, PreparedFacet } from './party.ts';
import { cosine, remembering, unitOf } from './similarity.ts';

export interface Influence {
  side: 'subject' | 'candidate';
  facet: PreparedFacet;
  /** Score lost without the sentence, -1 to 1; below 0 where it speaks against the pair. */
  drop: number;
}

/** Every quotable sentence of both sides, the most telling first. Cost: one judgment a sentence. */
export function influences(kind: MatchKind, subject: Party, candidate: Party, context: MatchContext): Influence[] {
  const once = { ...context, gramWeights: remembering(context.gramWeights) };
  const { score } = judgeOpen(kind, subject, candidate, once);
  const of = (side: Influence['side'], party: Party) =>
    party.facets.filter(isQuotable).map((facet): Influence => {
      const without = withoutFacet(party, facet);
      const left = side === 'subject' ? [without, candidate] : [subject, without];
      return { side, facet, drop: score - judgeOpen(kind, left[0]!, left[1]!, once).score };
    });
  return [...of('subject', subject), ...of('candidate', candidate)].sort(
    (a, b) =>
      b.drop - a.drop || (a.side === b.side ? (a.facet.field < b.facet.field ? -1 : 1) : a.side < b.side ? 1 : -1),
  );
}

/**
 * The party as if the sentence had not been written. Its whole-text vectors are not embedded anew but estimated from its
 * sentences, see `without`.
 */
export function withoutFacet(party: Party, gone: PreparedFacet): Party {
  let found = withouts.get(gone);
  if (found !== undefined) return found;
  if (++withoutsHeld > withoutsKept) {
    withouts = new WeakMap();
    withoutsHeld = 1;
  }
  withouts.set(gone, (found = made(party, gone)));
  return found;
}

/** The same few parties are looked at from many sides; some 6 KiB each. */
const withoutsKept = 4000;
let withouts = new WeakMap<PreparedFacet, Party>();
let withoutsHeld = 0;

function made(party: Party, gone: PreparedFacet): Party {
  // A must-have takes the setting that was made of it along: the two lists stay in step.
  const setting = party.byRole.setting[party.byRole.requirement.indexOf(gone)];
  const sentences = party.facets.filter(isQuotable);
  const facets = party.facets.flatMap((facet) => {
    if (facet === gone || facet === setting) return [];
    return isQuotable(facet) || !isPartOf(gone, facet)
      ? [facet]
      : [{ ...facet, vector: without(facet, gone, sentences) }];
  });
  const moved = new Map(
    party.facets.filter((facet) => facet !== gone && facet !== setting).map((facet, i) => [facet, facets[i]!]),
  );
  const byRole = Object.fromEntries(
    Object.entries(party.byRole).map(([role, list]) => [role, list.flatMap((facet) => moved.get(facet) ?? [])]),
  ) as unknown as Party['byRole'];
  const counts = countsOf(party);
  const only = <T>(count: ReadonlyMap<T, number>, own: Iterable<T>) =>
    new Set([...own].filter((one) => count.get(one) === 1));
  const lostGrams = only(counts.grams, gone.grams);
  const lostConcepts = only(counts.concepts, gone.concepts);
  const changed = {
    facets,
    byRole,
    grams: party.grams.filter((gram) => !lostGrams.has(gram)),
    concepts: party.concepts.filter((concept) => !lostConcepts.has(concept)),
    ownConcepts: party.ownConcepts.filter((concept) => !lostConcepts.has(concept)),
  };
  return party.type === 'member'
    ? ({ ...party, ...changed, doc: cut<Member>(party.doc, gone) } satisfies MemberParty)
    : ({ ...party, ...changed, doc: cut<Need>(party.doc, gone) } satisfies NeedParty);
}

const isPartOf = (facet: PreparedFacet, composite: PreparedFacet): boolean => composite.text.includes(facet.text);

/** How much of the estimate is the mean of the sentences that are left; measured against embedding anew (cosine .94). */
const ofTheRest = 0.3;

/**
 * A whole text is about the mean of its sentences, each by its share of the text, at the length of that mean: the
 * sentence is taken from it, and what the others mean alone is mixed in.
 */
function without(
  composite: PreparedFacet,
  gone: PreparedFacet,
  sentences: readonly PreparedFacet[],
): Float32Array | undefined {
  const { vector } = composite;
  if (vector === undefined || gone.vector === undefined) return vector;
  const shareOf = (facet: PreparedFacet) => facet.text.length / composite.text.length;
  const share = shareOf(gone);
  if (share >= 1) return undefined;
  const all = new Float32Array(vector.length);
  for (const sentence of sentences)
    if (sentence.vector !== undefined && isPartOf(sentence, composite))
      for (let i = 0; i < all.length; i++) all[i]! += shareOf(sentence) * sentence.vector[i]!;
  const length = Math.sqrt(cosine(all, all));
  const moved = unitOf(vector.map((value, i) => length * value - share * gone.vector![i]!));
  const rest = unitOf(all.map((value, i) => value - share * gone.vector![i]!));
  return unitOf(moved.map((value, i) => (1 - ofTheRest) * value + ofTheRest * rest[i]!));
}

/** The document with the sentence taken out of its text, or the entry out of its list. */
export function cut<T extends Member | Need>(doc: T, { field, start, end }: Facet): T {
  const entry = /^(\w+)\[(\d+)\]$/u.exec(field);
  const name = (entry?.[1] ?? field) as keyof T;
  const value = doc[name] as unknown;
  return {
    ...doc,
    [name]: Array.isArray(value)
      ? value.filter((_one, i) => i !== Number(entry?.[2]))
      : typeof value === 'string'
        ? `${value.slice(0, start)}${value.slice(end).trimStart()}`.trim()
        : value,
  };
}

interface Counts {
  grams: ReadonlyMap<number, number>;
  concepts: ReadonlyMap<number, number>;
}
const countsKnown = new WeakMap<Party, Counts>();

/** In how many places of a party each gram and concept stands; facts outside the sentences count as one place. */
function countsOf(party: Party): Counts {
  const known = countsKnown.get(party);
  if (known !== undefined) return known;
  const count = (lists: readonly Iterable<number>[], all: Iterable<number>) => {
    const places = new Map<number, number>();
    for (const list of lists) for (const one of list) places.set(one, (places.get(one) ?? 0) + 1);
    for (const one of all) if (!places.has(one)) places.set(one, 1);
    return places;
  };
  const sentences = party.facets.filter(isQuotable);
  const counts = {
    grams: count([...sentences.map((facet) => facet.grams), gramsOf(factsOf(party))], party.grams),
    concepts: count([...sentences.map((facet) => facet.concepts), conceptsOf(factsOf(party))], party.concepts),
  };
  countsKnown.set(party, counts);
  return counts;
}

/** What is written outside the sentences. */
const factsOf = ({ doc }: Party): string =>
  ('kind' in doc ? [doc.sectors, doc.integrations, doc.certifications, doc.customers] : [doc.sectors])
    .flatMap((list) => list ?? [])
    .join('. ');
