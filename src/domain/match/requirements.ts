/** Each must-have of a need against what one supplier shows. */
import type { Member } from '../member.ts';
import { certificatesNamed, certificateState, type CertificateDemand } from './certificates.ts';
import { gramsOf, type GramWeights } from './grams.ts';
import type { MemberParty, PreparedFacet } from './party.ts';
import { bestPairs } from './similarity.ts';

export interface RequirementMatch {
  /** Zero-based index into mustHave (or niceToHave). */
  index: number;
  /** 0-1: how well it is met. */
  degree: number;
  /** The certificate part, where the requirement names one. */
  certificate: 'shown' | 'pending' | 'missing' | undefined;
}

/** Where similarity stops being chance (0) and where it is as good as said (1): read off random and matching pairs. */
const noise = 0.25;
const certain = 0.7;
const calibrated = (similarity: number): number => Math.max(0, Math.min(1, (similarity - noise) / (certain - noise)));

/** Facets that can answer a requirement: offers, sentences of the summary, and integrations by word. */
export const evidenceOf = (supplier: MemberParty): readonly PreparedFacet[] => [
  ...supplier.byRole.offer,
  ...supplier.byRole.about,
];

const integrationsKnown = new WeakMap<Member, Uint32Array[]>();
function integrationGrams({ doc }: MemberParty): Uint32Array[] {
  let grams = integrationsKnown.get(doc);
  if (grams === undefined) integrationsKnown.set(doc, (grams = (doc.integrations ?? []).map((text) => gramsOf(text))));
  return grams;
}

const demandsKnown = new WeakMap<PreparedFacet, CertificateDemand[]>();
function demandsOf(requirement: PreparedFacet): CertificateDemand[] {
  let demands = demandsKnown.get(requirement);
  if (demands === undefined) demandsKnown.set(requirement, (demands = certificatesNamed(requirement.text)));
  return demands;
}

export function requirementMatches(
  requirements: readonly PreparedFacet[],
  supplier: MemberParty,
  weights: GramWeights,
): RequirementMatch[] {
  const evidence = evidenceOf(supplier);
  const integrations = integrationGrams(supplier);
  return requirements.map((facet, index) => {
    let degree = calibrated(bestPairs([facet], evidence, weights)[0]?.similarity ?? 0);
    const integrated = integrations.some(
      (grams) => grams.length > 0 && grams.every((gram) => facet.grams.includes(gram)),
    );
    if (integrated) degree = Math.max(degree, 0.6);
    const demands = demandsOf(facet);
    if (demands.length === 0) return { index, degree, certificate: undefined };
    const states = demands.map((demand) => certificateState(demand, supplier.doc.certifications).state);
    const worst = states.includes('missing') ? 'missing' : states.includes('pending') ? 'pending' : 'shown';
    // A requirement that is little more than the certificate's name is decided by the certificate alone.
    const isBare = facet.text.length < 40;
    const shown = worst === 'shown' ? 1 : worst === 'pending' ? 0.4 : 0;
    return { index, degree: isBare ? shown : 0.5 * degree + 0.5 * shown, certificate: worst };
  });
}
