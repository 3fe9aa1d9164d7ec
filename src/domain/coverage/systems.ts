/** The systems and standards that members connect to, as their own `integrations` name them. */
import type { Member } from '../member.ts';
import type { MemberParty } from '../match/party.ts';

const pending = /plan|under arbeid|pilot|in progress|expected|forvent|begren|limited|roadmap/iu;

/** Names in a text: words of three letters or more with a capital, lower-cased ("Helsekjernen EPJ" -> two). */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}.]{2,}/gu)].map((found) => found[0].toLowerCase());
const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}.]{3,}/gu) ?? [];

export interface Systems {
  has(word: string): boolean;
  /** Systems that the text names, the rarest first. */
  in(text: string): string[];
  /** Share of the members with integrations that name this one, 0-1. */
  share(name: string): number;
}

/** Counts every name in the `integrations` of the members. Cost: linear. */
export function systemsOf(members: Iterable<Member>): Systems {
  const counts = new Map<string, number>();
  let connected = 0;
  for (const { integrations } of members) {
    if (!integrations?.length) continue;
    connected++;
    for (const name of new Set(integrations.flatMap(namesIn))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const count = (name: string) => counts.get(name) ?? 0;
  return {
    has: (word) => counts.has(word),
    in: (text) =>
      [...new Set(words(text))]
        .filter((word) => counts.has(word))
        .sort((a, b) => count(a) - count(b) || (a < b ? -1 : 1)),
    share: (name) => (connected === 0 ? 0 : count(name) / connected),
  };
}

export type Connection = 'connected' | 'planned' | 'none';

/** Whether a member connects to a system by name; what it says it plans is not there yet. */
export function connectionTo(name: string, member: Member): Connection {
  const naming = (member.integrations ?? []).filter((text) => words(text).includes(name));
  if (naming.some((text) => !pending.test(text))) return 'connected';
  return naming.length > 0 ? 'planned' : 'none';
}

const integratorOffer = /integra(sjon|tion)|\biPaaS\b|meldingsbuss|message bus|adapter/iu;

/** Connecting other people's products is what it sells: an integrator, or a supplier with such an offer. */
export const sellsIntegration = (party: MemberParty): boolean =>
  party.doc.kind === 'integrator' || (party.doc.offers ?? []).some((offer) => integratorOffer.test(offer));
