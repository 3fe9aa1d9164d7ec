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
