import { conceptShare } from './concepts.ts';
import { containment, type GramWeights } from './grams.ts';
import type { PreparedFacet } from './party.ts';

/** Cosine of two unit vectors, -1 to 1; 0 while either is not embedded yet (unknown costs, it never lifts). */
export function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined) return 0;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < a.length; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  return s0 + s1 + s2 + s3;
}

/**
 * A unit vector moved so that the mean of all texts in its language lies at the origin: what is left says what the text
 * is about, and no longer which language it is in or that it is about health.
 */
export function centred(vector: Float32Array, centre: Float32Array): Float32Array {
  return unitOf(vector.map((value, i) => value - centre[i]!));
}

/** The vector at unit length; a vector of no length as it is. */
export function unitOf(vector: Float32Array): Float32Array {
  const length = Math.sqrt(cosine(vector, vector));
  return length < 1e-6 ? vector : vector.map((value) => value / length);
}

const remembered = new WeakMap<GramWeights, Map<PreparedFacet, Map<PreparedFacet, number>>>();

/** The same weights, under which each pair of sentences is compared once: for judging one pair of parties many times. */
export function remembering(weights: GramWeights): GramWeights {
  const copy = { ...weights };
  remembered.set(copy, new Map());
  return copy;
}

/** How well `to` answers `from`, 0-1: cosine, lifted by shared pieces of words and shared concepts. */
export function answer(from: PreparedFacet, to: PreparedFacet, weights: GramWeights): number {
  const known = remembered.get(weights);
  if (known === undefined) return compared(from, to, weights);
  let answers = known.get(from);
  if (answers === undefined) known.set(from, (answers = new Map<PreparedFacet, number>()));
  let value = answers.get(to);
  if (value === undefined) answers.set(to, (value = compared(from, to, weights)));
  return value;
}

function compared(from: PreparedFacet, to: PreparedFacet, weights: GramWeights): number {
  const meaning = Math.max(0, cosine(from.vector, to.vector));
  const words = containment(from.grams, to.grams, weights);
  const concepts = conceptShare(from.concepts, to.concepts, weights);
  return Math.min(1, 0.7 * meaning + 0.15 * words + 0.15 * concepts);
}

export interface FacetPair {
  from: PreparedFacet;
  to: PreparedFacet;
  /** 0-1. */
  similarity: number;
}

/** For each facet of `from`, the facet of `to` that answers it best; none where `to` is empty. */
export function bestPairs(
  from: readonly PreparedFacet[],
  to: readonly PreparedFacet[],
  weights: GramWeights,
): FacetPair[] {
  return from.flatMap((facet) => {
    let best: FacetPair | undefined;
    for (const other of to) {
      const similarity = answer(facet, other, weights);
      if (best === undefined || similarity > best.similarity) best = { from: facet, to: other, similarity };
    }
    return best === undefined ? [] : [best];
  });
}
