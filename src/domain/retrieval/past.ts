/** What came about before, as evidence for what could come about now: the choices made in events that are alike. */
import { gramsOf, wordsOf } from './analyse.ts';
import { termIndex } from './bm25.ts';
import { centroid, cosine, meanNearest, vectorsOf, type Vectors } from './dense.ts';
import type { Candidate, PastEvent, Subject } from './evidence.ts';
import { dayOf, pastChoices, type PastChoices } from './past-choices.ts';
import { passagesEach, passagesOf } from './passages.ts';
import type { Question } from './question.ts';
import { lifted, maximum, shares, standardised } from './scale.ts';
import type { Signals } from './signals.ts';

/** Neighbours by one kind of likeness; those after the first 20 or so weigh less and less. */
const neighbours = 300;
const rankHalf = 20;
const termSharpness = 1.5;
/** A cosine lower by this much weighs `1/e`. */
const senseWidth = 0.05;
const nearestBySense = 100;

/** Evidence loses half its weight in this time; the market's present taste loses it in a month. */
const evidenceHalfYears = 3;
const tasteHalfYears = 1 / 12;

/** How the kinds of likeness add up to one: about the log odds that two events choose alike. */
const pullOf = { words: 0.75, grams: 1, title: 1, sense: 3, trait: 0.35 };
/** The wide neighbourhood lets events pull that are this many times less alike in log odds. */
const wideness = 2;

const wordsForTrust = 12;

/** A share of the votes below about this is noise. */
const noiseShare = 0.01;

/** What is embedded of a past event, given how many there are. */
export const passagesOfEvent = (event: PastEvent, events: number): string[] =>
  passagesOf(event.text, passagesEach(events));

/** Signals by candidate number; none where nothing happened yet. */
export function pastEvidence(
  candidates: readonly Candidate[],
  past: readonly PastEvent[],
  vectors: Vectors,
): (question: Question, subject: Subject) => Signals {
  if (past.length === 0) return () => ({});
  const choices = pastChoices(candidates, past);
  const textSignals = pastTexts(candidates, past, choices, vectors);
  const marks = termIndex(past.map(({ traits }) => traits));
  const rarity = (trait: string) => Math.log((past.length + 1) / (choices.eventsMarked(trait).length + 1));

  return (question, subject) => {
    const age = choices.agesOn(dayOf(subject.date));
    const lasting = age.map((years) => 1 / (1 + years / evidenceHalfYears));
    const { signals, pull } = textSignals(question, lasting);

    signals.chosenLately = logShare(choices.votes(age.map((years) => 1 / (1 + years / tasteHalfYears))));
    if (subject.traits.length > 0)
      signals.pastTraits = votesOfLike(choices, marks.scores(subject.traits), { sharpness: termSharpness, lasting });
    for (const trait of new Set(subject.traits))
      for (const event of choices.eventsMarked(trait)) pull[event]! += pullOf.trait * rarity(trait);

    const strongest = maximum(pull);
    const near = pull.map((value) => Math.exp(value - strongest));
    const wide = pull.map((value) => Math.exp((value - strongest) / wideness));
    signals.pastNear = votesOfLike(choices, near, { sharpness: 1, lasting });
    signals.pastWide = votesOfLike(choices, wide, { sharpness: 1, lasting, limit: past.length });
    if (subject.anchors.length > 0) {
      const together = choices.eventsWith(subject.anchors);
      const recent = age.map((years) => 1 / Math.sqrt(1 + years / tasteHalfYears));
      signals.withAnchors = aboveNoise(choices.votes(recent, together));
      signals.withAnchorsAlike = aboveNoise(
        choices.votes(
          recent.map((weight, i) => weight * wide[i]!),
          together,
        ),
      );
    }
    return signals;
  };
}

