/** Term scoring over a fixed collection, by document number (the order given). */
export interface TermIndex {
  readonly size: number;
  /** BM25 of every document for the query's terms (a repeated term counts as often), 0 where none occurs. */
  scores(terms: readonly string[]): Float64Array;
  /** How telling a term is: Lucene's idf, highest for a term that no document has. */
  idf(term: string): number;
}

interface Postings {
  documents: Int32Array;
  weights: Float32Array;
}

const saturation = 1.2;
const lengthNormalisation = 0.75;

/** Okapi BM25 with Lucene's idf (never negative). Cost of a query: the sum of its terms' document frequencies. */
export function termIndex(documents: readonly (readonly string[])[]): TermIndex {
  const size = documents.length;
  const postings = postingsOf(documents);
  const idf = (term: string) => {
    const frequency = postings.get(term)?.documents.length ?? 0;
    return Math.log(1 + (size - frequency + 0.5) / (frequency + 0.5));
  };
  return {
    size,
    idf,
    scores(terms) {
      const scores = new Float64Array(size);
      for (const [term, frequency] of countsOf(terms)) {
        const list = postings.get(term);
        if (list === undefined) continue;
        const weight = frequency * idf(term);
        const { documents, weights } = list;
        for (let i = 0; i < documents.length; i++) scores[documents[i]!]! += weight * weights[i]!;
      }
      return scores;
    },
  };
}

function postingsOf(documents: readonly (readonly string[])[]): Map<string, Postings> {
  const averageLength = documents.reduce((sum, terms) => sum + terms.length, 0) / documents.length || 1;
  const lists = new Map<string, { documents: number[]; weights: number[] }>();
  documents.forEach((terms, document) => {
    const norm = saturation * (1 - lengthNormalisation + (lengthNormalisation * terms.length) / averageLength);
    for (const [term, frequency] of countsOf(terms)) {
      let list = lists.get(term);
      if (list === undefined) lists.set(term, (list = { documents: [], weights: [] }));
      list.documents.push(document);
      list.weights.push((frequency * (saturation + 1)) / (frequency + norm));
    }
  });
  return new Map(
    [...lists].map(([term, list]) => [
      term,
      { documents: Int32Array.from(list.documents), weights: Float32Array.from(list.weights) },
    ]),
  );
}

function countsOf(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
