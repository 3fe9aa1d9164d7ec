/**
 * How many introductions a member gets in a month, by the date of approval (UTC). The counterpart, who is asked without
 * having asked, has a cap in any case; the subject only when it set one itself.
 */
import type { Member } from '../member.ts';
import { sides, type Introduction, type Side } from './introduction.ts';

/** For a counterpart that names no number: fifteen requests a month is what investors take in practice. */
export const defaultIntroductionsPerMonth = 15;

/** `undefined`: no cap. */
export function capOf(member: Pick<Member, 'matching'>, side: Side): number | undefined {
  const own = member.matching?.introductionsPerMonth;
  return own ?? (side === 'b' ? defaultIntroductionsPerMonth : undefined);
}

/** One cap that an approval would count against. */
export interface Cap {
  side: Side;
  memberId: string;
  name: string;
  /** YYYY-MM. */
  month: string;
  /** Introductions a month. */
  cap: number;
  /** Numbers taken in this month, 1 to cap, by other introductions; those above an old, larger cap count too. */
  taken: readonly number[];
}

export const capMonthOf = (memberId: string, month: string): string => `${memberId}:${month}`;
export const monthOf = (at: string): string => at.slice(0, 7);

/** The numbers that these slots take in one month. */
export const takenNumbers = (slots: readonly string[], capMonth: string): number[] =>
  slots.flatMap((slot) => (slot.startsWith(`${capMonth}:`) ? [Number(slot.slice(capMonth.length + 1))] : []));

export const isFull = ({ cap, taken }: Pick<Cap, 'cap' | 'taken'>): boolean => taken.length >= cap;

/** The lowest number that is free. @throws RangeError when none is. */
export function freeSlot({ memberId, month, cap, taken }: Cap): string {
  for (let n = 1; n <= cap; n++) if (!taken.includes(n)) return `${capMonthOf(memberId, month)}:${n}`;
  throw new RangeError(`All ${cap} introductions of ${memberId} in ${month} are taken.`);
}

export const capSentence = ({ name, cap, month }: Cap): string =>
  `${name} takes ${cap} introductions a month, and that many are approved for ${month}.`;

/** The slots that stay taken when an introduction ends: those of sides that were asked, for they were troubled. */
export function slotsKept({ a, b, asked, capSlots }: Introduction): string[] | undefined {
  const troubled = sides.flatMap((side) => (asked[side] === undefined ? [] : [{ a, b }[side].memberId]));
  const kept = (capSlots ?? []).filter((slot) => troubled.some((id) => slot.startsWith(`${id}:`)));
  return kept.length === 0 ? undefined : kept;
}

/** One counterpart's share of a selection. */
export interface Exposure {
  memberId: string;
  name: string;
  /** Introductions in the selection that go to it. */
  gets: number;
  /** How many of `gets` are approved; in a dry run: would be. */
  approved: number;
  /** Introductions in the selection. */
  of: number;
  cap: number;
  approvedThisMonth: number;
  /** How many of `gets` the cap stops. */
  blocked: number;
  sentence: string;
}

/** One introduction of a selection, with the cap of its counterpart. */
export interface Selected {
  cap: Cap;
  /** In a dry run: that it would be. */
  approved: boolean;
}

/** Who gets how much of a selection, the most exposed first; in a dry run the sentences say who would. */
export function exposureOf(counterparts: readonly Selected[], dryRun: boolean): Exposure[] {
  const of = counterparts.length;
  const byMember = new Map<string, { cap: Cap; gets: number; approved: number }>();
  for (const { cap, approved } of counterparts) {
    const found = byMember.get(cap.memberId) ?? { cap, gets: 0, approved: 0 };
    byMember.set(cap.memberId, found);
    found.gets++;
    if (approved) found.approved++;
  }
  return [...byMember.values()]
    .map(({ cap: { memberId, name, cap, taken }, gets, approved }) => {
      const blocked = Math.max(0, gets - Math.max(0, cap - taken.length));
      const over = blocked === 0 ? '' : `; ${blocked} ${blocked === 1 ? 'is' : 'are'} over its cap of ${cap} a month`;
      const sentence = `${name} ${dryRun ? 'would get' : 'gets'} ${approved} of ${of}${over}.`;
      return { memberId, name, gets, approved, of, cap, approvedThisMonth: taken.length, blocked, sentence };
    })
    .sort((x, y) => y.gets - x.gets || (x.memberId < y.memberId ? -1 : 1));
}
