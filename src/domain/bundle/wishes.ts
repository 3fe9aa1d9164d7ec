/** What the buyer's own words say about several parts, one responsible party and the form of contract. */
import { sentencesOf } from '../facet.ts';
import type { Quotation } from '../match/explain.ts';
import type { Need } from '../need.ts';

const supplier = '(leverandør|tilbyder|tilbydar|supplier|vendor|bidder)\\p{L}*';
const cues = (...patterns: string[]) => new RegExp(patterns.join('|'), 'iu');

/** Several suppliers are welcome, or several parts have to belong together. */
const several = cues(
  `${supplier}[^.]{0,40}(\\bgår? (sammen|saman)|samarbeid|together|jointly|konsorti|consorti|grupper)`,
  `(flere|fleire|several|multiple|\\bto|\\btwo|ulike|different) ${supplier}`,
  'leverandørgrupp|del-?tilbud|partial (bids|offers|tenders)|underleveran|subcontract|konsorti|consorti',
  'total(leverand|kontrakt|entrepr)|hovedleverand|hovudleverand|prime contract',
  `(ingen|ikke|ikkje|none|no)[^.]{0,30}${supplier}[^.]{0,20}(har|has|have) (alt|all)`,
  'saml(et|a) løsning|samla løysing|helhetlig løsning|hele løsning|heile løysing|whole solution|complete solution',
  '\\b(en|ei|a) (samlet |samla )?(pakke|package|stack)\\b|(som|as) (ett|eitt|én|ein|one) (system|løsning|løysing|solution)',
  'som helhet|som heilskap|as a whole',
  'heng(e|er)? (sammen|saman)|hang together|i sammenheng|i samanheng|(virke|verke|fungere|fungera) (sammen|saman)|work together',
  'utveksl(e|a) data|exchange data|(samme|same) arbeids(flyt|gang)|same workflow',
  '\\b(de|dei|the) (to|tre|fire|two|three|four)( (delene|delane|parts|løsningene|løysingane))? (må|skal|must|shall)',
  '\\b(begge|både|both) (deler|delar|delene|delane|parts|må|skal|must|shall)\\b',
  // Together with another thing; together with people or bodies is only how one works.
  '(sammen|saman|together) (med|with) (?!(et |en |ei |eit |ein |a |an )?(oss|dere|dykk|us|you|our|the|vår|andre|other|nabo|neighbo|ansatt|tilsett|staff|forsk|research|universit|helse|kommun|sykehus|sjukehus|hospital|clini|klini|lege|sykeplei|sjukeplei|nurs|patient|pasient|bruk|user|pårørende|kompetanse|fag|leverandør|supplier|vendor))',
  '\\((1|i|a)\\)[^]*\\((2|ii|b)\\)',
  // A course with several stations.
  '\\b(et|eit|helhetlig|heilskapleg|sammenhengende|samanhengande) (pasient)?forløp\\b|\\b(a|one|whole) (patient )?pathway\\b|(hele|heile|whole) (kjede|chain)|end-to-end',
  '\\b(noen|nokon) som\\b[^.]*\\b(noen|nokon) som\\b|\\bsomeone (who|to)\\b[^.]*\\bsomeone (who|to)\\b',
  '(flere|fleire|several) (som )?(leverer|deliver|går sammen|går saman)|(dialog|dialogue) (med|with) (flere|fleire|several)',
);
/** One party has to answer for the whole. */
const oneParty = cues(
  '(én|éin|ein|en|one|single) (ansvarlig|ansvarleg|responsible)|må ta ansvar|totalansvar|ansvar for helheten|ansvar for heilskapen',
  'total(leverand|kontrakt|entrepr)|hovedleverand|hovudleverand|prime contract|one contract|(én|éin|ein) kontrakt',
  '(ikke|ikkje|not)[^.]{0,25}integrator',
  '(én|ein|one) (å|to) ringe? til|(sette|setje)( \\p{L}+){0,2} (sammen|saman) (selv|sjølve?)\\b',
);
const relational = cues('relasjonsbasert|relasjonskontrakt|relational contract');

const first = (need: Need, pattern: RegExp): Quotation | undefined => {
  for (const [field, text] of [
    ['title', need.title],
    ['description', need.description ?? ''],
  ] as const) {
    const sentences = sentencesOf(text);
    // A list that runs over several sentences is cited by its first.
    const hit =
      sentences.find((sentence) => pattern.test(sentence.text)) ?? (pattern.test(text) ? sentences[0] : undefined);
    if (hit !== undefined) return { field, start: hit.start, end: hit.end, quote: hit.text };
  }
  return undefined;
};

export interface Wishes {
  /** The sentence that says so, each. */
  severalParts: Quotation | undefined;
  oneResponsible: Quotation | undefined;
  relationalContract: Quotation | undefined;
}

export const wishesOf = (need: Need): Wishes => ({
  severalParts: first(need, several),
  oneResponsible: first(need, oneParty),
  relationalContract: first(need, relational),
});