/** The part that reads texts. `pull` is how alike each event is so far, as log odds. */
function pastTexts(
  candidates: readonly Candidate[],
  past: readonly PastEvent[],
  choices: PastChoices,
  vectors: Vectors,
): (question: Question, lasting: Float64Array) => { signals: Signals; pull: Float64Array } {
  const nothing = () => ({ signals: {}, pull: new Float64Array(past.length) });
  if (past.every(({ text }) => text === '')) return nothing;
  const terms = past.map(({ text }) => wordsOf(text));
  const words = termIndex(terms);
  const grams = termIndex(past.map(({ text }) => gramsOf(text)));
  const titles = termIndex(past.map(({ title }) => gramsOf(title)));
  const passages = past.map((event) => vectorsOf(passagesOfEvent(event, past.length), vectors));
  const eventsOf = candidates.map((): number[] => []);
  past.forEach((_event, i) => choices.chosenIn(i).forEach((candidate) => eventsOf[candidate]!.push(i)));
  const profiles = termIndex(
    candidates.map(({ name }, i) => [...wordsOf(name), ...eventsOf[i]!.flatMap((event) => terms[event]!)]),
  );
  const middles = eventsOf.map((events) => centroid(events.flatMap((event) => passages[event]!)));

  return (question, lasting) => {
    if (question.words.length === 0) return nothing();
    const byWords = words.scores(question.words);
    const byGrams = grams.scores(question.grams);
    const bySense = meanNearest(question.vectors, passages);
    const closest = maximum(bySense);
    const senseWeights = bySense.map((cosine) => (cosine > 0 ? Math.exp((cosine - closest) / senseWidth) : 0));
    const kinds = { words: lifted(byWords), grams: lifted(byGrams), title: lifted(grams.scores(question.titleGrams)) };
    const trust = trustIn(question);
    const trusted = (signal: Float64Array) => signal.map((value) => trust * value);
    const about = (likeness: Float64Array, voting: Partial<Voting>) =>
      trusted(votesOfLike(choices, likeness, { sharpness: termSharpness, ...voting }));
    return {
      signals: {
        // What is said in the same words stays true for long.
        pastWords: about(byWords, {}),
        pastGrams: about(byGrams, {}),
        pastTitles: about(titles.scores(question.titleGrams), {}),
        pastSense: about(senseWeights, { sharpness: 1, lasting, limit: nearestBySense }),
        profileWords: trusted(standardised(profiles.scores(question.words))),
        profileSense: trusted(standardised(Float64Array.from(middles, (middle) => nearness(question, middle)))),
      },
      pull: bySense.map(
        (cosine, i) =>
          trust *
          (pullOf.sense * cosine +
            pullOf.words * kinds.words[i]! +
            pullOf.grams * kinds.grams[i]! +
            pullOf.title * kinds.title[i]!),
      ),
    };
  };
}

/** A few words tell little about who will be chosen: 0 to 1, half at so many different words. */
function trustIn(question: Question): number {
  const said = new Set(question.words).size;
  return said / (said + wordsForTrust);
}

const nearness = (question: Question, middle: Float32Array | undefined): number =>
  middle === undefined ? 0 : question.vectors.reduce((sum, vector) => sum + Math.max(0, cosine(vector, middle)), 0);

interface Voting {
  /** Exponent of the likeness. */
  sharpness: number;
  /** Further weight by event, such as freshness. */
  lasting?: Float64Array;
  limit?: number;
}

/** Votes of the most alike events, each by how alike it is and how many are more so. */
function votesOfLike(choices: PastChoices, likeness: Float64Array, { sharpness, lasting, limit = neighbours }: Voting) {
  const best = maximum(likeness);
  const weights = new Float64Array(choices.size);
  if (best <= 0) return aboveNoise(choices.votes(weights));
  const events: number[] = [];
  for (let i = 0; i < likeness.length; i++) if (likeness[i]! > 0) events.push(i);
  const voters = events.sort((a, b) => likeness[b]! - likeness[a]! || a - b).slice(0, limit);
  voters.forEach((event, rank) => {
    const freshness = lasting === undefined ? 1 : lasting[event]!;
    weights[event] = ((likeness[event]! / best) ** sharpness / (1 + rank / rankHalf)) * freshness;
  });
  return aboveNoise(choices.votes(weights, voters));
}

/** 0 for no votes, 4.6 for all of them. */
const aboveNoise = (votes: Float64Array) => shares(votes).map((share) => Math.log1p(share / noiseShare));

const logShare = (votes: Float64Array) => shares(votes).map((share) => Math.log(share + 0.02 / votes.length));
