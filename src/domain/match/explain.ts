/** Why a pair matches: quotations from both sides with offsets, and the plain facts that counted. Never generated prose. */
import type { Language } from '../member.ts';
import { geographyFit } from './geography.ts';
import { isPassedBy, ticketFit } from './investor-features.ts';
import { labelOf, type ReasonCode } from './labels.ts';
import { mustsOf, precedentsOf, rolesOf, type MatchContext, type MatchKind, type Roles } from './pair.ts';
import { influences, type Influence } from './occlude.ts';
import type { Party, PreparedFacet } from './party.ts';
import { answer } from './similarity.ts';

export interface Quotation {
  /** Path of the stored field and UTF-16 offsets into it. */
  field: string;
  start: number;
  end: number;
  quote: string;
}
export interface Fact {
  field: string;
  value: unknown;
}
export type Reason =
  | { type: 'quotation'; code: ReasonCode; label: string; similarity: number; subject: Quotation; candidate: Quotation }
  | { type: 'fact'; code: ReasonCode; label: string; subject: Fact | undefined; candidate: Fact | undefined };

/** Every other sentence that the score hangs on, for or against. */
export interface Evidence extends Quotation {
  side: 'subject' | 'candidate';
  /** What the sentence adds to the score, -1 to 1; below 0 it speaks against the pair. */
  effect: number;
}

export interface Explanation {
  reasons: Reason[];
  /** The weightiest first; none that a reason quotes. */
  evidence: Evidence[];
}

/** A sentence that moves the score by this much is told, whatever it resembles. */
const noticeable = 0.015;
/** Less than this may turn round when the text is embedded without the sentence. */
const carriesFrom = 0.005;
/** Without one of two quoted sentences the score falls by at least so much; the first pair is told however little it is. */
const tellingDrop = 0.01;
/** Sentences less alike than this convince nobody: below it most pairs only look as if drawn by lot. */
const quotedFrom = 0.2;
const quotesShown = 8;
/** Less alike, a sentence of a supplier speaks of the same as the need but is not called an answer to it. */
const answersFrom = 0.3;
/** How often one sentence may be quoted. */
const mostTimesQuoted = 2;
/** Likeness from which a past round or award is called similar. */
const similarFrom = 0.3;

const quote = (facet: PreparedFacet): Quotation => ({
  field: facet.field,
  start: facet.start,
  end: facet.end,
  quote: facet.text,
});

/** Which way round a sentence answers another, in the words of the task. */
function codeOf(roles: Roles, first: PreparedFacet, second: PreparedFacet, similarity: number): ReasonCode {
  switch (roles.task) {
    case 'investor_for_startup':
      return second.role === 'seek' ? 'fits-thesis' : first.role === 'seek' ? 'seeks-this' : 'speaks-of-the-same';
    case 'supplier_for_need':
      return similarity < answersFrom
        ? 'speaks-of-the-same'
        : first.role === 'requirement' || first.role === 'wish'
          ? 'meets-requirement'
          : 'answers-need';
    case 'partner_for_member':
      return first.role === 'seek' && second.role !== 'seek'
        ? 'seeks-this'
        : second.role === 'seek' && first.role !== 'seek'
          ? 'sought-by'
          : 'speaks-of-the-same';
  }
}

/**
 * Quotations of both sides, the most convincing first, then the facts. Sentences are quoted because the score would fall
 * without them and because they answer each other; where no two do, there are only facts. What moves the score alone
 * follows as evidence, so that a sentence told nowhere hardly counts.
 */
export function explain(
  kind: MatchKind,
  subject: Party,
  candidate: Party,
  context: MatchContext,
  lang: Language,
): Explanation {
  const roles = rolesOf(subject, candidate, kind);
  const subjectIsFirst = !roles.swapped;
  const all = influences(kind, subject, candidate, context);
  const pairs = quotablePairs(all, context);
  const quotations = pairs.map(({ bySubject, byCandidate, similarity }): Reason => {
    const [first, second] = subjectIsFirst ? [bySubject, byCandidate] : [byCandidate, bySubject];
    const code = codeOf(roles, first, second, similarity);
    return {
      type: 'quotation',
      code,
      label: labelOf(code, lang),
      similarity: round(similarity),
      subject: quote(bySubject),
      candidate: quote(byCandidate),
    };
  });
  const quoted = new Set(pairs.flatMap(({ bySubject, byCandidate }) => [bySubject, byCandidate]));
  return {
    reasons: [...quotations, ...facts(roles, context).map((fact) => orient(fact, subjectIsFirst, lang))],
    evidence: all
      .filter(({ facet, drop }) => Math.abs(drop) >= noticeable && !quoted.has(facet))
      .sort((a, b) => Math.abs(b.drop) - Math.abs(a.drop))
      .map(({ side, facet, drop }) => ({ side, ...quote(facet), effect: round(drop) })),
  };
}

interface QuotablePair {
  bySubject: PreparedFacet;
  byCandidate: PreparedFacet;
  /** 0-1. */
  similarity: number;
  /** How alike they are, times what the score would lose without them. */
  weight: number;
  isTelling: boolean;
}

