/** Introductions that the engine suggests: from one match list, among those at an event, or everything that is new. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { newIntroduction } from '../domain/introduction/new-introduction.ts';
import { matchSubjects, type MatchKind } from '../domain/match/pair.ts';
import { pendingTexts, type Party } from '../domain/match/party.ts';
import { Problem } from '../domain/problem.ts';
import type { Actor } from './actor.ts';
import type { Catalog } from './catalog.ts';
import type { Matching } from './matching.ts';
import { newIntroductionId } from './introductions.ts';
import type { Clock, Store } from './ports.ts';
import type { SuggestBody } from './schemas/introduction.ts';
import { partyOfIntroduction, suggestionOf } from './suggestion.ts';

export interface SuggestReport {
  created: { id: string; subjectId: string; counterpartId: string; score: number }[];
  /** The first 1,000. */
  skipped: {
    subjectId: string;
    counterpartId: string;
    why: 'pair-taken' | 'working-together' | 'introduced-before' | 'below-min-score' | 'not-embedded-yet';
    introductionId?: string;
  }[];
  /** Texts that the list that lacked most still lacked: above 0, suggest again later. */
  pendingTexts: number;
}

export interface SuggestDeps {
  store: Store;
  catalog: Catalog;
  matching: Matching;
  clock: Clock;
  /** Who attends an event that the service knows; undefined when it does not know it. */
  attendeesOf?: (eventId: string) => Promise<readonly string[] | undefined>;
}

/** What a single question in a suggestion run is. */
interface Question {
  kind: MatchKind;
  subject: Party;
  limit: number;
  minScore: number;
  among?: ReadonlySet<string> | undefined;
  eventId?: string | undefined;
}

const defaultPerSubject = { matches: 10, event: 5, 'everything-new': 3 } as const;
/** Nobody looks at each of "everything new": only what an adviser would more likely take than not. */
const defaultMinScore = { matches: 0, event: 0, 'everything-new': 0.5 } as const;
const longestList = 50;
const skippedKept = 1000;
const language = 'nb';

export type Suggest = (
  body: SuggestBody,
  actor: Actor,
  options?: { progress?: (done: number, total: number) => void; signal?: AbortSignal },
) => Promise<SuggestReport>;

