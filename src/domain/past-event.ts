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
