/**
 * Themes that run through needs and offers, as proposed professional networks. A theme is a star: one text that many
 * others are near to, which therefore also can stand for it; nothing is named by words that nobody wrote.
 */
import type { Quotation } from '../match/explain.ts';
import type { Party, PreparedFacet } from '../match/party.ts';
import { cosine } from '../match/similarity.ts';

export interface ThemeNeighbour {
  party: Party;
  /** Cosine, -1 to 1. */
  similarity: number;
}

export interface ThemeInput {
  party: Party;
  /** Nearest others, best first. */
  near: readonly ThemeNeighbour[];
}

export interface Theme {
  centre: Party;
  /** The centre's own words: the title of a need, or the offer nearest to the others. */
  name: Quotation;
  /** Words that parties of the theme give as sector, the most shared first, each written by two or more; never empty. */
  sharedSectors: { word: string; parties: number }[];
  /** With the centre; the nearest first. */
  parties: ThemeNeighbour[];
}

/** Read off neighbours sorted by likeness of language-centred vectors: above it two parties work on the same thing. */
export const themeFrom = 0.35;
const smallestTheme = 4;
const largestTheme = 15;
/** A network needs somebody who has the problem and somebody who works on it. */
const asks = (party: Party): boolean =>
  party.type === 'need' || ['municipality', 'intermunicipal', 'hospital', 'userorg'].includes(party.doc.kind);

const key = (party: Party) => `${party.type}:${party.id}`;

/** The text that stands for a party: what a need asks for, what a member is and offers. */
export const themeFacet = (party: Party): PreparedFacet | undefined =>
  party.type === 'need' ? party.byRole.ask[0] : party.byRole.profile[0];

/**
 * The star with the greatest sum of likeness first; each party belongs to one theme. Only mutual neighbours count: a
 * party that is near to everything is nobody's neighbour in particular. Cost: parties x neighbours x themes.
 */
export function themesOf(inputs: readonly ThemeInput[], limit: number): Theme[] {
  const sorted = [...inputs].sort((a, b) => (key(a.party) < key(b.party) ? -1 : 1));
  const nearOf = new Map(sorted.map(({ party, near }) => [key(party), new Set(near.map((one) => key(one.party)))]));
  const mutual = new Map(
    sorted.map(({ party, near }) => [
      key(party),
      near.filter((one) => one.similarity >= themeFrom && nearOf.get(key(one.party))?.has(key(party)) === true),
    ]),
  );
  const taken = new Set<string>();
  const themes: Theme[] = [];
  while (themes.length < limit) {
    let best: { centre: Party; parties: ThemeNeighbour[]; sum: number } | undefined;
    for (const { party } of sorted) {
      if (taken.has(key(party))) continue;
      const free = mutual.get(key(party))!.filter((one) => !taken.has(key(one.party)));
      const parties = [{ party, similarity: 1 }, ...free.slice(0, largestTheme - 1)];
      if (parties.length < smallestTheme) continue;
      if (!parties.some((one) => asks(one.party)) || parties.every((one) => asks(one.party))) continue;
      const sum = parties.reduce((total, one) => total + one.similarity, 0);
      if (best === undefined || sum > best.sum) best = { centre: party, parties, sum };
    }
    if (best === undefined) return themes;
    for (const { party } of best.parties) taken.add(key(party));
    const shared = sharedSectors(best.parties.map((one) => one.party));
    if (shared.length > 0)
      themes.push({
        centre: best.centre,
        parties: best.parties,
        name: nameOf(best.centre, best.parties),
        sharedSectors: shared,
      });
  }
  return themes;
}

/** A need stands for itself by its title; of a member the offer that is nearest to all the others. */
function nameOf(centre: Party, parties: readonly ThemeNeighbour[]): Quotation {
  const candidates =
    centre.type === 'need'
      ? centre.facets.filter((facet) => facet.field === 'title')
      : centre.byRole.offer.length > 0
        ? centre.byRole.offer
        : centre.byRole.about;
  const nearness = (facet: PreparedFacet) =>
    parties.reduce((sum, { party }) => sum + cosine(facet.vector, themeFacet(party)?.vector), 0);
  let best: PreparedFacet | undefined;
  for (const facet of candidates) if (best === undefined || nearness(facet) > nearness(best)) best = facet;
  return best === undefined
    ? { field: 'id', start: 0, end: centre.id.length, quote: centre.id }
    : { field: best.field, start: best.start, end: best.end, quote: best.text };
}

/** Trade words say what a company is, not what it is about. */
const trades = new Set(['pharma', 'medtech', 'digital-health']);

function sharedSectors(parties: readonly Party[]): Theme['sharedSectors'] {
  const counts = new Map<string, number>();
  for (const { doc } of parties)
    for (const word of new Set((doc.sectors ?? []).map((sector) => sector.toLowerCase())))
      if (!trades.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= 2)
    .map(([word, count]) => ({ word, parties: count }))
    .sort((a, b) => b.parties - a.parties || (a.word < b.word ? -1 : 1))
    .slice(0, 5);
}
