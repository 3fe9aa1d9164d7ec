import { supplierKinds, type MemberKind } from './member.ts';
import type { FieldFault } from './problem.ts';

/** A round or an award that came about: what it was for, who was on the other side, and when. */
export interface PastEvent {
  id: string;
  /** The company that was funded or the body that bought; may be unknown here. */
  subjectId: string;
  /** What was funded or bought, in words. */
  text: string;
  /** Who funded or delivered. */
  counterpartIds: string[];
  /** YYYY-MM-DD. */
  date: string;
}

/** What is left of it without that member; undefined where it was about the member, or nobody is left on the other side. */
export function withoutMember(event: PastEvent, memberId: string): PastEvent | undefined {
  if (event.subjectId === memberId) return undefined;
  const counterpartIds = event.counterpartIds.filter((id) => id !== memberId);
  return counterpartIds.length === 0 ? undefined : { ...event, counterpartIds };
}

/** Who funds or delivers: only their past is evidence in a match. */
const counts = (kind: MemberKind | undefined): boolean =>
  kind === 'investor' || (kind !== undefined && supplierKinds.includes(kind));

/**
 * Why it could never be evidence: it lies ahead, its sides are swapped, or nobody who funds or delivers is known here. A
 * subject that is not known is fine: most of those that were funded once are no members. `today` is YYYY-MM-DD.
 */
export function faultsOfPastEvent(
  { subjectId, counterpartIds, date }: PastEvent,
  kindOf: (memberId: string) => MemberKind | undefined,
  today: string,
): FieldFault[] {
  const faults: FieldFault[] = [];
  if (date > today)
    faults.push({ field: 'date', code: 'future_date', message: `It has not taken place by ${today}.`, value: date });
  if (kindOf(subjectId) === 'investor')
    faults.push({
      field: 'subjectId',
      code: 'swapped_sides',
      message: 'An investor belongs among the counterparts; the subject is the company that was funded or the buyer.',
      value: subjectId,
    });
  if (!counterpartIds.some((id) => counts(kindOf(id)))) {
    const isKnown = counterpartIds.some((id) => kindOf(id) !== undefined);
    faults.push({
      field: 'counterpartIds',
      code: isKnown ? 'swapped_sides' : 'unknown_member',
      message: isKnown
        ? 'None of them funds or delivers: the counterparts are the investors or the suppliers.'
        : 'None of them is a member here: it could be evidence for nobody.',
      value: counterpartIds.slice(0, 10).join(', '),
    });
  }
  return faults;
}
