/** Parties with toy vectors: words hashed into few dimensions, so that equal words and nothing else make texts alike. */
import { gramCounts, type GramCounts } from '../../src/domain/match/grams.ts';
import { memberParty, needParty, type MemberParty, type NeedParty } from '../../src/domain/match/party.ts';
import type { Member } from '../../src/domain/member.ts';
import type { Need } from '../../src/domain/need.ts';

const dimension = 256;

export function toyVector(text: string): Float32Array {
  const vector = new Float32Array(dimension);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = 7;
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193) >>> 0;
    vector[hash % dimension]! += 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

export const toyMember = (member: Partial<Member> & { id: string }): MemberParty =>
  memberParty({ kind: 'startup', name: `${member.id} AS`, ...member }, toyVector);

export const toyNeed = (need: Partial<Need> & { id: string }): NeedParty =>
  needParty({ ownerId: 'owner', title: need.id, ...need }, toyVector);

export function toyGrams(parties: readonly (MemberParty | NeedParty)[]): GramCounts {
  const grams = gramCounts();
  for (const party of parties) grams.add(party);
  return grams;
}
