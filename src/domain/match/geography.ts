/** Places as members write them: Norwegian counties, countries and the wider areas that contain them. */

import { wholeWord } from './whole-word.ts';

const word = (names: string) => new RegExp(wholeWord(names), 'iu');

const counties: Readonly<Record<string, RegExp>> = {
  agder: word('agder|sørlandet'),
  akershus: word('akershus'),
  buskerud: word('buskerud'),
  finnmark: word('finnmark'),
  innlandet: word('innlandet'),
  'møre og romsdal': word('møre og romsdal|sunnmøre|nordmøre'),
  nordland: word('nordland'),
  oslo: word('oslo'),
  rogaland: word('rogaland'),
  telemark: word('telemark'),
  troms: word('troms'),
  trøndelag: word('trøndelag'),
  vestfold: word('vestfold'),
  vestland: word('vestland'),
  østfold: word('østfold'),
};

const north = ['nordland', 'troms', 'finnmark'];
const west = ['rogaland', 'vestland', 'møre og romsdal'];
const mid = ['trøndelag', 'møre og romsdal'];
const regions: readonly (readonly [RegExp, readonly string[]])[] = [
  [/nord-norge|north(ern)? norway|nordnorsk/iu, north],
  [/vestlandet|west(ern)? (coast|norway)|vest-norge/iu, west],
  [/midt-norge|mid-norway|central norway/iu, mid],
];

const nordic = ['NO', 'SE', 'DK', 'FI', 'IS'];
const dach = ['DE', 'AT', 'CH'];
const benelux = ['BE', 'NL', 'LU'];
const europe = [...nordic, ...dach, ...benelux, 'GB', 'IE', 'FR', 'ES', 'PT', 'IT', 'PL', 'EE', 'LV', 'LT', 'CZ', 'GR'];
const areas: readonly (readonly [RegExp, readonly string[] | 'all'])[] = [
  [/^(global|world(wide)?|hele verden|international|internasjonalt)$/iu, 'all'],
  [/^(europe|europa|eu|eea|eøs|eu\/eea)$/iu, europe],
  [/^(nordics?|norden|nordic countries|scandinavia|skandinavia)$/iu, nordic],
  [/^dach$/iu, dach],
  [/^benelux$/iu, benelux],
  [/^(norge|noreg|norway|hele landet|heile landet|nasjonalt)$/iu, ['NO']],
  [/^(sverige|sweden)$/iu, ['SE']],
  [/^(danmark|denmark)$/iu, ['DK']],
  [/^(finland)$/iu, ['FI']],
  [/^(tyskland|germany)$/iu, ['DE']],
  [/^(uk|united kingdom|storbritannia|england)$/iu, ['GB']],
  [/^(usa?|united states|north america|nord-amerika)$/iu, ['US']],
  [/^japan$/iu, ['JP']],
];

/** Counties named in a text, by their Norwegian lower-case name. */
export function countiesIn(text: string): string[] {
  const named = Object.entries(counties).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
  const wider = regions.flatMap(([pattern, list]) => (pattern.test(text) ? list : []));
  return [...new Set([...named, ...wider])].sort();
}

export type GeographyFit = 'county' | 'country' | 'outside' | 'unknown';

/**
 * Whether a place lies inside a list of areas. `county` = a county list names it, `country` = a wider area holds it,
 * `outside` = every entry is understood and none holds it; anything not understood makes it `unknown`.
 */
export function geographyFit(
  areasWanted: readonly string[] | undefined,
  place: { county?: string | undefined; country?: string | undefined },
): GeographyFit {
  if (areasWanted === undefined || areasWanted.length === 0) return 'unknown';
  const county = place.county === undefined ? undefined : countiesIn(place.county)[0];
  const country = place.country ?? (county === undefined ? undefined : 'NO');
  let best: GeographyFit = 'outside';
  for (const wanted of areasWanted) {
    const inCounties = countiesIn(wanted);
    if (inCounties.length > 0) {
      if (county !== undefined && inCounties.includes(county)) return 'county';
      if (county === undefined && (country === undefined || country === 'NO')) best = 'unknown';
      continue;
    }
    const area = areas.find(([pattern]) => pattern.test(wanted.trim()))?.[1];
    if (area === undefined || country === undefined) {
      if (best === 'outside') best = 'unknown';
    } else if (area === 'all' || area.includes(country)) best = 'country';
  }
  return best;
}
