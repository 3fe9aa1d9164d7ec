/**
 * Facets: the pieces of text that are embedded and quoted. A facet is either a quotable stretch of one stored field
 * (`start`/`end` are UTF-16 offsets into that field's string) or a composite of several fields that only serves
 * similarity (`start` = `end` = 0, never quoted).
 */
import type { Member } from './member.ts';
import type { Need } from './need.ts';

/** What the owner says in the facet: what it brings, what it wants, what it is, one requirement, or one in its setting. */
export type FacetRole = 'offer' | 'seek' | 'about' | 'requirement' | 'wish' | 'profile' | 'ask' | 'setting';

export interface Facet {
  role: FacetRole;
  /** Path of the stored field, such as `offers[0]` or `summary`; `profile` and `ask` for composites. */
  field: string;
  start: number;
  end: number;
  text: string;
}

const abbreviations =
  /(?:\b(?:ca|bl\.a|f\.eks|dvs|mill|mrd|nr|kl|inkl|ekskl|evt|osv|m\.m|jf|pkt|Dr|e\.g|i\.e|approx|vs|No|Inc|Ltd|St)|\b\p{Lu})$/u;

const terminators = '.!?…';
const closers = '"\'»”)';
const openers = '"\'«“(–-';
const startsSentence = /[\p{Lu}\p{N}]/u;

/**
 * Sentences of a text with their offsets, trimmed, in order. Splits after `.`, `!`, `?` or `…` followed by white space
 * and an upper-case letter, digit or quotation mark, and at line breaks; not after common abbreviations. Cost: linear,
 * whatever the text: each gap between words is looked at once.
 */
export function sentencesOf(text: string): { start: number; end: number; text: string }[] {
  const sentences: { start: number; end: number; text: string }[] = [];
  const push = (from: number, to: number) => {
    const raw = text.slice(from, to);
    const start = from + (raw.length - raw.trimStart().length);
    const trimmed = raw.trim();
    if (trimmed.length > 0) sentences.push({ start, end: start + trimmed.length, text: trimmed });
  };
  let from = 0;
  for (const gap of text.matchAll(/\s+/gu)) {
    const end = gap.index + gap[0].length;
    const stop = stopBefore(text, gap.index, from);
    const isEnd = stop !== undefined && isSentenceStart(text, end);
    if (!isEnd && !gap[0].includes('\n')) continue;
    if (isEnd && text[stop] === '.' && abbreviations.test(text.slice(Math.max(0, stop - 12), stop))) continue;
    push(from, end);
    from = end;
  }
  push(from, text.length);
  return sentences;
}

/** Where the full stops before a gap begin; quotation marks and brackets may close in between. */
function stopBefore(text: string, gap: number, from: number): number | undefined {
  let last = gap - 1;
  while (last >= from && closers.includes(text[last]!)) last--;
  let first = last;
  while (first >= from && terminators.includes(text[first]!)) first--;
  return first === last ? undefined : first + 1;
}

function isSentenceStart(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && openers.includes(text[at]!)) at++;
  while (at < text.length && /\s/u.test(text[at]!)) at++;
  return at < text.length && startsSentence.test(String.fromCodePoint(text.codePointAt(at)!));
}

const whole = (role: FacetRole, field: string, text: string | undefined): Facet[] =>
  text === undefined || text.trim() === '' ? [] : [{ role, field, start: 0, end: text.length, text }];

const list = (role: FacetRole, field: string, texts: readonly string[] | undefined): Facet[] =>
  (texts ?? []).flatMap((text, i) => whole(role, `${field}[${i}]`, text));

const sentences = (role: FacetRole, field: string, text: string | undefined): Facet[] =>
  sentencesOf(text ?? '').map((s) => ({ role, field, ...s }));

const composite = (role: FacetRole, parts: readonly (string | undefined)[]): Facet[] => {
  const text = parts.filter((part) => part !== undefined && part.trim() !== '').join('. ');
  return text === '' ? [] : [{ role, field: role, start: 0, end: 0, text }];
};

/** Every facet of a member, in a fixed order. Cost: linear in the text. */
export function facetsOfMember(member: Member): Facet[] {
  return [
    ...list('offer', 'offers', member.offers),
    ...list('seek', 'seeks', member.seeks),
    ...sentences('seek', 'thesis', member.thesis),
    ...sentences('about', 'summary', member.summary),
    ...composite('profile', [member.summary, ...(member.offers ?? [])]),
    ...composite('ask', [member.thesis, ...(member.seeks ?? [])]),
  ];
}

/** A must-have is often three words: the need's sectors, or else its title, say what it is about. Same order as `mustHave`. */
const settings = (need: Need): Facet[] =>
  (need.mustHave ?? []).flatMap((text) => {
    const about = need.sectors?.length ? need.sectors.join(', ') : need.title;
    return composite('setting', text.trim() === '' ? [] : [text, about]);
  });

/** Every facet of a need, in a fixed order. */
export function facetsOfNeed(need: Need): Facet[] {
  return [
    ...list('requirement', 'mustHave', need.mustHave),
    ...list('wish', 'niceToHave', need.niceToHave),
    ...whole('about', 'title', need.title),
    ...sentences('about', 'description', need.description),
    ...composite('ask', [need.title, need.description]),
    ...settings(need),
  ];
}

export const isQuotable = (facet: Facet): boolean => facet.end > facet.start;
