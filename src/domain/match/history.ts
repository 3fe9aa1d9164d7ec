/** What a candidate funded or delivered before, as evidence for the case at hand: nearest past events, the older the less. */
import { languageOf } from '../language.ts';
import type { Language } from '../member.ts';
import type { PastEvent } from '../past-event.ts';
import { conceptCosine, conceptsOf, type Concepts } from './concepts.ts';
import type { GramWeights } from './grams.ts';
import type { Party } from './party.ts';
import { cosine } from './similarity.ts';

export interface PreparedEvent {
  doc: PastEvent;
  /** Unit length, centred on its language; absent until it has been embedded. */
  vector: Float32Array | undefined;
  concepts: Concepts;
}

export function preparedEvent(
  doc: PastEvent,
  vectorOf: (text: string, language: Language) => Float32Array | undefined,
): PreparedEvent {
  return { doc, vector: vectorOf(doc.text, languageOf(doc.text)), concepts: conceptsOf(doc.text) };
}

export interface Precedent {
  event: PreparedEvent;
  /** 0-1: how alike the case is. */
  likeness: number;
  /** Likeness, halved every three years. */
  weight: number;
}

const halfLifeYears = 3;
/** Below this two cases have no more in common than any two in the field. */
const noise = 0.3;
const certain = 0.75;
/** One like case is a hint, several are a practice. */
const singleWeight = 0.6;
const dayMs = 86_400_000;

/** Past events of one candidate that are like the case of `party` (a company or a need), weightiest first. */
export function precedents(
  party: Party,
  events: readonly PreparedEvent[],
  today: string,
  weights: GramWeights,
): Precedent[] {
  const own = party.byRole[party.type === 'need' ? 'ask' : 'profile'][0]?.vector;
  return events
    .filter(({ doc }) => doc.subjectId !== party.id && doc.date <= today)
    .map((event): Precedent => {
      const alike = 0.75 * cosine(own, event.vector) + 0.25 * conceptCosine(party.ownConcepts, event.concepts, weights);
      const likeness = Math.max(0, Math.min(1, (alike - noise) / (certain - noise)));
      const years = (Date.parse(today) - Date.parse(event.doc.date)) / dayMs / 365;
      return { event, likeness, weight: likeness * 0.5 ** (years / halfLifeYears) };
    })
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.weight - a.weight || (a.event.doc.id < b.event.doc.id ? -1 : 1));
}

/** 0-1: every precedent adds, none can bring more than its own likeness and freshness allow. */
export const historyOf = (found: readonly Precedent[]): number =>
  1 - found.reduce((rest, { weight }) => rest * (1 - singleWeight * weight), 1);
