/** The coverage matrix: every must-have of a need against every supplier, with the words that show it. */
import type { Member } from '../member.ts';
import { certificateState, type CertificateState } from '../match/certificates.ts';
import type { Quotation } from '../match/explain.ts';
import type { GramWeights } from '../match/grams.ts';
import type { MemberParty, NeedParty, PreparedFacet } from '../match/party.ts';
import { coverageFeatures, evidenceOf } from './coverage-features.ts';
import { coverageDegree } from './coverage-weights.ts';
import { languagesIn, mustHave, type MustHave } from './must-have.ts';
import { connectionTo, sellsIntegration, type Systems } from './systems.ts';

export type CoverageState = 'covered' | 'partly' | 'not';

export interface CoverageCell {
  state: CoverageState;
  /** 0-1: the chance that the supplier delivers it; 1, a third or 0 where a field decides. */
  degree: number;
  /** What shows it; absent where nothing does. */
  evidence: Quotation | undefined;
  /** Where the must-have names a certificate. */
  certificate: CertificateState | undefined;
}

export interface CoverageRow {
  supplier: MemberParty;
  /** One a must-have, in order. */
  cells: CoverageCell[];
}

export interface CoverageMatrix {
  musts: MustHave[];
  rows: CoverageRow[];
}

/** From here a supplier is taken to deliver it, and from here something speaks for it without being enough. */
export const coveredFrom = 0.43;
export const partlyFrom = 0.15;

const stateOf = (degree: number): CoverageState =>
  degree >= coveredFrom ? 'covered' : degree >= partlyFrom ? 'partly' : 'not';

const decidedDegree: Readonly<Record<CoverageState, number>> = { covered: 1, partly: 0.35, not: 0 };
/** A cell that a field or a plain word decides. */
const decided = (
  state: CoverageState,
  evidence: Quotation | undefined,
  certificate?: CertificateState,
): CoverageCell => ({ state, degree: decidedDegree[state], evidence, certificate });

const quoteFacet = (facet: PreparedFacet | undefined): Quotation | undefined =>
  facet === undefined ? undefined : { field: facet.field, start: facet.start, end: facet.end, quote: facet.text };

/** The first entry of a list field that passes, whole. */
function quoteEntry(member: Member, field: 'certifications' | 'integrations', passes: (text: string) => boolean) {
  const index = (member[field] ?? []).findIndex(passes);
  if (index < 0) return undefined;
  const text = member[field]![index]!;
  return { field: `${field}[${index}]`, start: 0, end: text.length, quote: text };
}

const sentenceWith = (supplier: MemberParty, passes: (text: string) => boolean): Quotation | undefined =>
  quoteFacet(evidenceOf(supplier).find((facet) => passes(facet.text)));

const readKnown = new WeakMap<Systems, WeakMap<PreparedFacet, MustHave>>();

/** Each must-have is read once for each state of the catalog: a list judges it beside every supplier. */
function mustHavesOf(need: NeedParty, systems: Systems): MustHave[] {
  let known = readKnown.get(systems);
  if (known === undefined) readKnown.set(systems, (known = new WeakMap()));
  return need.byRole.requirement.map((facet, index) => {
    const read = known.get(facet);
    if (read?.index === index) return read;
    const must = mustHave(facet.text, index, systems.has);
    known.set(facet, must);
    return must;
  });
}

/** One must-have and how one supplier answers it. */
export interface Answer {
  must: MustHave;
  cell: CoverageCell;
}

/** One supplier by itself, beside what an ordinary cluster has: the same whoever else is there. */
export function coverageOf(need: NeedParty, supplier: MemberParty, systems: Systems, weights: GramWeights): Answer[] {
  const { musts, rows } = coverageMatrix(need, [supplier], systems, weights);
  return musts.map((must, i) => ({ must, cell: rows[0]!.cells[i]! }));
}

/** Cost: must-haves x suppliers x sentences. */
export function coverageMatrix(
  need: NeedParty,
  suppliers: readonly MemberParty[],
  systems: Systems,
  weights: GramWeights,
): CoverageMatrix {
  const musts = mustHavesOf(need, systems);
  const rows: CoverageRow[] = suppliers.map((supplier) => ({ supplier, cells: [] }));
  for (const must of musts) {
    const column = columnOf(need, must, suppliers, systems, weights);
    rows.forEach((row, i) => row.cells.push(column[i]!));
  }
  return { musts, rows };
}

