/**
 * What kind of thing a must-have asks for, read from its words by rules. Only some kinds can be a reason to bring in a
 * supplier: a certificate, a language or "open interfaces" is asked of every supplier, whoever that is.
 */
import { certificatesNamed, type CertificateDemand } from '../match/certificates.ts';

/**
 * `function`: something that somebody makes or does. `integration`: a connection to something. `lead`: one party that
 * answers for the whole. `certificate`, `language` and `term` (price, capacity, references, where data lies, ease of
 * use ...): asked of every supplier.
 */
export type MustHaveKind = 'function' | 'integration' | 'lead' | 'certificate' | 'language' | 'term';

/** What is delivered, where the words tell: people on duty, things, or software. */
export type Deliverable = 'staffed' | 'device' | 'software';

export interface MustHave {
  /** Zero-based index into the need's `mustHave`. */
  index: number;
  text: string;
  kind: MustHaveKind;
  certificates: CertificateDemand[];
  /** One of the certificates is enough ("or", "/"). */
  anyCertificate: boolean;
  /** Languages asked for, as ISO 639-1 where there is one. */
  languages: string[];
  deliverable: Deliverable | undefined;
}

const certificateWords =
  /\b(ISO(\/IEC)?\s*\d+|IEC\s*\d+|Normen|GMP|GDP|CE|MDR|IVDR|DPIA|WCAG|universell utforming)\b|\b(minst|min|klasse?|class)\b|\b(I{1,3}\s?[ab]?|[A-D])\b\+?/giu;
const opensWithCertificate = /^(ISO(\/IEC)?\s*\d+|IEC\s*\d+|Normen|GMP|GDP|CE|MDR|IVDR)(?![-\p{L}\p{N}])/u;
const smallWords =
  /\b(eller|or|og|and|equal|equivalent|likeverdig|tilsvarende|tilsvarande|før|before|ved|levering|clinical|klinisk|use|bruk|in|i|at|go-live|merket|merking|merkt|merka|godkjent|godkjend|certif\w*|sertifiser\w*|utprøving|studie|study|trial|fastsatt|avtalt|planlagt|planned|dato|date|medisinsk|medical|utstyr|device|databehandleravtale|dokumentasjon|e\.?l)\b/giu;
const contentWords = (text: string) =>
  text
    .replace(certificateWords, ' ')
    .replace(smallWords, ' ')
    .match(/\p{L}{3,}/gu) ?? [];

const integrationWords =
  /integra(sjon|tion)|kobling|kopling|utveksl|exchange|grensesnitt|interface|interop|\bAPI|eksport|\bexport|automatisk i(nn)?\b|\binn i\b|open standards?|åpne standard/iu;
/** "Alerts in ...", "calculated from data in ...": what flows into or out of a system, when a system follows. */
const flowWords =
  /^(beregn|berekn|calculat|updat|oppdater|data(?!\p{L})|vars(e|l)|alert|skriv|les(ing|e|er|as|es)?(?!\p{L})|read|writ|registr|synk|sync|resultat|result|svar|dokument|document|hent|overfør|transfer|logg|vis(es|ast|t|ning)(?!\p{L})|shown|lagr|stored)/iu;
const intoOrFrom = /(?<!\p{L})(?:i|til|fra|frå|via|in|into|to|from)\s+(?<name>\p{Lu}[\p{L}\p{N}.]{2,})/gu;

const leadWords =
  /totalansvar|totalleverand|totalkontrakt|hovedleverand|hovudleverand|(én|ein|ett) ansvarlig|total responsib|prime contract|single point of contact|(én|one) kontrakt/iu;

const languageNames: readonly (readonly [string, RegExp])[] = [
  ['nn', /nynorsk/iu],
  ['nb', /bokmål|\bnorsk\b|\bNorwegian\b/iu],
  ['se', /samisk|\bS[aá]mi\b/iu],
  ['en', /\bengelsk\b|\bEnglish\b/iu],
  ['ar', /arabisk|\bArabic\b/iu],
  ['pl', /\bpolsk\b|\bPolish\b/iu],
  ['uk', /ukrain/iu],
  ['so', /\bsomali/iu],
  ['ti', /tigrin/iu],
  ['many', /flerspråk|fleirspråk|multilingual/iu],
];
const aboutLanguage =
  /^(på |in )?(norsk|bokmål|nynorsk|nord?samisk|samisk|norwegian|english|engelsk|flerspråk|fleirspråk|multilingual)(?!-)/iu;
