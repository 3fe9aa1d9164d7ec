/** What an investor wrote, clause by clause, and which clauses say what it does not do. */
import { sentencesOf } from '../facet.ts';
import type { Member } from '../member.ts';
import { wholeWord } from './whole-word.ts';

export interface Citation {
  field: string;
  start: number;
  end: number;
  text: string;
}

export interface Clause {
  text: string;
  isNegative: boolean;
  /** The sentence, or the seek, that it stands in, for quoting. */
  cite: Citation;
}

const negation = new RegExp(
  [
    // "Not only", "not afraid of", "no better" praise.
    String.raw`(?<!\p{L})(?:ikke|ikkje|not)(?! (?:bare|berre|kun|only|just|redde?|afraid|utelukk\p{L}*|exclude)(?!\p{L}))(?!\p{L})`,
    String.raw`(?<!\p{L})ingen(?! (?:bedre|andre)(?!\p{L}))(?!\p{L})|(?<!\p{L})no(?! (?:better|other)(?!\p{L}))(?![\p{L}.])`,
    wholeWord(
      'inga|never|aldri|avoid|dislike|unngår|unngå|unntatt|unnateke|unntak|bortsett|except|anything but|annet enn|anna enn|nothing|nor',
    ),
    wholeWord(
      'utelukke[tr]|utelukka|excluded|(?:sier|seier|takker|takkar|say) (?:nei|no)|unna|stay out|lite til overs',
    ),
    // Said without a negation: "falls outside", "we leave to others", "we pass by".
    String.raw`(?<!\p{L})(?:fall(?:er|s)?|ligg(?:er)?|lies|is|are|er) (?:\p{L}+ ){0,2}(?:utenfor|utanfor|outside)(?= (?:our|the mandate|the scope|vårt|vår|mandatet|det vi|what we)|\s*[.,;!]|$| også| også)|(?<!\p{L})fall(?:er)? (?:\p{L}+ ){0,2}(?:i)?gjennom(?!\p{L})`,
    String.raw`(?<!\p{L})(?:(?:lar|let|overlat(?:er)?|overlet|leaves?) (?:vi|me|we)|(?:vi|me|we) (?:lar|let|overlat(?:er)?|overlet|leave)) (?:\p{L}+ ){0,5}(?:andre|others)(?!\p{L})`,
    String.raw`(?<!\p{L})(?:går|gå) (?:vi|me|jeg|eg) (?:forbi|utenom|utanom)|(?<!\p{L})(?:stays?|steers?|keeps?) (?:away|clear)`,
    String.raw`(?<!\p{L})(?:avvises|avvisast|(?:vi|me|we|blir|vert|are|is) (?:avvis|avslå|declin|reject)\p{L}*)`,
  ].join('|'),
  'iu',
);
const comfort = /\b(comfortable with|ok with|gjerne|fint|fine with)\b/iu;
const turn =
  /^\s*(men|but|however|derimot|except|unntatt|bortsett|just|only|bare|berre|kun|helst|gjerne|rather)(?!\p{L})/iu;
/** "Diagnostics, not drugs": what stands before it is meant. */
const opensNegative = /^\s*(?:ikke|ikkje|not|no|never|aldri|ingen|inga)\s+\p{L}/iu;
/** Who does something: what follows is a statement of its own. */
const subject = new RegExp(wholeWord('vi|me|jeg|eg|we|i|det|dei|de|it|they|som|who|that|which'), 'iu');
/** A list goes on: "rehabilitation, elderly care or wellness". */
const isListed = (text: string, words: number): boolean =>
  text.trim().split(/\s+/u).length <= words && !turn.test(text) && !subject.test(text);

/** Every sentence of thesis and summary, and every seek, cut at commas, semicolons and colons. */
export function clausesOf(investor: Member): Clause[] {
  const sentences: Citation[] = [
    ...(['thesis', 'summary'] as const).flatMap((field) =>
      sentencesOf(investor[field] ?? '').map((sentence): Citation => ({ field, ...sentence })),
    ),
    ...(investor.seeks ?? []).map((text, i): Citation => ({ field: `seeks[${i}]`, start: 0, end: text.length, text })),
  ];
  return sentences.flatMap((cite) => {
    // Not at the comma of a number.
    const parts = [...cite.text.matchAll(/(?:[^,;:]|(?<=\d),(?=\d))+/gu)].map(([text]) => text);
    const isNegative = parts.map((text) => negation.test(text) && !comfort.test(text));
    // What is only listed shares the sign of the clause that it is listed with, before it or after it.
    for (let i = 1; i < parts.length; i++) if (isNegative[i - 1] && isListed(parts[i]!, 5)) isNegative[i] = true;
    for (let i = parts.length - 2; i >= 0; i--)
      if (
        isNegative[i + 1] &&
        !turn.test(parts[i + 1]!) &&
        !opensNegative.test(parts[i + 1]!) &&
        isListed(parts[i]!, 2)
      )
        isNegative[i] = true;
    return parts.map((text, i): Clause => ({ text, isNegative: isNegative[i]!, cite }));
  });
}
