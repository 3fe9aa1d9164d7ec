/** What a pair could be judged better by, if it were filled in. */
import type { Language, Member } from '../member.ts';
import { fieldLabel } from './labels.ts';
import { mustsOf, rolesOf, type MatchContext, type MatchKind } from './pair.ts';
import type { Party } from './party.ts';

export interface Missing {
  side: 'subject' | 'candidate';
  field: string;
  label: string;
}

/** Fields that would let the pair be judged better and are not filled in. */
export function missingFor(
  kind: MatchKind,
  subject: Party,
  candidate: Party,
  context: MatchContext,
  lang: Language,
): Missing[] {
  const roles = rolesOf(subject, candidate, kind);
  const firstSide = roles.swapped ? 'candidate' : 'subject';
  const secondSide = roles.swapped ? 'subject' : 'candidate';
  const absent = (side: Missing['side'], doc: object, fields: readonly string[]): Missing[] =>
    fields
      .filter((field) => {
        const value = (doc as Record<string, unknown>)[field];
        return value === undefined || (Array.isArray(value) && value.length === 0);
      })
      .map((field) => ({ side, field, label: fieldLabel(field, lang) }));
  switch (roles.task) {
    case 'investor_for_startup': {
      const mandate = context.mandate(roles.investor);
      const wanted: (keyof Member)[] = ['fundingStage', 'raisingNok', 'county', 'summary', 'offers'];
      if (mandate.revenueMinNok !== undefined || mandate.wantsProfit !== undefined) wanted.push('revenueNok');
      if (mandate.demandsCeMark !== undefined) wanted.push('certifications');
      return [
        ...absent(firstSide, roles.company.doc, wanted),
        ...absent(secondSide, roles.investor.doc, ['stages', 'ticketMinNok', 'ticketMaxNok', 'geographies', 'thesis']),
      ];
    }
    case 'supplier_for_need': {
      const asksCertificate = mustsOf(roles, context).some(({ cell }) => cell.certificate !== undefined);
      return [
        ...absent(firstSide, roles.need.doc, ['mustHave', 'deadline']),
        ...absent(secondSide, roles.supplier.doc, [
          'offers',
          'summary',
          'customers',
          'phase',
          ...(asksCertificate ? ['certifications'] : []),
        ]),
      ];
    }
    case 'partner_for_member':
      return [
        ...absent(firstSide, roles.one.doc, ['offers', 'seeks', 'summary']),
        ...absent(secondSide, roles.other.doc, ['offers', 'seeks', 'summary']),
      ];
  }
}