/** Run twice, it suggests once: a pair that is in an introduction already is skipped. @throws Problem as matching does. */
export function createSuggest({ store, catalog, matching, clock, attendeesOf }: SuggestDeps): Suggest {
  const introductions = store.collection('introductions');

  const subjectFor = (type: Party['type'], id: string): Party => {
    const subject = catalog.party(type, id);
    if (subject === undefined) throw new Problem('not-found', `There is no ${type} ${id}.`);
    return subject;
  };

  const questionsOf = async (body: SuggestBody): Promise<Question[]> => {
    const limit = body.perSubject ?? defaultPerSubject[body.from];
    const minScore = body.minScore ?? defaultMinScore[body.from];
    switch (body.from) {
      case 'matches': {
        const subject = subjectFor(body.subjectType, body.subjectId);
        const among = body.candidateIds && new Set(body.candidateIds);
        return [{ kind: body.kind, subject, limit: among?.size ?? limit, minScore, among, eventId: body.eventId }];
      }
      case 'event': {
        const ids = body.memberIds ?? (body.eventId === undefined ? undefined : await attendeesOf?.(body.eventId));
        if (ids === undefined)
          throw new Problem('invalid', 'Say who attends.', {
            faults: [
              { field: 'memberIds', code: 'required', message: 'The attendees of this event are not known here.' },
            ],
          });
        // Who attends brings its needs.
        const attendees = new Set(ids);
        const among = new Set(ids);
        for (const need of catalog.needs()) if (attendees.has(need.doc.ownerId)) among.add(need.id);
        return [...attendees].flatMap((id) => {
          const subject = catalog.party('member', id);
          if (subject === undefined) return [];
          return kindsOf(subject, eventKinds).map((kind) => ({
            kind,
            subject,
            limit,
            minScore,
            among,
            eventId: body.eventId,
          }));
        });
      }
      case 'everything-new': {
        const kinds = body.kinds ?? ['investors', 'suppliers'];
        return [...catalog.members(), ...catalog.needs()].flatMap((subject) =>
          kindsOf(subject, kinds).map((kind) => ({ kind, subject, limit, minScore })),
        );
      }
    }
  };

  const answer = async (
    { kind, subject, limit, minScore, among, eventId }: Question,
    actor: Actor,
    report: SuggestReport,
  ) => {
    const list = await matching.list({
      subjectType: subject.type,
      subjectId: subject.id,
      kind,
      limit: Math.min(limit, longestList),
      lang: language,
      full: 'features',
      among,
    });
    const skip = (counterpartId: string, why: SuggestReport['skipped'][number]['why'], introductionId?: string) => {
      if (report.skipped.length >= skippedKept) return;
      report.skipped.push({
        subjectId: subject.id,
        counterpartId,
        why,
        ...(introductionId === undefined ? {} : { introductionId }),
      });
    };
    report.pendingTexts = Math.max(report.pendingTexts, list.pendingTexts);
    const now = clock.now().toISOString();
    const a = partyOfIntroduction(subject);
    const made = list.items.flatMap((item) => {
      if (item.workingTogether === true) skip(item.candidate.id, 'working-together');
      else if (item.introducedBefore === true) skip(item.candidate.id, 'introduced-before');
      else if (item.score < minScore) skip(item.candidate.id, 'below-min-score');
      else {
        const candidate = catalog.party(item.candidate.type, item.candidate.id)!;
        // A suggestion keeps its score: none is made from half of the texts. In a long run they may have come meanwhile.
        const present = catalog.party(subject.type, subject.id) ?? subject;
        if (pendingTexts(present) + pendingTexts(candidate) > 0) {
          skip(candidate.id, 'not-embedded-yet');
          return [];
        }
        const b = partyOfIntroduction(candidate);
        const suggestion = suggestionOf(kind, a, item, language, list.computedAt);
        const id = newIntroductionId(Date.now());
        return [newIntroduction({ id, a, b, kind, origin: 'engine', eventId, suggestion, actor: actor.name, now })];
      }
      return [];
    });
    const results = await introductions.writeMany(made.map((doc) => ({ op: 'insert', id: doc.id, doc })));
    for (const [i, result] of results.entries()) {
      const { id, subjectId, counterpartId, pairKey, suggestion } = made[i]!;
      if (result.ok) report.created.push({ id, subjectId, counterpartId, score: suggestion!.score });
      else if (result.error.index !== 'pairKey') throw result.error;
      else {
        const existing = await introductions.find({ where: { pairKey: pairKey! }, limit: 1 });
        skip(counterpartId, 'pair-taken', existing.items[0]?.id);
      }
    }
  };

  return async (body, actor, { progress, signal } = {}) => {
    await catalog.refresh();
    const report: SuggestReport = { created: [], skipped: [], pendingTexts: 0 };
    const questions = await questionsOf(body);
    for (const [i, question] of questions.entries()) {
      signal?.throwIfAborted();
      await answer(question, actor, report);
      progress?.(i + 1, questions.length);
      // A list is ranked in one go; others are served between two of them.
      await nextTurn();
    }
    return report;
  };
}

const eventKinds = ['investors', 'partners', 'customers'] as const satisfies readonly MatchKind[];

/** Only the questions that apply; who does not raise finds no investor, for a gate sees to that. */
function kindsOf(subject: Party, kinds: readonly MatchKind[]): MatchKind[] {
  return kinds.filter((kind) => {
    const wanted = matchSubjects[kind];
    if (wanted.type !== subject.type) return false;
    if (subject.type === 'need' || wanted.kinds === 'any') return true;
    return wanted.kinds.includes(subject.doc.kind);
  });
}
