/** Bundles of complementary suppliers for one need: the use-case behind the route and the command. */
import type { Language } from '../domain/member.ts';
import { adviceFor, type AdviceReason } from '../domain/bundle/delivery.ts';
import {
  adviceLabels,
  contractLabels,
  deliveryLabels,
  linkLabels,
  outcomeLabel,
  outcomeLabels,
  stateLabels,
} from '../domain/bundle/labels.ts';
import type { CoverageCell } from '../domain/coverage/coverage.ts';
import {
  proposeBundles,
  type Bundle,
  type BundleMember,
  type Outcome,
  type Proposal,
} from '../domain/bundle/propose.ts';
import { round, type Quotation } from '../domain/match/explain.ts';
import type { MemberParty, NeedParty } from '../domain/match/party.ts';
import { Problem } from '../domain/problem.ts';
import type { Catalog } from './catalog.ts';
import { createSystems, suppliersFor } from './need-coverage.ts';
import { refOf, type PartyRef } from './party-ref.ts';
import type { PairStates } from './pair-states.ts';
import type { Clock } from './ports.ts';

export interface CoverageItem {
  /** Zero-based index into `mustHave`. */
  index: number;
  coverage: CoverageCell['state'];
  label: string;
  degree: number;
  certificate?: NonNullable<CoverageCell['certificate']>;
  evidence?: Quotation;
}

export interface BundleMemberItem {
  member: PartyRef;
  covers: number[];
  partly: number[];
  /** Must-haves that it alone brings. */
  brings: number[];
  /** One a must-have, in order. */
  requirements: CoverageItem[];
}

export interface AdviceItem {
  code: AdviceReason['code'];
  label: string;
  side: AdviceReason['side'];
  id: string;
  field: string;
  value: unknown;
}

export interface BundleItem {
  rank: number;
  members: BundleMemberItem[];
  uncovered: number[];
  links: { members: [string, string]; kind: string; label: string; statedBy: string; field: string; text: string }[];
  delivery: { model: string; label: string; leadId?: string; leadReasons?: AdviceItem[]; reasons: AdviceItem[] };
  contract: { type: string; label: string; reasons: AdviceItem[] };
}

export interface BundleList {
  need: PartyRef;
  outcome: { code: Outcome | 'need-expired'; label: string };
  mustHaves: { index: number; text: string; kind: string }[];
  /** The sentence of the buyer that asks for several parts. */
  severalParts?: Quotation;
  items: BundleItem[];
  /** The supplier that covers most alone. */
  single?: BundleMemberItem;
  computedAt: string;
}

export interface Bundles {
  /** @throws Problem `not-found`. */
  forNeed(needId: string, limit: number, lang: Language): Promise<BundleList>;
}

export interface BundlesDeps {
  catalog: Catalog;
  clock: Clock;
  /** What earlier introductions say about a pair. */
  pairStates?: PairStates;
}

export function createBundles({ catalog, clock, pairStates }: BundlesDeps): Bundles {
  const systemsAt = createSystems(catalog);

  return {
    async forNeed(needId, limit, lang) {
      const [seq] = await Promise.all([catalog.refresh(), pairStates?.refresh()]);
      const need = catalog.need(needId);
      if (need === undefined) throw new Problem('not-found', `There is no need ${needId}.`);
      const now = clock.now();
      const today = now.toISOString().slice(0, 10);
      const common = { need: refOf(need), computedAt: now.toISOString() };
      if (need.doc.deadline !== undefined && need.doc.deadline < today)
        return {
          ...common,
          outcome: { code: 'need-expired', label: outcomeLabels['need-expired'][lang] },
          mustHaves: [],
          items: [],
        };
      const open = suppliersFor(catalog, need, today, pairStates);
      const proposal = proposeBundles(need, open, { gramWeights: catalog.grams, systems: systemsAt(seq) }, limit);
      const owner = catalog.member(need.doc.ownerId)?.doc;
      const { musts } = proposal.matrix;
      return {
        ...common,
        outcome: { code: proposal.outcome, label: outcomeLabel(proposal, lang) },
        mustHaves: musts.map(({ index, text, kind }) => ({ index, text, kind })),
        ...(proposal.wishes.severalParts === undefined ? {} : { severalParts: proposal.wishes.severalParts }),
        items: proposal.bundles.map((bundle, i) => item(bundle, i + 1, need, owner, proposal, lang)),
        ...(proposal.single === undefined ? {} : { single: memberItem(proposal.single, lang) }),
      };
    },
  };
}

function memberItem(member: BundleMember, lang: Language): BundleMemberItem {
  return {
    member: refOf(member.supplier),
    covers: member.covers,
    partly: member.partly,
    brings: member.alone,
    requirements: member.row.cells.map((cell, index) => ({
      index,
      coverage: cell.state,
      label: stateLabels[cell.state][lang],
      degree: round(cell.degree),
      ...(cell.certificate === undefined ? {} : { certificate: cell.certificate }),
      ...(cell.evidence === undefined ? {} : { evidence: cell.evidence }),
    })),
  };
}

function item(
  bundle: Bundle,
  rank: number,
  need: NeedParty,
  owner: MemberParty['doc'] | undefined,
  proposal: Proposal,
  lang: Language,
): BundleItem {
  const { delivery, contract } = adviceFor(need.doc, owner, bundle, proposal.matrix, proposal.wishes);
  const told = (reasons: readonly AdviceReason[]): AdviceItem[] =>
    reasons.map((reason) => ({ ...reason, label: adviceLabels[reason.code][lang] }));
  return {
    rank,
    members: bundle.members.map((member) => memberItem(member, lang)),
    uncovered: bundle.uncovered,
    links: bundle.links.map(({ a, b, link }) => ({
      members: [a.id, b.id],
      kind: link.kind,
      label: linkLabels[link.kind][lang],
      statedBy: link.memberId,
      field: link.field,
      text: link.text,
    })),
    delivery: {
      model: delivery.model,
      label: deliveryLabels[delivery.model][lang],
      ...(delivery.lead === undefined ? {} : { leadId: delivery.lead.id, leadReasons: told(delivery.lead.reasons) }),
      reasons: told(delivery.reasons),
    },
    contract: { type: contract.type, label: contractLabels[contract.type][lang], reasons: told(contract.reasons) },
  };
}
