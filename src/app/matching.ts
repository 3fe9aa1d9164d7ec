/** Matches out: the use-cases behind the match routes, the command line and the start page. */
import type { Language } from '../domain/member.ts';
import { explain, round, type Evidence, type Reason } from '../domain/match/explain.ts';
import { gates, type ClosedGate, type GateCode } from '../domain/match/gates.ts';
import { liftsFor, type Lift } from '../domain/match/lift.ts';
import { missingFor, type Missing } from '../domain/match/missing.ts';
import { mandateOf, type Mandate } from '../domain/match/mandate.ts';
import {
  canBeCandidate,
  judge,
  matchSubjects,
  meetingGate,
  type MatchContext,
  type MatchKind,
} from '../domain/match/pair.ts';
import { pendingTexts, type MemberParty, type Party } from '../domain/match/party.ts';
import { rank, sift, type Ranked } from '../domain/match/rank.ts';
import { traitsOf, type Traits } from '../domain/match/traits.ts';
import { Problem } from '../domain/problem.ts';
import {
  createSystems,
  requirementEvidence,
  type EvidenceQuestion,
  type RequirementEvidence,
} from './need-coverage.ts';
import { refOf, type PartyRef } from './party-ref.ts';
import { shortlist } from './shortlist.ts';
import type { Catalog } from './catalog.ts';
import type { PairStates } from './pair-states.ts';
import type { Clock } from './ports.ts';

/** Below this score nothing is listed: "no good match" is an answer. Half of the pairs judged unfit score below it. */
export const listingFloor = 0.1;

export interface MatchListInput {
  subjectType: Party['type'];
  subjectId: string;
  kind: MatchKind;
  /** 1-50. */
  limit: number;
  lang: Language;
  /** Adds features and requirements to each item, or features alone. */
  full: boolean | 'features';
  candidateType?: Party['type'] | undefined;
  /** Only these candidates, such as those of an event; ranks count among them. */
  among?: ReadonlySet<string> | undefined;
}

export interface MatchItem {
  candidate: PartyRef;
  rank: number;
  score: number;
  parts: { subjectToCandidate: number; candidateToSubject: number; structuredFit: number };
  reasons: Reason[];
  evidence: Evidence[];
  missing: Missing[];
  requirements?: RequirementEvidence[];
  features?: Record<string, number>;
  /** The two work together already: shown, not suggested. */
  workingTogether?: true;
  introducedBefore?: true;
}

export interface MatchList {
  subject: PartyRef;
  items: MatchItem[];
  closed: Partial<Record<GateCode, number>>;
  floor: number;
  /** Texts of the subject and of the open candidates that are not embedded yet: until 0, scores and ranks may change. */
  pendingTexts: number;
  computedAt: string;
}

export interface MatchAnswer {
  subject: PartyRef;
  candidate: PartyRef;
  /** Present when a gate closes the pair. */
  closed?: ClosedGate & { sentence: string };
  /** Present when none does. */
  match?: MatchItem & { listed: boolean; of: number };
  /** Changes that were tried and do lift the pair, best first. */
  lifts: Lift[];
  /** Texts of the two that are not embedded yet: until 0, the score may change. */
  pendingTexts: number;
  computedAt: string;
}

/** A closed gate as a person reads it. */
export interface NamedGate {
  code: GateCode;
  sentence: string;
}

export interface Matching {
  /** @throws Problem `not-found`, `match-not-applicable`. */
  list(input: MatchListInput): Promise<MatchList>;
  explain(input: Omit<MatchListInput, 'limit' | 'full'> & { candidateId: string }): Promise<MatchAnswer>;
  /** Every open pair of one subject, best first, without floor or limit. `among`: only with these candidates. */
  rankAll(
    kind: MatchKind,
    subjectType: Party['type'],
    subjectId: string,
    among?: ReadonlySet<string>,
  ): Promise<Ranked[]>;
  /** The gate that keeps each two members from a meeting; none where one of them is not known (any more). */
  meetingGates(pairs: readonly (readonly [string, string])[], lang: Language): Promise<(NamedGate | undefined)[]>;
}

