/** What a candidate says of itself, and its name, against what is asked. */
import { gramsOf, wordsOf } from './analyse.ts';
import { termIndex } from './bm25.ts';
import { meanNearest, vectorsOf, type Vectors } from './dense.ts';
import type { Candidate, Subject } from './evidence.ts';
import { passagesEach, passagesOf } from './passages.ts';
import type { Question } from './question.ts';
import { standardised } from './scale.ts';
import type { Signals } from './signals.ts';

/** A name counts when most of it is said: half of it is common words ("kommune", "group"). */
const nameSharpness = 4;

/** What is embedded of a candidate, given how many there are. */
export const passagesOfCandidate = (candidate: Candidate, candidates: number): string[] =>
  passagesOf(candidate.text, passagesEach(candidates));

/** Signals by candidate number; none where no candidate has a text. */
export function ownWords(candidates: readonly Candidate[], vectors: Vectors): (question: Question) => Signals {
  if (candidates.every(({ text }) => text === '')) return () => ({});
  const words = termIndex(candidates.map(({ text }) => wordsOf(text)));
  const grams = termIndex(candidates.map(({ text }) => gramsOf(text)));
  const passages = candidates.map((candidate) => vectorsOf(passagesOfCandidate(candidate, candidates.length), vectors));
  return (question) => ({
    ownWords: standardised(words.scores(question.words)),
    ownGrams: standardised(grams.scores(question.grams)),
    ownHead: standardised(words.scores(question.headWords)),
    ownTitle: standardised(grams.scores(question.titleGrams)),
    ownTitleSense: standardised(meanNearest(question.vectors.slice(0, 1), passages)),
    ownSense: standardised(meanNearest(question.vectors, passages)),
  });
}

/** How much of a candidate's name stands in the text that asks, by how telling its parts are: 0 to 1. */
export function namedIn(candidates: readonly Candidate[]): (question: Question) => Signals {
  const byWords = shareSaid(candidates.map(({ name }) => wordsOf(name)));
  return (question) => ({ nameWords: byWords(question.words) });
}

function shareSaid(names: string[][]): (said: readonly string[]) => Float64Array {
  const { idf } = termIndex(names);
  const weighted = names.map((terms) => [...new Set(terms)].map((term) => ({ term, weight: idf(term) })));
  const wholes = weighted.map((terms) => terms.reduce((sum, { weight }) => sum + weight, 0));
  return (said) => {
    const heard = new Set(said);
    return Float64Array.from(weighted, (terms, i) => {
      const found = terms.reduce((sum, { term, weight }) => sum + (heard.has(term) ? weight : 0), 0);
      return terms.length === 0 ? 0 : (found / wholes[i]!) ** nameSharpness;
    });
  };
}

/** What subject and candidate have in common, by how rare it is among the candidates: natural logarithms, added. */
export function inCommon(candidates: readonly Candidate[]): (subject: Subject) => Signals {
  const having = new Map<string, number[]>();
  candidates.forEach(({ traits = [] }, i) => {
    for (const trait of new Set(traits)) {
      const list = having.get(trait);
      if (list === undefined) having.set(trait, [i]);
      else list.push(i);
    }
  });
  return ({ traits }) => {
    const shared = [...new Set(traits)].flatMap((trait) => having.get(trait) ?? []);
    if (shared.length === 0) return {};
    const inCommon = new Float64Array(candidates.length);
    for (const trait of new Set(traits)) {
      const list = having.get(trait) ?? [];
      for (const candidate of list) inCommon[candidate]! += Math.log(candidates.length / list.length);
    }
    return { inCommon };
  };
}
