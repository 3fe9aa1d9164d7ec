/**
 * Texts as terms for lexical search. Norwegian writes compounds as one word ("renholdstjenester") and inflects at the
 * end: character 4-grams find the parts without a dictionary, whole words tell names and codes apart.
 */

const gramLength = 4;

/** Lower-case words and numbers of two characters and more, in order, with repetitions. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .normalize('NFKC')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).filter((word) => word.length > 1);
}

/** Character 4-grams of every word with its ends marked by `_`, in order, with repetitions; short words whole. */
export function gramsOf(text: string): string[] {
  return wordsOf(text).flatMap((word) => {
    const marked = `_${word}_`;
    if (marked.length <= gramLength) return [marked];
    return Array.from({ length: marked.length - gramLength + 1 }, (_g, i) => marked.slice(i, i + gramLength));
  });
}
