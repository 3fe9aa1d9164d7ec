/** The source of a pattern for whole words, alternatives split by `|`: `\b` knows no letter but a-z, and Østfold begins with another. */
export const wholeWord = (words: string): string => String.raw`(?<!\p{L})(?:${words})(?!\p{L})`;
