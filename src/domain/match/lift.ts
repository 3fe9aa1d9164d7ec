/** "What would lift this match": changes of single facts, each tried on the pair; only those that truly lift it are told. */
import type { Language, Member } from '../member.ts';
import { certificatesNamed, certificateState } from './certificates.ts';
import { fieldLabel } from './labels.ts';
import { judge, rolesOf, type MatchContext, type MatchKind } from './pair.ts';
import type { MemberParty, Party } from './party.ts';

export interface Lift {
  side: 'subject' | 'candidate';
  field: string;
  label: string;
  /** The value that was tried. */
  value: unknown;
  /** Score before and after, 0-1; null where a gate is closed. */
  before: number | null;
  after: number | null;
}

interface Edit {
  party: MemberParty;
  field: keyof Member;
  value: unknown;
}

/** A change of one fact is not worth telling for less. */
const smallestLift = 0.02;

/** `floor`: the score from which a pair is listed. A change that opens a gate must reach it. */
export function liftsFor(
  kind: MatchKind,
  subject: Party,
  candidate: Party,
  context: MatchContext,
  lang: Language,
  floor: number,
): Lift[] {
  const score = (s: Party, c: Party): number | null => {
    const verdict = judge(kind, s, c, context);
    return 'closed' in verdict ? null : verdict.judged.score;
  };
  const before = score(subject, candidate);
  return editsFor(kind, subject, candidate, context)
    .map((edit): Lift & { isReplaced: boolean } => {
      const edited = { ...edit.party, doc: { ...edit.party.doc, [edit.field]: edit.value } };
      const isSubject = edit.party === subject;
      return {
        side: isSubject ? 'subject' : 'candidate',
        field: edit.field,
        label: fieldLabel(edit.field, lang),
        value: edit.value,
        before,
        // An amount that stands there is only questioned where it closes the pair.
        isReplaced: edit.field === 'raisingNok' && edit.party.doc.raisingNok !== undefined,
        after: isSubject ? score(edited, candidate) : score(subject, edited),
      };
    })
    .filter(
      ({ after, isReplaced }) =>
        after !== null &&
        (before === null
          ? after >= floor
          : !isReplaced && ((before < floor && after >= floor) || after >= before + smallestLift)),
    )
    .map(({ side, field, label, value, after }): Lift => ({ side, field, label, value, before, after }))
    .sort((a, b) => (b.after ?? 0) - (a.after ?? 0) || (a.field < b.field ? -1 : 1));
}

/** Facts that are missing, or that a gate or a demand turns on, with a value that would suit the other side. */
function editsFor(kind: MatchKind, subject: Party, candidate: Party, context: MatchContext): Edit[] {
  const roles = rolesOf(subject, candidate, kind);
  if (roles.task === 'investor_for_startup') {
    const { company, investor } = roles;
    const i = investor.doc;
    const mandate = context.mandate(investor);
    const edits: Edit[] = [];
    if (company.doc.fundingStage === undefined && i.stages?.[0] !== undefined)
      edits.push({ party: company, field: 'fundingStage', value: i.stages[0] });
    const roundNok = Math.max(mandate.roundMinNok?.value ?? 0, (i.ticketMinNok ?? i.ticketMaxNok ?? 0) * 2);
    if (roundNok > 0 && (company.doc.raisingNok === undefined || (i.ticketMinNok ?? 0) > company.doc.raisingNok))
      edits.push({ party: company, field: 'raisingNok', value: roundNok });
    if (mandate.revenueMinNok !== undefined && company.doc.revenueNok === undefined)
      edits.push({ party: company, field: 'revenueNok', value: mandate.revenueMinNok.value });
    if (mandate.demandsCeMark !== undefined && context.traits(company).hasCeMark !== true)
      edits.push({ party: company, field: 'certifications', value: [...(company.doc.certifications ?? []), 'CE'] });
    if (company.doc.fundingStage !== undefined && !i.stages?.length)
      edits.push({ party: investor, field: 'stages', value: [company.doc.fundingStage] });
    if (i.matching?.openForDeals === undefined && mandate.closed !== undefined)
      edits.push({ party: investor, field: 'matching', value: { ...i.matching, openForDeals: true } });
    return edits;
  }
  if (roles.task === 'supplier_for_need') {
    const supplier = roles.supplier;
    const wanted = (roles.need.doc.mustHave ?? []).flatMap((text) =>
      certificatesNamed(text).filter(
        (demand) => certificateState(demand, supplier.doc.certifications).state !== 'shown',
      ),
    );
    const names = [
      ...new Set(
        wanted.map((demand) =>
          demand.classMin === undefined
            ? demand.name
            : `${demand.name} MDR class ${['I', 'IIa', 'IIb', 'III'][demand.classMin]}`,
        ),
      ),
    ];
    const sectors = (roles.need.doc.sectors ?? []).filter(
      (sector) => !(supplier.doc.sectors ?? []).some((own) => own.toLowerCase() === sector.toLowerCase()),
    );
    return [
      ...names.map((name): Edit => ({
        party: supplier,
        field: 'certifications',
        value: [...(supplier.doc.certifications ?? []), name],
      })),
      ...(sectors.length > 0 && supplier.doc.sectors === undefined
        ? [{ party: supplier, field: 'sectors' as const, value: sectors }]
        : []),
    ];
  }
  return [];
}
