/**
 * How several parts can be delivered and under which form of contract. The rule is the cluster's own: customer
 * integration suits a buyer with procurement and IT competence and standard parts, a prime contractor suits strong
 * system dependence; an uncertain need whose parts depend on each other calls for a relational contract, a clear and
 * specifiable one for a standard contract. Every advice carries the facts that decided it.
 */
import type { Member } from '../member.ts';
import type { Need } from '../need.ts';
import type { Bundle } from './propose.ts';
import type { CoverageMatrix } from '../coverage/coverage.ts';
import type { Wishes } from './wishes.ts';

export type DeliveryModel = 'customer-integration' | 'prime-contractor';
export type ContractType = 'relational' | 'standard';

export type AdviceCode =
  | 'asks-one-party'
  | 'parts-connect'
  | 'early-route'
  | 'clear-route'
  | 'early-products'
  | 'standard-products'
  | 'buyer-can-integrate'
  | 'buyer-cannot-integrate'
  | 'asks-relational'
  | 'nothing-uncertain'
  | 'nothing-connects'
  | 'lead-integrates'
  | 'lead-certificate'
  | 'lead-security'
  | 'lead-size'
  | 'lead-covers';

/** A fact that counted: whose, which field, and what stands there. */
export interface AdviceReason {
  code: AdviceCode;
  side: 'need' | 'owner' | 'member';
  id: string;
  field: string;
  value: unknown;
}

export interface Advice {
  delivery: {
    model: DeliveryModel;
    /** Who could lead, and why that one; only for a prime contractor. */
    lead: { id: string; reasons: AdviceReason[] } | undefined;
    reasons: AdviceReason[];
  };
  contract: { type: ContractType; reasons: AdviceReason[] };
}

const uncertainRoutes = new Set(['market-dialogue', 'pilot', 'innovation-partnership', 'pre-commercial']);
const competence = /anskaffels|innkjøp|procure|purchas|\bIKT\b|\bIT\b|arkitekt|architect|integra/iu;

export function adviceFor(
  need: Need,
  owner: Member | undefined,
  bundle: Bundle,
  matrix: CoverageMatrix,
  wishes: Wishes,
): Advice {
  const dependence = dependenceReasons(need, matrix, wishes);
  const early = bundle.members.flatMap(({ supplier: { doc } }) => earlyReason(doc));
  const able = owner === undefined ? undefined : competenceReason(owner);
  const customerIntegrates = dependence.length === 0 && able !== undefined && early.length === 0;
  return {
    delivery: customerIntegrates
      ? { model: 'customer-integration', lead: undefined, reasons: [able, ...standardReasons(bundle)] }
      : {
          model: 'prime-contractor',
          lead: leadOf(bundle, matrix),
          reasons: [
            ...dependence,
            ...early,
            ...(able === undefined
              ? [reason('buyer-cannot-integrate', 'owner', need.ownerId, 'offers', owner?.offers ?? null)]
              : []),
          ],
        },
    contract: contractFor(need, dependence, early, bundle, wishes),
  };
}

const reason = (
  code: AdviceCode,
  side: AdviceReason['side'],
  id: string,
  field: string,
  value: unknown,
): AdviceReason => ({ code, side, id, field, value });

/** Facts that say the parts depend on each other. */
function dependenceReasons(need: Need, matrix: CoverageMatrix, wishes: Wishes): AdviceReason[] {
  const connecting = matrix.musts
    .filter((must) => must.kind === 'integration' || must.kind === 'lead')
    .map((must) => reason('parts-connect', 'need', need.id, `mustHave[${must.index}]`, must.text));
  const asked = wishes.oneResponsible;
  return asked === undefined
    ? connecting
    : [reason('asks-one-party', 'need', need.id, asked.field, asked.quote), ...connecting];
}

const earlyReason = (member: Member): AdviceReason[] =>
  member.phase === 'development' || member.phase === 'testing'
    ? [reason('early-products', 'member', member.id, 'phase', member.phase)]
    : [];

const standardReasons = (bundle: Bundle): AdviceReason[] =>
  bundle.members.flatMap(({ supplier: { doc } }) =>
    doc.phase === undefined ? [] : [reason('standard-products', 'member', doc.id, 'phase', doc.phase)],
  );

