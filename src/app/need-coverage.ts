/** Who is judged for a need's must-haves, and how: one judgement for bundles and for the lists of matches. */
import { coverageMatrix, type CoverageCell, type CoverageRow } from '../domain/coverage/coverage.ts';
import { systemsOf, type Systems } from '../domain/coverage/systems.ts';
import { round, type Quotation } from '../domain/match/explain.ts';
import { supplierGate } from '../domain/match/gates.ts';
import { labelOf } from '../domain/match/labels.ts';
import { rolesOf, type MatchKind, type PairState } from '../domain/match/pair.ts';
import type { MemberParty, NeedParty, Party } from '../domain/match/party.ts';
import { supplierKinds, type Language } from '../domain/member.ts';
import type { Catalog } from './catalog.ts';
import type { PairStates } from './pair-states.ts';
import { shortlist } from './shortlist.ts';

/** One must-have and what shows that a supplier meets it; `label` says so where nothing does. */
export interface RequirementEvidence {
  index: number;
  requirement: string;
  coverage: CoverageCell['state'];
  degree: number;
  certificate?: NonNullable<CoverageCell['certificate']>;
  evidence?: Quotation;
  label?: string;
}

/** Counts what members connect to, once for each state of the catalog. */
export function createSystems(catalog: Catalog): (seq: number) => Systems {
  let known: { seq: number; systems: Systems } | undefined;
  return (seq) => {
    if (known?.seq !== seq) known = { seq, systems: systemsOf([...catalog.members()].map((member) => member.doc)) };
    return known.systems;
  };
}

/**
 * Every supplier whose gate towards the need is open, by id: the answer must not hang on the order of reading. A part is
 * looked for by itself: its supplier may have nothing to do with the rest. Whoever turned this need down, or was turned
 * down for it, is left out.
 */
export function suppliersFor(
  catalog: Catalog,
  need: NeedParty,
  today: string,
  pairStates: Pick<PairStates, 'pairState'> | undefined,
): MemberParty[] {
  const open = [...catalog.members()].filter(
    (member) =>
      supplierKinds.includes(member.doc.kind) &&
      !isTurnedDown(pairStates?.pairState(need.id, member.id)) &&
      supplierGate(need, member, today) === undefined,
  );
  return [...shortlist(catalog, need, open, ['ask', 'requirement', 'setting'])].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const isTurnedDown = (state: PairState | undefined) => state === 'declined' || state === 'rejected';

export interface EvidenceQuestion {
  kind: MatchKind;
  subject: Party;
  candidates: readonly Party[];
  /** YYYY-MM-DD. */
  today: string;
  systems: Systems;
  lang: Language;
}

/**
 * For every candidate the must-haves of the need that stands on either side; none where neither is a need. A supplier is
 * judged beside the same suppliers as in the bundles of that need. Cost: one matrix a need.
 */
export function requirementEvidence(
  catalog: Catalog,
  pairStates: Pick<PairStates, 'pairState'>,
  { kind, subject, candidates, today, systems, lang }: EvidenceQuestion,
): Map<Party, RequirementEvidence[]> {
  const asked = new Map<NeedParty, { candidate: Party; supplier: MemberParty }[]>();
  for (const candidate of candidates) {
    const roles = rolesOf(subject, candidate, kind);
    if (roles.task !== 'supplier_for_need') continue;
    const pairs = asked.get(roles.need) ?? [];
    asked.set(roles.need, [...pairs, { candidate, supplier: roles.supplier }]);
  }
  const found = new Map<Party, RequirementEvidence[]>(candidates.map((candidate) => [candidate, []]));
  for (const [need, pairs] of asked) {
    const judged = suppliersFor(catalog, need, today, pairStates);
    const rowsAmong = (suppliers: readonly MemberParty[]) =>
      new Map(coverageMatrix(need, suppliers, systems, catalog.grams).rows.map((row) => [row.supplier, row]));
    const rows = rowsAmong(judged);
    // In a large cluster a match may be none of those: it is judged beside them, and changes nothing for them.
    const others = pairs.map(({ supplier }) => supplier).filter((supplier) => !rows.has(supplier));
    const further = others.length === 0 ? rows : rowsAmong([...judged, ...others]);
    for (const { candidate, supplier } of pairs)
      found.set(candidate, evidenceIn(rows.get(supplier) ?? further.get(supplier)!, need, lang));
  }
  return found;
}

const evidenceIn = (row: CoverageRow, need: NeedParty, lang: Language): RequirementEvidence[] =>
  row.cells.map(({ state, degree, certificate, evidence }, index) => ({
    index,
    requirement: need.byRole.requirement[index]!.text,
    coverage: state,
    degree: round(degree),
    ...(certificate === undefined ? {} : { certificate }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(state === 'not' ? { label: labelOf('no-evidence', lang) } : {}),
  }));
