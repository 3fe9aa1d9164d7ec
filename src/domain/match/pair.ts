/** One pair, judged: which gate closes it, or how well it scores. The direction of asking does not change the verdict. */
import { coverageOf, type Answer } from '../coverage/coverage.ts';
import type { Systems } from '../coverage/systems.ts';
import { publicBodyKinds, raisingKinds, supplierKinds, type MemberKind } from '../member.ts';
import { investorGate, partnerGate, supplierGate, type ClosedGate } from './gates.ts';
import type { GramWeights } from './grams.ts';
import { historyOf, precedents, type Precedent, type PreparedEvent } from './history.ts';
import { investorFeatures } from './investor-features.ts';
import type { Mandate } from './mandate.ts';
import { partnerFeatures } from './partner-features.ts';
import type { MemberParty, NeedParty, Party } from './party.ts';
import { scoreOf, type Score } from './score.ts';
import { supplierFeatures } from './supplier-features.ts';
import type { Traits } from './traits.ts';
import { weightTables } from './weights.ts';

export const matchKinds = ['investors', 'startups', 'partners', 'customers', 'suppliers'] as const;
export type MatchKind = (typeof matchKinds)[number];

/**
 * `declined`: a side said no; `rejected`: an adviser did; `working-together`: no introduction is needed any more;
 * `introduced-before`: both had said yes, and nothing came of it. Only the first two close a gate.
 */
export type PairState = 'none' | 'declined' | 'rejected' | 'working-together' | 'introduced-before';

/** What judging needs to know beside the two parties. Everything is a lookup: no I/O, no clock. */
export interface MatchContext {
  gramWeights: GramWeights;
  /** What members connect to, by name. */
  systems: Systems;
  /** YYYY-MM-DD. */
  today: string;
  member(id: string): MemberParty | undefined;
  /** What a member funded or delivered before. */
  eventsOf(memberId: string): readonly PreparedEvent[];
  /** What has become of a pair so far, whichever of the two asks. */
  pairState(oneId: string, otherId: string): PairState;
  traits(party: MemberParty): Traits;
  mandate(party: MemberParty): Mandate;
}

/** Who may ask for which matches, and who can then be found. */
export const matchSubjects: Readonly<Record<MatchKind, { type: Party['type']; kinds: readonly MemberKind[] | 'any' }>> =
  {
    investors: { type: 'member', kinds: raisingKinds },
    startups: { type: 'member', kinds: ['investor'] },
    partners: { type: 'member', kinds: 'any' },
    customers: { type: 'member', kinds: supplierKinds },
    suppliers: { type: 'need', kinds: 'any' },
  };

export function canBeCandidate(kind: MatchKind, candidate: Party): boolean {
  if (candidate.type === 'need') return kind === 'customers';
  const is = candidate.doc.kind;
  switch (kind) {
    case 'investors':
      return is === 'investor';
    case 'startups':
      return raisingKinds.includes(is);
    case 'partners':
      return is !== 'investor';
    case 'customers':
      return publicBodyKinds.includes(is);
    case 'suppliers':
      return supplierKinds.includes(is);
  }
}

/** The two sides in the order the features know, with the task that judges them. */
export type Roles =
  | { task: 'investor_for_startup'; company: MemberParty; investor: MemberParty; swapped: boolean }
  | { task: 'supplier_for_need'; need: NeedParty; supplier: MemberParty; swapped: boolean }
  | { task: 'partner_for_member'; one: MemberParty; other: MemberParty; swapped: boolean };

export function rolesOf(subject: Party, candidate: Party, kind: MatchKind): Roles {
  if (subject.type === 'need')
    return { task: 'supplier_for_need', need: subject, supplier: candidate as MemberParty, swapped: false };
  if (candidate.type === 'need')
    return { task: 'supplier_for_need', need: candidate, supplier: subject, swapped: true };
  if (kind === 'investors')
    return { task: 'investor_for_startup', company: subject, investor: candidate, swapped: false };
  if (kind === 'startups')
    return { task: 'investor_for_startup', company: candidate, investor: subject, swapped: true };
  return { task: 'partner_for_member', one: subject, other: candidate, swapped: false };
}

export interface Judged extends Score {
  features: Readonly<Record<string, number>>;
}
export type Verdict = { closed: ClosedGate } | { judged: Judged };

export function judge(kind: MatchKind, subject: Party, candidate: Party, context: MatchContext): Verdict {
  const closed = gateFor(kind, subject, candidate, context);
  return closed === undefined ? { judged: judgeOpen(kind, subject, candidate, context) } : { closed };
}

