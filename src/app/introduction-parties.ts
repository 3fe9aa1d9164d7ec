/** The members and needs behind introductions, as they are now. */
import type { Member } from '../domain/member.ts';
import type { Need } from '../domain/need.ts';
import type { Introduction, PartyOfIntroduction, Side } from '../domain/introduction/introduction.ts';
import type { PartyRef } from './matching.ts';
import type { Store } from './ports.ts';

export interface Parties {
  /** Who answers for the side; absent once removed. */
  member(introduction: Introduction, side: Side): Member | undefined;
  ref(introduction: Introduction, side: Side): PartyRef;
  /** As people call it: a need with its owner. Absent once removed. */
  name(introduction: Introduction, side: Side): string | undefined;
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
  const nameOf = ({ type, id, memberId }: PartyOfIntroduction): string | undefined => {
    const member = members.get(memberId)?.name;
    if (type === 'member') return member;
    const title = needs.get(id)?.title;
    return title === undefined || member === undefined ? title : `${title} (${member})`;
  };
  return {
    member: (introduction, side) => members.get(introduction[side].memberId),
    ref(introduction, side) {
      const party = introduction[side];
      const { type, id } = party;
      const kind = type === 'need' ? 'need' : (members.get(id)?.kind ?? 'removed');
      return { type, id, name: (type === 'need' ? needs.get(id)?.title : nameOf(party)) ?? id, kind };
    },
    name: (introduction, side) => nameOf(introduction[side]),
  };
}
