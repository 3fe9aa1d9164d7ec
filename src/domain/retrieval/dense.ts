/** Similarity in meaning between passages, by their unit vectors. */

/** Unit vectors by text; a text without one is left out of every comparison. */
export type Vectors = ReadonlyMap<string, Float32Array>;

export const vectorsOf = (texts: readonly string[], vectors: Vectors): Float32Array[] =>
  texts.flatMap((text) => vectors.get(text) ?? []);

export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * For every document, the cosine (0-1) of each asked passage to the document's nearest passage, averaged over the asked
 * passages; 0 where either side has none. Cost: passages asked times passages held times the dimension.
 */
export function meanNearest(
  asked: readonly Float32Array[],
  documents: readonly (readonly Float32Array[])[],
): Float64Array {
  return Float64Array.from(documents, (passages) => {
    let sum = 0;
    for (const question of asked) {
      let nearest = 0;
      for (const passage of passages) nearest = Math.max(nearest, cosine(question, passage));
      sum += nearest;
    }
    return asked.length === 0 ? 0 : sum / asked.length;
  });
}

/** The unit vector in the middle; undefined for none. */
export function centroid(vectors: readonly Float32Array[]): Float32Array | undefined {
  if (vectors.length === 0) return undefined;
  const middle = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < middle.length; i++) middle[i]! += vector[i]!;
  const norm = Math.hypot(...middle);
  return norm === 0 ? undefined : middle.map((value) => value / norm);
}
