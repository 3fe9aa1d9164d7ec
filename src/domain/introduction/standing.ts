/** Whether sentences that reasons quote still stand where they were read; the reasons themselves stay as they were. */
import type { Facet } from '../facet.ts';
import type { Quotation } from '../match/explain.ts';
import { sides, type Introduction, type Side } from './introduction.ts';

export interface OutdatedQuotation {
  /** Index into the reasons of the suggestion. */
  reason: number;
  /** Whose sentence it was. */
  side: Side;
  quote: string;
}

/** Entries of a list may have changed places. */
const nameOf = (field: string): string => field.replace(/\[\d+\]$/u, '');

/** `says`: the facets of a side as they are now; undefined once it has been removed, and then nothing is outdated. */
export function outdatedQuotations(
  { suggestion }: Pick<Introduction, 'suggestion'>,
  says: (side: Side) => readonly Facet[] | undefined,
): OutdatedQuotation[] {
  const quotations = (suggestion?.reasons ?? []).flatMap((reason, i) =>
    reason.type === 'fact'
      ? []
      : sides.map((side) => ({ reason: i, side, said: side === 'a' ? reason.subject : reason.candidate })),
  );
  if (quotations.length === 0) return [];
  const now = { a: says('a'), b: says('b') };
  const stands = (side: Side, { field, quote }: Quotation): boolean =>
    now[side]?.some((facet) => facet.text === quote && nameOf(facet.field) === nameOf(field)) ?? true;
  return quotations.flatMap(({ reason, side, said }) =>
    stands(side, said) ? [] : [{ reason, side, quote: said.quote }],
  );
}

/** What may still be shown to the sides: without reasons that quote what does not stand any more. */
export const withStandingReasons = (
  introduction: Introduction,
  outdated: readonly OutdatedQuotation[],
): Introduction => ({
  ...introduction,
  reasonsShown: introduction.reasonsShown.filter((index) => !outdated.some(({ reason }) => reason === index)),
});