export interface MatchingDeps {
  catalog: Catalog;
  clock: Clock;
  /** What has become of pairs so far; nothing where nobody keeps track. */
  pairStates?: PairStates;
}

const noPairStates: PairStates = { refresh: async () => undefined, pairState: () => 'none' };

export function createMatching({ catalog, clock, pairStates = noPairStates }: MatchingDeps): Matching {
  const refresh = async (): Promise<number> => (await Promise.all([catalog.refresh(), pairStates.refresh()]))[0];
  const systemsAt = createSystems(catalog);
  const traits = new WeakMap<MemberParty, Traits>();
  const mandates = new WeakMap<MemberParty, Mandate>();
  const memo =
    <T>(known: WeakMap<MemberParty, T>, read: (party: MemberParty) => T) =>
    (party: MemberParty): T => {
      let value = known.get(party);
      if (value === undefined) known.set(party, (value = read(party)));
      return value;
    };
  const contextAt = (now: Date, seq: number): MatchContext => ({
    gramWeights: catalog.grams,
    systems: systemsAt(seq),
    today: now.toISOString().slice(0, 10),
    member: (id) => catalog.member(id),
    eventsOf: (id) => catalog.eventsOf(id),
    pairState: (oneId, otherId) => pairStates.pairState(oneId, otherId),
    traits: memo(traits, (party) => traitsOf(party.doc)),
    mandate: memo(mandates, (party) => mandateOf(party.doc)),
  });

  const evidenceFor = (
    asked: Omit<EvidenceQuestion, 'today' | 'systems'>,
    { today, systems }: MatchContext,
  ): Map<Party, RequirementEvidence[]> => requirementEvidence(catalog, pairStates, { ...asked, today, systems });

  const subjectOf = (type: Party['type'], id: string, kind: MatchKind): Party => {
    const subject = catalog.party(type, id);
    if (subject === undefined) throw new Problem('not-found', `There is no ${type} ${id}.`);
    const wanted = matchSubjects[kind];
    const fits =
      wanted.type === type &&
      (wanted.kinds === 'any' || (subject.type === 'member' && wanted.kinds.includes(subject.doc.kind)));
    if (!fits)
      throw new Problem(
        'match-not-applicable',
        `Matches of the kind "${kind}" are not made for ${describe(subject)}.`,
        {
          extra: { kind, subjectKind: subject.type === 'need' ? 'need' : subject.doc.kind },
        },
      );
    return subject;
  };

  function* everyone(type: Party['type'] | undefined): Generator<Party> {
    if (type !== 'need') yield* catalog.members();
    if (type !== 'member') yield* catalog.needs();
  }
  const rankingOf = (
    kind: MatchKind,
    subject: Party,
    type: Party['type'] | undefined,
    context: MatchContext,
    among?: ReadonlySet<string>,
  ) => {
    const all = everyone(type);
    const asked = among === undefined ? all : [...all].filter((party) => among.has(party.id));
    const { open, closed } = sift(kind, subject, asked, context);
    return {
      ranked: rank(kind, subject, shortlist(catalog, subject, open), context),
      closed,
      pending: pendingAmong([subject, ...open]),
    };
  };

  /** Mostly nothing lags, and nobody needs to be looked at. */
  const pendingAmong = (parties: readonly Party[]): number =>
    catalog.lagging.size === 0 ? 0 : parties.reduce((sum, party) => sum + pendingTexts(party), 0);

  const item = (
    kind: MatchKind,
    subject: Party,
    ranked: Ranked,
    position: number,
    context: MatchContext,
    lang: Language,
  ): MatchItem => ({
    candidate: refOf(ranked.party),
    rank: position,
    ...(ranked.state === 'working-together' ? { workingTogether: true as const } : {}),
    ...(ranked.state === 'introduced-before' ? { introducedBefore: true as const } : {}),
    score: round(ranked.score),
    parts: {
      subjectToCandidate: round(ranked.parts.forward),
      candidateToSubject: round(ranked.parts.back),
      structuredFit: round(ranked.parts.structure),
    },
    ...explain(kind, subject, ranked.party, context, lang),
    missing: missingFor(kind, subject, ranked.party, context, lang),
  });
  const featuresOf = ({ features }: Ranked) =>
    Object.fromEntries(Object.entries(features).map(([name, value]) => [name, round(value)]));

  return {
    async list({ subjectType, subjectId, kind, limit, lang, full, candidateType, among }) {
      const seq = await refresh();
      const now = clock.now();
      const context = contextAt(now, seq);
      const subject = subjectOf(subjectType, subjectId, kind);
      const { ranked, closed, pending } = rankingOf(kind, subject, candidateType, context, among);
      const listed = ranked.filter((one) => one.score >= listingFloor).slice(0, limit);
      const candidates = listed.map(({ party }) => party);
      const evidence = full === true ? evidenceFor({ kind, subject, candidates, lang }, context) : undefined;
      return {
        subject: refOf(subject),
        items: listed.map((one, i) => ({
          ...item(kind, subject, one, i + 1, context, lang),
          ...(evidence === undefined ? {} : { requirements: evidence.get(one.party)! }),
          ...(full === false ? {} : { features: featuresOf(one) }),
        })),
        closed,
        floor: listingFloor,
        pendingTexts: pending,
        computedAt: now.toISOString(),
      };
    },

    async explain({ subjectType, subjectId, kind, lang, candidateType, candidateId }) {
      const seq = await refresh();
      const now = clock.now();
      const context = contextAt(now, seq);
      const subject = subjectOf(subjectType, subjectId, kind);
      const candidate = candidateOf(catalog, kind, candidateType, candidateId);
      const common = {
        subject: refOf(subject),
        candidate: refOf(candidate),
        pendingTexts: pendingAmong([subject, candidate]),
        computedAt: now.toISOString(),
      };
      const verdict = judge(kind, subject, candidate, context);
      const lifts = liftsFor(kind, subject, candidate, context, lang, listingFloor);
      if ('closed' in verdict)
        return { ...common, closed: { ...verdict.closed, sentence: gates[verdict.closed.code][lang] }, lifts };
      const { open } = sift(kind, subject, everyone(candidateType), context);
      const ranked = rank(kind, subject, new Set([...shortlist(catalog, subject, open), candidate]), context);
      const position = ranked.findIndex((one) => one.party === candidate) + 1;
      const found = ranked[position - 1]!;
      const evidence = evidenceFor({ kind, subject, candidates: [candidate], lang }, context);
      return {
        ...common,
        match: {
          ...item(kind, subject, found, position, context, lang),
          requirements: evidence.get(candidate)!,
          features: featuresOf(found),
          listed: found.score >= listingFloor,
          of: ranked.length,
        },
        lifts,
      };
    },

    async rankAll(kind, subjectType, subjectId, among) {
      const seq = await refresh();
      const subject = subjectOf(subjectType, subjectId, kind);
      return rankingOf(kind, subject, undefined, contextAt(clock.now(), seq), among).ranked;
    },

    async meetingGates(pairs, lang) {
      const seq = await refresh();
      const context = contextAt(clock.now(), seq);
      return pairs.map(([a, b]) => {
        const [one, other] = [catalog.member(a), catalog.member(b)];
        const closed = one && other && meetingGate(one, other, context);
        return closed && { code: closed.code, sentence: gates[closed.code][lang] };
      });
    },
  };
}

function candidateOf(catalog: Catalog, kind: MatchKind, type: Party['type'] | undefined, id: string): Party {
  const found =
    type !== undefined
      ? catalog.party(type, id)
      : kind === 'customers'
        ? (catalog.need(id) ?? catalog.member(id))
        : catalog.member(id);
  if (found === undefined) throw new Problem('not-found', `There is no candidate ${id}.`);
  if (found.type === 'need' && !canBeCandidate(kind, found))
    throw new Problem('match-not-applicable', `A need is never a candidate for "${kind}".`);
  return found;
}

const describe = (party: Party): string =>
  party.type === 'need' ? 'needs' : `members of the kind "${party.doc.kind}"`;