function columnOf(
  need: NeedParty,
  must: MustHave,
  suppliers: readonly MemberParty[],
  systems: Systems,
  weights: GramWeights,
): CoverageCell[] {
  if (must.kind === 'certificate') return suppliers.map(({ doc }) => certificateCell(must, doc));
  if (must.kind === 'language') return suppliers.map((supplier) => languageCell(must, supplier));
  if (must.kind === 'lead') return suppliers.map((supplier) => leadCell(supplier));
  const told = coverageFeatures(need, must, suppliers, weights).map(({ features, best, isSaid }): CoverageCell => {
    const degree = isSaid ? Math.max(coveredFrom, coverageDegree(features)) : coverageDegree(features);
    const state = stateOf(degree);
    return { state, degree, evidence: state === 'not' ? undefined : quoteFacet(best), certificate: undefined };
  });
  if (must.kind === 'integration')
    return suppliers.map((supplier, i) => integrationCell(must, supplier, systems, told[i]!));
  return suppliers.map(({ doc }, i) => withCertificate(must, doc, told[i]!));
}

/** The certificates of a must-have at one member: the worst of those asked for, or the best where one is enough. */
function certificateOf(must: MustHave, member: Member): { state: CertificateState; index: number | undefined } {
  const order: readonly CertificateState[] = ['missing', 'pending', 'shown'];
  const found = must.certificates
    .map((demand) => certificateState(demand, member.certifications))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return found.at(must.anyCertificate ? -1 : 0)!;
}

const coverageBy: Readonly<Record<CertificateState, CoverageState>> = {
  shown: 'covered',
  pending: 'partly',
  missing: 'not',
};
function certificateCell(must: MustHave, member: Member): CoverageCell {
  const { state, index } = certificateOf(must, member);
  const evidence = quoteEntry(member, 'certifications', (text) => text === member.certifications?.[index ?? -1]);
  return decided(coverageBy[state], evidence, state);
}

/** A thing that needs a certificate is covered in full only with the certificate. */
function withCertificate(must: MustHave, member: Member, told: CoverageCell): CoverageCell {
  if (must.certificates.length === 0) return told;
  const { state: certificate } = certificateOf(must, member);
  return { ...told, certificate, state: told.state === 'covered' && certificate !== 'shown' ? 'partly' : told.state };
}

function languageCell(must: MustHave, supplier: MemberParty): CoverageCell {
  const wanted = must.languages;
  const said = (text: string) => wanted.filter((language) => languagesIn(text).includes(language)).length;
  const evidence = sentenceWith(supplier, (text) => said(text) > 0);
  const total = said(
    evidenceOf(supplier)
      .map((facet) => facet.text)
      .join('\n'),
  );
  const writesIt = supplier.doc.language !== undefined && wanted.includes(supplier.doc.language);
  const all = wanted.length > 0 && total === wanted.length;
  return decided(all ? 'covered' : total > 0 || writesIt ? 'partly' : 'not', evidence);
}

const leads =
  /totalkontra(kt|ktør)|totalleverand|totalentrepr|systemintegrator|hovedleverand|hovudleverand|prime contract|(main|general|total) contractor/iu;

function leadCell(supplier: MemberParty): CoverageCell {
  const evidence = sentenceWith(supplier, (text) => leads.test(text));
  if (evidence !== undefined) return decided('covered', evidence);
  return decided(supplier.doc.kind === 'integrator' ? 'partly' : 'not', undefined);
}

const open = /åpn|opn|\bopen|standard/iu;

/**
 * A named system is met by connecting to it: the rarest name counts, because FHIR alone reaches nobody in particular.
 * Open interfaces are met by any connection in place. Words alone are enough only from those who sell integration.
 */
function integrationCell(must: MustHave, supplier: MemberParty, systems: Systems, told: CoverageCell): CoverageCell {
  const named = systems.in(must.text);
  const wanted = /\/|\beller\b|\bor\b/iu.test(must.text) ? named : named.slice(0, 1);
  const connections = wanted.map((name) => connectionTo(name, supplier.doc));
  const names = (text: string) => wanted.some((name) => text.toLowerCase().includes(name));
  if (connections.includes('connected')) return decided('covered', quoteEntry(supplier.doc, 'integrations', names));
  if (sellsIntegration(supplier) && told.state === 'covered') return told;
  if (connections.includes('planned')) return decided('partly', quoteEntry(supplier.doc, 'integrations', names));
  const any = quoteEntry(supplier.doc, 'integrations', () => true);
  if (open.test(must.text) && any !== undefined) return decided('covered', any);
  if (wanted.length > 0) {
    const mentioned = sentenceWith(supplier, names);
    if (mentioned !== undefined) return decided('partly', mentioned);
  }
  return told.state === 'not'
    ? told
    : { ...told, state: 'partly', degree: Math.min(told.degree, decidedDegree.partly) };
}
