import type { Candidate, PastEvent, Subject } from './evidence.ts';
import type { Vectors } from './dense.ts';
import { inCommon, namedIn, ownWords, passagesOfCandidate } from './own-words.ts';
import { passagesOfEvent, pastEvidence } from './past.ts';
import { passagesOfSubject, questionOf } from './question.ts';
import type { SignalName, Signals } from './signals.ts';

/** One weight a signal, for every question alike. */
export type EvidenceWeights = Readonly<Record<SignalName, number>>;

export interface Evidence {
  candidates: readonly Candidate[];
  past: readonly PastEvent[];
  /** Of the texts that `textsToEmbed` names; those that are missing count as unlike everything. */
  vectors: Vectors;
}

export interface EvidenceRanking {
  /** Every signal that says something about this subject, by candidate number. */
  signals(subject: Subject): Signals;
  /** Ids with their scores (weighted sums of the signals), best first, equal scores by id; anchors left out. */
  rank(subject: Subject): { id: string; score: number }[];
}

/** Every text whose vector ranking asks for, each once. */
export function textsToEmbed({ candidates, past }: Omit<Evidence, 'vectors'>, subjects: readonly Subject[]): string[] {
  return [
    ...new Set([
      ...subjects.flatMap(passagesOfSubject),
      ...candidates.flatMap((candidate) => passagesOfCandidate(candidate, candidates.length)),
      ...past.flatMap((event) => passagesOfEvent(event, past.length)),
    ]),
  ];
}

/** Indexes the candidates and the past once; then ranks the candidates for any subject. */
export function rankByEvidence({ candidates, past, vectors }: Evidence, weights: EvidenceWeights): EvidenceRanking {
  const own = ownWords(candidates, vectors);
  const named = namedIn(candidates);
  const common = inCommon(candidates);
  const before = pastEvidence(candidates, past, vectors);
  const signals = (subject: Subject): Signals => {
    const question = questionOf(subject, vectors);
    return { ...own(question), ...named(question), ...common(subject), ...before(question, subject) };
  };
  return {
    signals,
    rank(subject) {
      const scores = new Float64Array(candidates.length);
      for (const [name, values] of Object.entries(signals(subject)) as [SignalName, Float64Array][])
        for (let i = 0; i < scores.length; i++) scores[i]! += weights[name] * values[i]!;
      const anchors = new Set(subject.anchors);
      return candidates
        .map(({ id }, i) => ({ id, score: scores[i]! }))
        .filter(({ id }) => !anchors.has(id))
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    },
  };
}
