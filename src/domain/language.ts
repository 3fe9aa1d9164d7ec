/** Which of the three languages a text is written in, by its commonest small words; Bokmål where nothing tells. */
import type { Language } from './member.ts';

const telling: Readonly<Record<Language, ReadonlySet<string>>> = {
  nb: new Set(['og', 'ikke', 'av', 'på', 'til', 'fra', 'en', 'et', 'vi', 'er', 'som', 'jeg', 'hva', 'noe', 'hjemme']),
  nn: new Set(['og', 'ikkje', 'av', 'på', 'til', 'frå', 'ein', 'eit', 'vi', 'er', 'som', 'eg', 'kva', 'noko', 'heime']),
  en: new Set([
    'and',
    'not',
    'of',
    'on',
    'to',
    'from',
    'a',
    'an',
    'we',
    'is',
    'the',
    'with',
    'what',
    'for',
    'in',
    'are',
  ]),
};

export function languageOf(text: string): Language {
  const count = { nb: 0, nn: 0, en: 0 };
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}]+/gu))
    for (const language of ['nb', 'nn', 'en'] as const) if (telling[language].has(word)) count[language]++;
  return count.en > count.nb && count.en > count.nn ? 'en' : count.nn > count.nb ? 'nn' : 'nb';
}
