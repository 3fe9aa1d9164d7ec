/** The members and needs behind introductions, as they are now. */
import { facetsOfMember, facetsOfNeed } from '../domain/facet.ts';
import type { Member } from '../domain/member.ts';
import type { Need } from '../domain/need.ts';
import { sides, type Introduction, type Side } from '../domain/introduction/introduction.ts';
import { outdatedQuotations, type OutdatedQuotation } from '../domain/introduction/standing.ts';
import type { PartyRef } from './party-ref.ts';
import type { Store } from './ports.ts';

export interface Parties {
  /** Who answers for the side; absent once removed. */
  member(introduction: Introduction, side: Side): Member | undefined;
  ref(introduction: Introduction, side: Side): PartyRef;
  /** Of the member that answers. Absent once removed. */
  name(introduction: Introduction, side: Side): string | undefined;
  /** Sentences that reasons quote and that their side does not say any more. */
  outdated(introduction: Introduction): OutdatedQuotation[];
  /** The title of the need that it is about, whichever side that is. */
  needTitle(introduction: Introduction): string | undefined;
}

/** Sides whose member is here and has no mail address. */
export const sidesWithoutAddress = (introduction: Introduction, parties: Parties): Side[] =>
  sides.filter((side) => {
    const member = parties.member(introduction, side);
    return member !== undefined && member.contact?.email === undefined;
  });

/** What keeps an adviser from bringing the introduction to the sides as it is. */
export function hindrances(introduction: Introduction, parties: Parties): { optedOut: string[]; outdated: string[] } {
  const shown = parties.outdated(introduction).filter(({ reason }) => introduction.reasonsShown.includes(reason));
  return {
    optedOut: sides.flatMap((side) => {
      const member = parties.member(introduction, side);
      return member?.matching?.optedOut === true ? [member.name] : [];
    }),
    outdated: [...new Set(shown.map(({ quote }) => quote))],
  };
}

export async function readParties(store: Store, introductions: readonly Introduction[]): Promise<Parties> {
  const all = introductions.flatMap(({ a, b }) => [a, b]);
  const needIds = [...new Set(all.flatMap(({ type, id }) => (type === 'need' ? [id] : [])))];
  const memberIds = [...new Set(all.map(({ memberId }) => memberId))];
  const [memberDocs, needDocs] = await Promise.all([
    store.collection('members').getMany(memberIds),
    store.collection('needs').getMany(needIds),
  ]);
  const members = new Map(memberDocs.map(({ id, doc }) => [id, doc]));
  const needs = new Map<string, Need>(needDocs.map(({ id, doc }) => [id, doc]));
  const facetsOf = ({ type, id }: Introduction[Side]) => {
    if (type === 'need') return needs.has(id) ? facetsOfNeed(needs.get(id)!) : undefined;
    return members.has(id) ? facetsOfMember(members.get(id)!) : undefined;
  };
  return {
    outdated: (introduction) => outdatedQuotations(introduction, (side) => facetsOf(introduction[side])),
    member: (introduction, side) => members.get(introduction[side].memberId),
    ref(introduction, side) {
      const { type, id } = introduction[side];
      const kind = type === 'need' ? 'need' : (members.get(id)?.kind ?? 'removed');
      return { type, id, name: (type === 'need' ? needs.get(id)?.title : members.get(id)?.name) ?? id, kind };
    },
    name: (introduction, side) => members.get(introduction[side].memberId)?.name,
    needTitle: ({ a, b }) => [a, b].flatMap(({ type, id }) => (type === 'need' ? (needs.get(id)?.title ?? []) : []))[0],
  };
}
