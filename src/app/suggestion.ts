/** From a match to an introduction: who is on which side, and the reasons as they are now. */
import { createHash } from 'node:crypto';
import { publicBodyKinds, raisingKinds, supplierKinds, type Language } from '../domain/member.ts';
import type { PartyOfIntroduction, Suggestion } from '../domain/introduction/introduction.ts';
import type { MatchKind } from '../domain/match/pair.ts';
import type { Party } from '../domain/match/party.ts';
import { weightTables } from '../domain/match/weights.ts';
import type { MatchItem } from './matching.ts';
import type { MatchTask } from './rank-queries.ts';

export const partyOfIntroduction = (party: Party): PartyOfIntroduction => ({
  type: party.type,
  id: party.id,
  memberId: party.type === 'need' ? party.doc.ownerId : party.id,
});

/** sha256 of a JSON value with the names of objects in order. */
const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(
      JSON.stringify(value, (_key, inner: unknown) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
      ),
    )
    .digest('hex');

/** Which of the three questions a pair answers. */
export const taskOf = (kind: MatchKind, ...parties: readonly Pick<PartyOfIntroduction, 'type'>[]): MatchTask =>
  parties.some(({ type }) => type === 'need')
    ? 'supplier_for_need'
    : kind === 'investors' || kind === 'startups'
      ? 'investor_for_startup'
      : 'partner_for_member';

/** A match as it was, features included; it comes from a list or an explanation "in full". */
export function suggestionOf(
  kind: MatchKind,
  subject: Pick<PartyOfIntroduction, 'type'>,
  item: MatchItem,
  language: Language,
  computedAt: string,
): Suggestion {
  const features = item.features ?? {};
  return {
    kind,
    rank: item.rank,
    score: item.score,
    reasons: item.reasons,
    missing: item.missing,
    features,
    featuresDigest: digestOf(features),
    weightsDigest: digestOf(weightTables[taskOf(kind, subject, item.candidate)]),
    language,
    computedAt,
  };
}

/** The question that the engine would answer about two parties that an adviser puts together; undefined for two needs. */
export function kindForPair(subject: Party, counterpart: Party): MatchKind | undefined {
  if (subject.type === 'need') return counterpart.type === 'member' ? 'suppliers' : undefined;
  if (counterpart.type === 'need') return 'customers';
  const [one, other] = [subject.doc.kind, counterpart.doc.kind];
  if (other === 'investor' && raisingKinds.includes(one)) return 'investors';
  if (one === 'investor' && raisingKinds.includes(other)) return 'startups';
  if (supplierKinds.includes(one) && publicBodyKinds.includes(other)) return 'customers';
  return 'partners';
}
