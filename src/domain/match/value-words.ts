/** Values of facts as people read them: stages, amounts in kroner and countries in the reader's language. */
import type { FundingStage, Language } from '../member.ts';
import type { Fact } from './explain.ts';

const stageWords: Readonly<Record<FundingStage, Readonly<Record<Language, string>>>> = {
  'pre-seed': { nb: 'førsåkorn', nn: 'førsåkorn', en: 'pre-seed' },
  seed: { nb: 'såkorn', nn: 'såkorn', en: 'seed' },
  'series-a': { nb: 'serie A', nn: 'serie A', en: 'series A' },
  'series-b': { nb: 'serie B', nn: 'serie B', en: 'series B' },
  growth: { nb: 'vekst', nn: 'vekst', en: 'growth' },
  bootstrapped: { nb: 'egenfinansiert', nn: 'eigenfinansiert', en: 'bootstrapped' },
  none: { nb: 'henter ikke kapital', nn: 'hentar ikkje kapital', en: 'not raising' },
};
const upTo: Readonly<Record<Language, string>> = { nb: 'inntil', nn: 'inntil', en: 'up to' };
const from: Readonly<Record<Language, string>> = { nb: 'fra', nn: 'frå', en: 'from' };

/** Undefined for what takes more than a word or two to tell, such as a history. */
export function valueInWords({ field, value }: Fact, lang: Language): string | undefined {
  if (field === 'ticketMinNok, ticketMaxNok') {
    const [min, max] = value as [number | null, number | null];
    if (min !== null && max !== null && min !== max) return rangeInWords(min, max, lang);
    return max === null
      ? min === null
        ? undefined
        : `${from[lang]} ${amountInWords(min, lang)}`
      : min === null
        ? `${upTo[lang]} ${amountInWords(max, lang)}`
        : amountInWords(max, lang);
  }
  const words = (Array.isArray(value) ? value : [value]).map((one) => wordOf(field, one, lang));
  return words.length === 0 || words.includes(undefined) ? undefined : words.join(', ');
}

function wordOf(field: string, value: unknown, lang: Language): string | undefined {
  if (typeof value === 'number') return field.endsWith('Nok') ? amountInWords(value, lang) : undefined;
  if (typeof value !== 'string') return undefined;
  if (field === 'fundingStage' || field === 'stages') return stageWords[value as FundingStage]?.[lang] ?? value;
  const isCountry = (field === 'country' || field === 'geographies') && /^[A-Z]{2}$/u.test(value);
  return isCountry ? (new Intl.DisplayNames(localeOf(lang), { type: 'region' }).of(value) ?? value) : value;
}

const localeOf = (lang: Language): string => (lang === 'en' ? 'en-GB' : 'nb-NO');
const digits = (nok: number, lang: Language): string => new Intl.NumberFormat(localeOf(lang)).format(nok);
const amountInWords = (nok: number, lang: Language): string =>
  lang === 'en' ? `NOK ${digits(nok, lang)}` : `${digits(nok, lang)} kr`;
const rangeInWords = (min: number, max: number, lang: Language): string => {
  const range = `${digits(min, lang)}–${digits(max, lang)}`;
  return lang === 'en' ? `NOK ${range}` : `${range} kr`;
};