/** The first gate that closes the pair; undefined when all are open. Cheap beside judging: a few microseconds. */
export function gateFor(
  kind: MatchKind,
  subject: Party,
  candidate: Party,
  context: MatchContext,
): ClosedGate | undefined {
  return withHistory(context.pairState(subject.id, candidate.id), () => gateOfRoles(kind, subject, candidate, context));
}

function gateOfRoles(kind: MatchKind, subject: Party, candidate: Party, context: MatchContext): ClosedGate | undefined {
  const roles = rolesOf(subject, candidate, kind);
  switch (roles.task) {
    case 'investor_for_startup': {
      const portfolio = (roles.investor.doc.portfolio ?? []).flatMap((id) => context.member(id)?.doc ?? []);
      return investorGate(
        roles.company,
        context.traits(roles.company),
        roles.investor,
        context.mandate(roles.investor),
        portfolio,
      );
    }
    case 'supplier_for_need':
      return supplierGate(roles.need, roles.supplier, context.today);
    case 'partner_for_member':
      return partnerGate(roles.one, roles.other, (memberKind) =>
        kind === 'customers' ? publicBodyKinds.includes(memberKind) : memberKind !== 'investor',
      );
  }
}

/**
 * The first closed gate between two members who would sit down together. Which kinds a list of matches holds closes
 * nothing here: an investor may meet a research group.
 */
export function meetingGate(one: MemberParty, other: MemberParty, context: MatchContext): ClosedGate | undefined {
  if (other.doc.kind === 'investor' && raisingKinds.includes(one.doc.kind))
    return gateFor('investors', one, other, context);
  if (one.doc.kind === 'investor' && raisingKinds.includes(other.doc.kind))
    return gateFor('startups', one, other, context);
  return withHistory(context.pairState(one.id, other.id), () => partnerGate(one, other, () => true));
}

/** A side's no comes before every other gate; an adviser's, which may be opened again, hides none that binds. */
function withHistory(state: PairState, gate: () => ClosedGate | undefined): ClosedGate | undefined {
  if (state === 'declined') return { code: 'declined', fields: [] };
  return gate() ?? (state === 'rejected' ? { code: 'rejected', fields: [] } : undefined);
}

/** The score of a pair whose gates are open. */
export function judgeOpen(kind: MatchKind, subject: Party, candidate: Party, context: MatchContext): Judged {
  const roles = rolesOf(subject, candidate, kind);
  switch (roles.task) {
    case 'investor_for_startup': {
      const { company, investor, swapped } = roles;
      const pair = { company, investor, traits: context.traits(company), mandate: context.mandate(investor) };
      const features = {
        ...investorFeatures(pair, context.gramWeights),
        history: historyOf(precedentsOf(roles, context)),
      };
      return { ...turned(scoreOf(features, weightTables.investor_for_startup), swapped), features };
    }
    case 'supplier_for_need': {
      const owner = context.member(roles.need.doc.ownerId)?.doc;
      const features = {
        ...supplierFeatures(roles.need, roles.supplier, owner, context.gramWeights, mustsOf(roles, context)),
        history: historyOf(precedentsOf(roles, context)),
      };
      return { ...turned(scoreOf(features, weightTables.supplier_for_need), roles.swapped), features };
    }
    case 'partner_for_member': {
      const features = partnerFeatures(roles.one, roles.other, context.gramWeights);
      return { ...scoreOf(features, weightTables.partner_for_member), features };
    }
  }
}

/** How the supplier answers each must-have, by the judgement that bundles and lists share. */
export const mustsOf = (
  { need, supplier }: Extract<Roles, { task: 'supplier_for_need' }>,
  { systems, gramWeights }: MatchContext,
): Answer[] => coverageOf(need, supplier, systems, gramWeights);

/** Past rounds of the investor, or awards of the supplier, that were like this case; weightiest first. */
export function precedentsOf(roles: Roles, context: MatchContext): Precedent[] {
  if (roles.task === 'partner_for_member') return [];
  const [asker, answerer] =
    roles.task === 'investor_for_startup' ? [roles.company, roles.investor] : [roles.need, roles.supplier];
  const events = context.eventsOf(answerer.id);
  return events.length === 0 ? [] : precedents(asker, events, context.today, context.gramWeights);
}

const turned = (score: Score, swapped: boolean): Score =>
  swapped ? { ...score, parts: { ...score.parts, forward: score.parts.back, back: score.parts.forward } } : score;
