/** Money as members write it in running text, in Norwegian kroner. */

/** Rough exchange rates, good enough to compare a range with a round: never shown as an amount. */
const nokPerUnit: Readonly<Record<string, number>> = {
  nok: 1,
  sek: 1,
  dkk: 1.55,
  eur: 11.5,
  '€': 11.5,
  usd: 10.5,
  $: 10.5,
  gbp: 13.5,
  '£': 13.5,
};

/** Numbers that people write as words before "million". */
const wordValues: Readonly<Record<string, number>> = {
  en: 1,
  ein: 1,
  én: 1,
  éin: 1,
  one: 1,
  to: 2,
  two: 2,
  tre: 3,
  three: 3,
  fire: 4,
  four: 4,
  fem: 5,
  five: 5,
  seks: 6,
  six: 6,
  sju: 7,
  syv: 7,
  seven: 7,
  åtte: 8,
  eight: 8,
  ni: 9,
  nine: 9,
  ti: 10,
  ten: 10,
  tolv: 12,
  twelve: 12,
  femten: 15,
  fifteen: 15,
  tjue: 20,
  twenty: 20,
  tretti: 30,
  thirty: 30,
  førti: 40,
  forty: 40,
  femti: 50,
  fifty: 50,
  hundre: 100,
  hundred: 100,
};
const numberWord = String.raw`(?<!\p{L})(?:${Object.keys(wordValues).join('|')})(?=\s)`;

/** Bounded, and only from the first digit on: a text of nothing but digits costs no more than another. */
const number = String.raw`(?<!\d)(?:\d{1,3}(?:[ .]\d{3})+|\d{1,15}(?:[.,]\d{1,6})?)`;
const amountPattern = new RegExp(
  String.raw`(?<before>NOK|SEK|DKK|EUR|USD|GBP|€|\$|£|kr)?\s*(?<from>${number}|${numberWord})(?:\s*(?:m(?:ill)?\.?\s*)?(?:[–—-]|til|to|og|and)\s*(?:NOK|EUR|USD|kr)?\s*(?<to>${number}|${numberWord}))?\s*(?<scale>milliard(?:er)?|mrd\.?|bn|billion|millioner?|millionar|mill\.?|MNOK|MEUR|MUSD|m(?![\p{L}\p{N}²]))\s*(?<after>kroner|kr|NOK|SEK|DKK|EUR|USD|GBP)?`,
  'giu',
);

export interface AmountRange {
  minNok: number;
  /** Equal to minNok for a single amount. */
  maxNok: number;
  isRange: boolean;
  start: number;
  end: number;
}

const parse = (text: string) =>
  wordValues[text.toLowerCase()] ??
  Number(/^\d{1,3}([ .]\d{3})+$/u.test(text) ? text.replace(/[ .]/gu, '') : text.replace(',', '.'));

/** Every amount of a million or more with its unit, in order, such as `NOK 4–20m`, `2–10 mill`, `EUR 3m`. */
export function amountsIn(text: string): AmountRange[] {
  return [...text.matchAll(amountPattern)].map((match) => {
    const groups = match.groups!;
    const scaleWord = groups['scale']!.toLowerCase();
    const scale = /^(milliard|mrd|bn|billion)/u.test(scaleWord) ? 1e9 : 1e6;
    const currency =
      /^m(eur|usd)/u.exec(scaleWord)?.[1] ?? (groups['before'] ?? groups['after'] ?? 'nok').toLowerCase();
    const rate = (nokPerUnit[currency] ?? 1) * scale;
    const from = parse(groups['from']!) * rate;
    const to = groups['to'] === undefined ? from : parse(groups['to']) * rate;
    return {
      minNok: Math.min(from, to),
      maxNok: Math.max(from, to),
      isRange: to !== from,
      start: match.index,
      end: match.index + match[0].length,
    };
  });
}