/** Pairs of sentences that both carry the score, the weightiest first; each brings a sentence that was not quoted yet. */
function quotablePairs(all: readonly Influence[], context: MatchContext): QuotablePair[] {
  const carrying = (side: Influence['side']) => all.filter((one) => one.side === side && one.drop >= carriesFrom);
  const byCandidates = carrying('candidate');
  const pairs = carrying('subject').flatMap((bySubject) =>
    byCandidates.flatMap((byCandidate): QuotablePair[] => {
      const similarity = Math.max(
        answer(bySubject.facet, byCandidate.facet, context.gramWeights),
        answer(byCandidate.facet, bySubject.facet, context.gramWeights),
      );
      if (similarity < quotedFrom) return [];
      const weight = similarity * (bySubject.drop + byCandidate.drop);
      const isTelling = Math.max(bySubject.drop, byCandidate.drop) >= tellingDrop;
      return [{ bySubject: bySubject.facet, byCandidate: byCandidate.facet, similarity, weight, isTelling }];
    }),
  );
  const times = new Map<PreparedFacet, number>();
  const timesOf = (facet: PreparedFacet) => times.get(facet) ?? 0;
  const told: QuotablePair[] = [];
  for (const pair of pairs.sort((a, b) => b.weight - a.weight)) {
    if (told.length === quotesShown) break;
    if (told.length > 0 && !pair.isTelling) continue;
    const [one, other] = [timesOf(pair.bySubject), timesOf(pair.byCandidate)];
    if (Math.min(one, other) > 0 || Math.max(one, other) >= mostTimesQuoted) continue;
    times.set(pair.bySubject, one + 1).set(pair.byCandidate, other + 1);
    told.push(pair);
  }
  return told;
}

export const round = (value: number): number => Math.round(value * 1e4) / 1e4;

interface SidedFact {
  code: ReasonCode;
  first?: Fact;
  second?: Fact;
}
const orient = (fact: SidedFact, subjectIsFirst: boolean, lang: Language): Reason => ({
  type: 'fact',
  code: fact.code,
  label: labelOf(fact.code, lang),
  subject: subjectIsFirst ? fact.first : fact.second,
  candidate: subjectIsFirst ? fact.second : fact.first,
});

const fact = (doc: object, field: string): Fact => ({ field, value: (doc as Record<string, unknown>)[field] });

function facts(roles: Roles, context: MatchContext): SidedFact[] {
  const found: SidedFact[] = [];
  if (roles.task === 'investor_for_startup') {
    const c = roles.company.doc;
    const i = roles.investor.doc;
    const mandate = context.mandate(roles.investor);
    if (c.fundingStage !== undefined && (i.stages as readonly string[] | undefined)?.includes(c.fundingStage))
      found.push({ code: 'stage-named', first: fact(c, 'fundingStage'), second: fact(i, 'stages') });
    const ticket = ticketFit(i, c.raisingNok);
    if (ticket !== undefined)
      found.push({
        code: ticket >= 0.5 ? 'ticket-fits' : 'ticket-small',
        first: fact(c, 'raisingNok'),
        second: { field: 'ticketMinNok, ticketMaxNok', value: [i.ticketMinNok ?? null, i.ticketMaxNok ?? null] },
      });
    const passing = mandate.placesOut;
    const where = c.county === undefined ? 'country' : 'county';
    if (passing !== undefined && isPassedBy(c, mandate))
      found.push({
        code: 'place-passed-by',
        first: fact(c, where),
        second: { field: passing.cite.field, value: passing.cite.text },
      });
    else if (['county', 'country'].includes(geographyFit(i.geographies, c)))
      found.push({
        code: 'place-fits',
        first: fact(c, where),
        second: fact(i, 'geographies'),
      });
    const floor = mandate.revenueMinNok;
    if (floor !== undefined && c.revenueNok !== undefined)
      found.push({
        code: c.revenueNok >= floor.value ? 'revenue-met' : 'revenue-short',
        first: fact(c, 'revenueNok'),
        second: { field: floor.cite.field, value: floor.cite.text },
      });
    const ceiling = mandate.revenueMaxNok;
    if (ceiling !== undefined && c.revenueNok !== undefined && c.revenueNok > ceiling.value)
      found.push({
        code: 'revenue-above',
        first: fact(c, 'revenueNok'),
        second: { field: ceiling.cite.field, value: ceiling.cite.text },
      });
  }
  if (roles.task === 'supplier_for_need') {
    mustsOf(roles, context).forEach(({ cell: { certificate } }, index) => {
      if (certificate !== undefined)
        found.push({
          code: `certificate-${certificate}`,
          first: { field: `mustHave[${index}]`, value: roles.need.doc.mustHave?.[index] },
          second: { field: 'certifications', value: roles.supplier.doc.certifications ?? null },
        });
    });
  }
  const before = precedentsOf(roles, context).filter(({ likeness }) => likeness >= similarFrom);
  if (before.length > 0)
    found.push({
      code: roles.task === 'investor_for_startup' ? 'funded-similar' : 'delivered-similar',
      second: {
        field: 'history',
        value: {
          count: before.length,
          nearest: before.slice(0, 3).map(({ event: { doc } }) => ({ date: doc.date, text: doc.text })),
        },
      },
    });
  const [first, second] =
    roles.task === 'partner_for_member'
      ? [roles.one.doc, roles.other.doc]
      : roles.task === 'supplier_for_need'
        ? [roles.need.doc, roles.supplier.doc]
        : [roles.company.doc, roles.investor.doc];
  if (first.county !== undefined && first.county === second.county)
    found.push({ code: 'same-county', first: fact(first, 'county'), second: fact(second, 'county') });
  const shared = sharedSectors(first.sectors, second.sectors);
  if (shared.length > 0)
    found.push({
      code: 'shared-sectors',
      first: { field: 'sectors', value: shared },
      second: { field: 'sectors', value: shared },
    });
  return found;
}

const sharedSectors = (a: readonly string[] | undefined, b: readonly string[] | undefined): string[] => {
  const lower = new Set((b ?? []).map((sector) => sector.toLowerCase()));
  return (a ?? []).filter((sector) => lower.has(sector.toLowerCase()));
};