/** Where the owner says that it can buy and connect by itself; hospitals run their own IT. */
function competenceReason(owner: Member): AdviceReason | undefined {
  if (owner.kind === 'hospital' || owner.kind === 'intermunicipal')
    return reason('buyer-can-integrate', 'owner', owner.id, 'kind', owner.kind);
  const lines = [
    ...(owner.offers ?? []).map((text, i) => [`offers[${i}]`, text] as const),
    ['summary', owner.summary ?? ''] as const,
  ];
  const found = lines.find(([, text]) => competence.test(text));
  return found === undefined ? undefined : reason('buyer-can-integrate', 'owner', owner.id, found[0], found[1]);
}

function contractFor(
  need: Need,
  dependence: readonly AdviceReason[],
  early: readonly AdviceReason[],
  bundle: Bundle,
  wishes: Wishes,
): Advice['contract'] {
  const asked = wishes.relationalContract;
  if (asked !== undefined)
    return { type: 'relational', reasons: [reason('asks-relational', 'need', need.id, asked.field, asked.quote)] };
  const route = need.procurementRoute;
  const uncertain = [
    ...(route !== undefined && uncertainRoutes.has(route)
      ? [reason('early-route', 'need', need.id, 'procurementRoute', route)]
      : []),
    ...early,
  ];
  if (uncertain.length > 0 && dependence.length > 0)
    return { type: 'relational', reasons: [...uncertain, ...dependence] };
  const clear =
    route !== undefined && !uncertainRoutes.has(route)
      ? [reason('clear-route', 'need', need.id, 'procurementRoute', route)]
      : [];
  const reasons = [...clear, ...(early.length === 0 ? standardReasons(bundle) : [])];
  if (reasons.length > 0) return { type: 'standard', reasons };
  return {
    type: 'standard',
    reasons: [
      uncertain.length === 0
        ? reason('nothing-uncertain', 'need', need.id, 'procurementRoute', route ?? null)
        : reason('nothing-connects', 'need', need.id, 'mustHave', need.mustHave ?? null),
    ],
  };
}

const leadingKinds: readonly Member['kind'][] = ['lighthouse', 'integrator'];
const security = /ISO\s*\/?(IEC)?\s*27001/iu;

/**
 * Whoever lacks the fewest certificates that the need demands; of these an integrator, else a lighthouse; then whoever has
 * a certificate for security; then the largest; then who covers most.
 */
function leadOf({ members }: Bundle, { musts }: CoverageMatrix): Advice['delivery']['lead'] {
  const certificates = musts.filter(({ kind }) => kind === 'certificate');
  const judged = members.map((member) => {
    const { doc } = member.supplier;
    const lacking = certificates.filter(({ index }) => member.row.cells[index]!.certificate === 'missing');
    const secure = (doc.certifications ?? []).find((text) => security.test(text));
    return {
      member,
      doc,
      secure,
      order: [
        -lacking.length,
        leadingKinds.indexOf(doc.kind),
        secure === undefined ? 0 : 1,
        doc.employees ?? 0,
        member.covers.length,
      ],
    };
  });
  const largest = Math.max(...judged.map(({ doc }) => doc.employees ?? 0));
  const [first] = judged.sort(
    (a, b) =>
      b.order.map((value, i) => value - a.order[i]!).find((difference) => difference !== 0) ??
      (a.doc.id < b.doc.id ? -1 : 1),
  );
  if (first === undefined) return undefined;
  const { doc, member, secure } = first;
  const told = (code: AdviceCode, field: string, value: unknown) => reason(code, 'member', doc.id, field, value);
  const reasons = [
    ...(leadingKinds.includes(doc.kind) ? [told('lead-integrates', 'kind', doc.kind)] : []),
    ...certificates
      .filter(({ index }) => member.row.cells[index]!.certificate === 'shown')
      .map(({ text }) => told('lead-certificate', 'certifications', text)),
    ...(secure === undefined ? [] : [told('lead-security', 'certifications', secure)]),
    ...(doc.employees !== undefined && doc.employees === largest
      ? [told('lead-size', 'employees', doc.employees)]
      : []),
  ];
  return {
    id: doc.id,
    reasons:
      reasons.length > 0
        ? reasons
        : [
            reason(
              'lead-covers',
              'member',
              doc.id,
              'offers',
              member.covers.map((index) => musts[index]!.text),
            ),
          ],
  };
}
