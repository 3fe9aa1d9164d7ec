/** Whether two suppliers can stand in one bundle, and what proves that they work together. */
import { asksForMoney } from '../match/partner-features.ts';
import type { GramWeights } from '../match/grams.ts';
import type { MemberParty } from '../match/party.ts';
import { bestPairs, cosine } from '../match/similarity.ts';
import { sellsIntegration, type Systems } from '../coverage/systems.ts';

/**
 * Whole profiles this alike, where neither seeks what the other has, are two answers to one question. Read off the most
 * alike pairs of a cluster: below it they are mostly neighbours in a chain, and where one seeks the other they are too.
 */
const substituteFrom = 0.52;
const seekingFrom = 0.45;

const declared = (a: MemberParty, b: MemberParty): boolean =>
  (a.doc.competesWith?.includes(b.id) ?? false) || (b.doc.competesWith?.includes(a.id) ?? false);

/** How well `other` answers what `one` seeks, money left out, 0-1. */
const seeks = (one: MemberParty, other: MemberParty, weights: GramWeights): number =>
  bestPairs(
    one.byRole.seek.filter((facet) => !asksForMoney(facet.text)),
    [...other.byRole.offer, ...other.byRole.about],
    weights,
  ).reduce((best, pair) => Math.max(best, pair.similarity), 0);

export type Rivalry = 'declared' | 'substitutes';

/** Undefined where they are no rivals. Symmetric. */
export function rivalryOf(a: MemberParty, b: MemberParty, weights: GramWeights): Rivalry | undefined {
  if (declared(a, b)) return 'declared';
  // Who connects other people's products writes about the same things as they do.
  if (sellsIntegration(a) !== sellsIntegration(b)) return undefined;
  if (cosine(a.byRole.profile[0]?.vector, b.byRole.profile[0]?.vector) < substituteFrom) return undefined;
  return Math.max(seeks(a, b, weights), seeks(b, a, weights)) >= seekingFrom ? undefined : 'substitutes';
}

/** What proves that two suppliers work together: one names the other, or both connect to the same system. */
export interface Link {
  kind: 'names-the-other' | 'same-system';
  /** The member who says it, and where. */
  memberId: string;
  field: string;
  text: string;
  /** 0-1. */
  strength: number;
}

/** A system that more than this share of all connected members names proves nothing about two of them. */
const commonSystem = 0.2;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
/** The first word of a name of four letters or more stands for the whole; shorter ones are taken with the next word. */
const namePattern = (name: string): RegExp => {
  const words = name.trim().split(/\s+/u);
  const short = words[0]!.length < 4 ? words.slice(0, 2).join(' ') : words[0]!;
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped(short)}(?![\\p{Ll}\\p{N}])`, 'u');
};

/** The strongest link, undefined where none is written down. Symmetric. */
export function linkOf(a: MemberParty, b: MemberParty, systems: Systems): Link | undefined {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const pattern = namePattern(other.doc.name);
    for (const [index, text] of (one.doc.integrations ?? []).entries())
      if (pattern.test(text))
        return { kind: 'names-the-other', memberId: one.id, field: `integrations[${index}]`, text, strength: 1 };
  }
  const shared = (a.doc.integrations ?? []).flatMap((text, index) =>
    systems
      .in(text)
      .filter((name) => systems.share(name) <= commonSystem)
      .filter((name) => (b.doc.integrations ?? []).some((other) => systems.in(other).includes(name)))
      .map((name) => ({ name, text, index })),
  );
  shared.sort((x, y) => systems.share(x.name) - systems.share(y.name) || x.index - y.index);
  const best = shared[0];
  return best === undefined
    ? undefined
    : { kind: 'same-system', memberId: a.id, field: `integrations[${best.index}]`, text: best.text, strength: 0.5 };
}