const termWords = new RegExp(
  [
    '^(pris|price|kost|maks|max|mobil bruk|mobile use|enkelt?\\b|svært enkelt?|veldig enkelt?|easy|simple|ikke |ikkje |no )',
    '^((leverings?)?kapasitet\\b|(delivery )?capacity|leverings?tid|levering innen)',
    '^(refer[ae]ns|minst (én|ein|en|to)\\b|at least (one|two)\\b|deltakelse|deltaking|participation)',
    'EØS|\\bEEA\\b|^(on-prem|lokal drift|drift lokalt|local hosting|private cloud|databehandling|data processing)',
    '^(anonym|konfidensiel|confidential|personvern|privacy|publi|(åpen|open|offentlig|public) (rapport|report))',
    '^(brukes|brukast|tas|vert tatt|used|run|operated) (av|by)\\b',
    // What only the maker of a thing can bring along with it.
    '^(opplæring|training|brukerstøtte|support)$',
    '^(klinisk |clinical )?(dokumentasjon|documentation|evidence|effektdata|effect data)$',
    '^(uavhengig |lokal |independent |local )?valid|^(klinisk |clinical |performance )?(studie|study)|studie$',
  ].join('|'),
  'iu',
);

export const languagesIn = (text: string): string[] =>
  languageNames.flatMap(([code, pattern]) => (pattern.test(text) ? [code] : []));

const staffedWords = /bemann|bemanna|\bstaffed|\bmanned|vaktsentral|responstjeneste|responsteneste|\b24\/7\b|døgnåpe/iu;
const softwareWords =
  /plattform|platform|programvare|software|\bapp\b|\p{L}app\b|journal|register\b|skjema|systema?\b|\bAPI\b/iu;
const deviceWords =
  /utstyr\b|sensor|apparat|\bdevice|equipment|monitor\b|robot|\bmålar(en|ar)?\b|\bmåler(en|e)?\b|dispenser|kabinett|\blås|dukke|hanske/iu;

/** What comes before the first preposition or comma: the thing itself, without what it is for or works on. */
const headOf = (text: string): string =>
  text.split(/\s(?:av|for|til|med|på|mot|ved|uten|utan|før|i|of|with|to|in|on|from|by|without|before)\s|[,–]/u)[0]!;

/** The first that the words tell: people on duty outweigh what they work in. */
export function deliverableIn(text: string): Deliverable | undefined {
  if (staffedWords.test(text)) return 'staffed';
  if (softwareWords.test(text)) return 'software';
  return deviceWords.test(text) ? 'device' : undefined;
}

/** The words that the text opens with, and those that open a bracket; of a hyphenated word the last part ("GP-EHR"). */
const leadingWords = (text: string): string[] =>
  [...text.matchAll(/(?:^|\()([^\s)]+)/gu)].flatMap((found) => found[1]!.split('/').map((w) => w.split('-').at(-1)!));

/** `isSystem` knows the words that members use for what they connect to, lower case. */
export function mustHave(text: string, index: number, isSystem: (word: string) => boolean): MustHave {
  const certificates = certificatesNamed(text);
  const namesSystem =
    leadingWords(text).some((word) => isSystem(word.toLowerCase())) ||
    (flowWords.test(text) &&
      [...text.matchAll(intoOrFrom)].some(({ groups }) => isSystem(groups!['name']!.toLowerCase())));
  const kind: MustHaveKind =
    certificates.length > 0 && (opensWithCertificate.test(text) || contentWords(text).length === 0)
      ? 'certificate'
      : leadWords.test(text)
        ? 'lead'
        : aboutLanguage.test(text)
          ? 'language'
          : termWords.test(text)
            ? 'term'
            : integrationWords.test(text) || namesSystem
              ? 'integration'
              : 'function';
  return {
    index,
    text,
    kind,
    certificates,
    anyCertificate: /\/|\beller\b|\bor\b/iu.test(text),
    languages: languagesIn(text),
    deliverable: kind === 'function' ? deliverableIn(headOf(text)) : undefined,
  };
}
