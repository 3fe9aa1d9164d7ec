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
  /** Introductions in the selection. */
  of: number;
  cap: number;
  approvedThisMonth: number;
  /** How many of `gets` the cap stops. */
  blocked: number;
  sentence: string;
}

/** Who would get how much of a selection, the most exposed first. */
export function exposureOf(counterparts: readonly Cap[]): Exposure[] {
  const of = counterparts.length;
  const byMember = new Map<string, { cap: Cap; gets: number }>();
  for (const cap of counterparts) {
    const found = byMember.get(cap.memberId);
    if (found === undefined) byMember.set(cap.memberId, { cap, gets: 1 });
    else found.gets++;
  }
  return [...byMember.values()]
    .map(({ cap: { memberId, name, cap, taken }, gets }) => {
      const blocked = Math.max(0, gets - Math.max(0, cap - taken.length));
      const room = blocked === 0 ? '' : `; ${blocked} of them are over its cap of ${cap} a month`;
      const sentence = `${name} would get ${gets} of ${of}${room}.`;
      return { memberId, name, gets, of, cap, approvedThisMonth: taken.length, blocked, sentence };
    })
    .sort((x, y) => y.gets - x.gets || (x.memberId < y.memberId ? -1 : 1));
}
