/**
 * An investor's mandate as it stands in its own words: what it will not do, what it demands, whether it is open.
 * Rules over nb, nn and en; each finding cites the sentence it was read from.
 */
import type { Member } from '../member.ts';
import { amountsIn } from './amounts.ts';
import { closedIn } from './closed.ts';
import { clausesOf, type Citation, type Clause } from './clauses.ts';
import { conceptsOf, union, type Concepts } from './concepts.ts';
import { exclusionIn, type Excluded } from './exclusions.ts';
import { countiesIn } from './geography.ts';
import { deviceClasses } from './traits.ts';

export interface Found<T> {
  value: T;
  cite: Citation;
}

export interface Mandate {
  /** Listed under `exclusions`: a gate where the company's trait is certain. */
  excluded: readonly Found<Excluded>[];
  /** Negated in thesis, summary or seeks: costs score. */
  avoided: readonly Found<Excluded>[];
  /** What each sentence, by its text, speaks of where it does not negate; one that only refuses is not among them. */
  wanted: ReadonlyMap<string, Concepts>;
  /** "Only X": the words that name X. */
  onlyTopic: Found<string> | undefined;
  /** Any sector will do. */
  isGeneralist: boolean;
  closed: Found<string> | undefined;
  /** Loans, guarantees, grants: no equity. */
  nonEquity: Found<string> | undefined;
  /** Invests in buildings, not in companies. */
  property: Found<string> | undefined;
  wantsMajority: Found<string> | undefined;
  /** Places it passes by, in lower case: counties by their name, and towns. */
  placesOut: Found<ReadonlySet<string>> | undefined;
  revenueMinNok: Found<number> | undefined;
  revenueMaxNok: Found<number> | undefined;
  roundMinNok: Found<number> | undefined;
  roundMaxNok: Found<number> | undefined;
  demandsCeMark: Found<string> | undefined;
  demandsPayingCustomer: Found<string> | undefined;
  /** Lowest device class wanted, index into deviceClasses. */
  deviceClassMin: Found<number> | undefined;
  wantsProfit: Found<string> | undefined;
  /** Mentions that draw the kind of company it looks for, -1 to 1 per form. */
  focus: Readonly<Record<'drug' | 'device' | 'software' | 'diagnostics' | 'ai' | 'welfare' | 'consumer', number>>;
}

const nonEquityPattern =
  /(?<!\p{L})(ikke|ikkje|ingen|no|not|uten|utan|without)\s+(\p{L}+\s+)?(egenkapital|eigenkapital|equity)|venture debt|(lån|loans?)(?!\p{L}).{0,12}(garanti|guarantee)|rentefri\p{L}*\s+lån|(vekst|vekste)lån|growth loan/iu;
const propertyPattern = /(?<!\p{L})(eiendom|eigedom|helsebygg)|(?<!intellectual )property|real estate/iu;
const onlyPattern =
  /(?:alt (?:som ikke gjelder|som ikkje gjeld|utenfor|utanfor)|everything (?:but|outside)|anything (?:but|outside)|nothing outside)\s*(?<topic>[\p{L}][\p{L} /&-]+)|(?<![\p{L}-])(?<topic2>[\p{L}-]{1,60})-only\b|investerer (?:kun|bare|berre) i (?<topic3>[\p{L}, ]+)|only invest in (?<topic4>[\p{L}, ]+)|dedicated to (?<topic5>[\p{L} ]+)/iu;
/** As an exclusion. */
const allButPattern = /(?<![\p{L}-])non-(?<topic>\p{L}[\p{L} /&-]+)/iu;
const generalistPattern =
  /bransjeuavhengig|bransje er ikke viktig|alle bransjer|alle bransjar|any sector|sector[- ]agnostic|all sectors|uavhengig av bransje|investerer i alt/iu;

const focusWords = {
  drug: /legemid|(?<!digital )\btherapeutics?\b|\bdrugs?\b|biotech|pharma|radioligand|cell therapy|bioprospect/giu,
  device: /\bdevices?\b|medtech|medisinsk utstyr|utstyr|hardware|fysisk|physical|instrument|sensor|robot|hjelpemid/giu,
  software: /programvare|software|saas|digital|\bARR\b|\bapp(er|s)?\b|workflow|arbeidsflyt|journal|integrasjon/giu,
  diagnostics: /diagnosti|\bIVDR?\b|\bPOC\b|hurtigtest|assay/giu,
  ai: /\bAI\b|\bKI\b|data\b|algoritm|machine learning|språkteknologi|language technology|beslutningsstøtte|decision support/giu,
  consumer:
    /consumer|forbruker|forbrukar|folk flest|egenomsorg|eigenomsorg|over disk|over the counter|retail|hjemme selv|betaler selv|B2C/giu,
  welfare:
    /velferdsteknologi|welfare tech|eldre|elder|omsorg|hjemmetjeneste|sykehjem|trygghet|demens|ageing|tilsyn|care home/giu,
} as const;

/** What is read: a clause, an exclusion or a whole sentence. */
interface Part {
  text: string;
  cite: Citation;
}

const everyFound = <T>(parts: readonly Part[], read: (part: Part) => T | undefined): Found<T>[] =>
  parts.flatMap((part) => {
    const value = read(part);
    return value === undefined ? [] : [{ value, cite: part.cite }];
  });

function firstFound<T>(parts: readonly Part[], read: (part: Part) => T | undefined): Found<T> | undefined {
  for (const part of parts) {
    const value = read(part);
    if (value !== undefined) return { value, cite: part.cite };
  }
  return undefined;
}

/** The sentences and seeks that clauses stand in, whole, once each. */
const sentencesIn = (clauses: readonly Clause[]): Part[] =>
  [...new Set(clauses.map(({ cite }) => cite))].map((cite) => ({ text: cite.text, cite }));

export function mandateOf(investor: Member): Mandate {
  const clauses = clausesOf(investor);
  const exclusions = (investor.exclusions ?? []).map((text, i): Clause => ({
    text,
    isNegative: true,
    cite: { field: `exclusions[${i}]`, start: 0, end: text.length, text },
  }));
  const sentences = sentencesIn(clauses);
  const refused = clauses.filter(({ isNegative }) => isNegative);
  const wanted = clauses.filter(({ isNegative }) => !isNegative);
  const first = (pattern: RegExp, among: readonly Part[] = sentences) =>
    firstFound(among, ({ text }) => pattern.exec(text)?.[0]);

  const classRange = first(/(?:class|klasse)\s+(IIa|IIb|III)(?![\p{L}])/iu);
  const focus = Object.fromEntries(
    Object.entries(focusWords).map(([key, pattern]) => {
      let score = 0;
      for (const { text, isNegative } of [...clauses, ...exclusions])
        score += (text.match(pattern)?.length ?? 0) * (isNegative ? -1 : 1);
      return [key, Math.tanh(score / 2)];
    }),
  ) as Record<keyof typeof focusWords, number>;

  return {
    excluded: everyFound(exclusions, ({ text }) => exclusionIn(text)),
    avoided: everyFound(refused, ({ text }) => exclusionIn(text)),
    wanted: wantedBySentence(wanted),
    placesOut: placesOut(refused, wanted),
    onlyTopic: firstFound([...exclusions, ...wanted], topicIn),
    isGeneralist: first(generalistPattern) !== undefined,
    closed: firstFound(sentences, ({ text }) => closedIn(text)),
    nonEquity: first(nonEquityPattern),
    property: first(propertyPattern),
    wantsMajority: first(/kjøper majoritet|buys? majority|majority (stakes? )?only/iu, wanted),
    ...sums([...clauses, ...exclusions]),
    demandsCeMark: first(
      /\bCE[- ]?(mer|marked)|\bCE mark\p{L}*\s+(in place|på plass|required|granted)|\b(with|med) CE\b|\bCE (or|eller)\b|(?<!\p{L})(før|before) CE (er|is)\b/iu,
    ),
    demandsPayingCustomer: first(
      /betal(ende|ande)\s+\p{L}*(kund|pilot)|paying\s+\p{L}*(customer|client|pilot)|må ha betalt|(inntekt|revenue) (først|fyrst|first|i dag|today)|real customers|(kunde|customer)\p{L}{0,12} (på plass|in place)|(omsetning|omsetnad|revenue|sales)\s+(eller|or)\s+(\p{L}+\s+)?(kontrakt|contract|avtale)|sign(ert|erte|ed)\s+\p{L}*(avtale|kontrakt|contract|agreement|pilot)/iu,
      wanted,
    ),
    deviceClassMin: classRange && {
      value: deviceClasses.findIndex(
        (c) => c.toLowerCase() === /(IIa|IIb|III)/iu.exec(classRange.value)![1]!.toLowerCase(),
      ),
      cite: classRange.cite,
    },
    wantsProfit: first(
      /(?<!\p{L})(lønnsom|lønsam|profitab)|(?<!\p{L})(nesten|near) lønnsom|break-?even|positivt år|(?<!\p{L})gå(r)? (rundt|i null|i pluss)(?!\p{L})/iu,
      wanted,
    ),
    focus,
  };
}

function wantedBySentence(wanted: readonly Clause[]): Map<string, Concepts> {
  const found = new Map<string, Concepts>();
  for (const { text, cite } of wanted) found.set(cite.text, union([found.get(cite.text) ?? [], conceptsOf(text)]));
  return found;
}

const isExclusion = ({ field }: Citation): boolean => field.startsWith('exclusions');

function topicIn({ text, cite }: Part): string | undefined {
  const groups = (onlyPattern.exec(text) ?? (isExclusion(cite) ? allButPattern.exec(text) : null))?.groups;
  const topic = Object.values(groups ?? {})
    .find((value) => value !== undefined)
    ?.trim();
  return topic === undefined || /^(ai|software|digital|hardware|investor|medtech)$/iu.test(topic) ? undefined : topic;
}

const revenueWord = /omsetning|omsetnad|omset|revenue|\bARR\b|\bsales\b|inntekt|fakturert/iu;
/** Money that is the fund's own, a hope, or somebody else's. */
const notRevenue =
  /prefer|helst|kunne nå|path to|potensial|potential|forvalt|manage|ticket|legg\p{L}* inn|skyt\p{L}* inn|samlet|samla|market|marked|marknad|konsern|our parent/iu;
const notRound = /market|marked|marknad|\bsaves?\b|sparer|a year|i året|har hentet|har henta|reserve/iu;
const roundWord =
  /(?<!\p{L})(?:[\p{L}-]{0,30}runde[nr]?|rundar|rundane|rounds?|raising|raises?|henter|hentar|series|serie|\p{L}{0,30}emisjon\p{L}{0,30})(?!\p{L})/iu;
const atMost =
  /(?<!\p{L})(under|below|inntil|opp? (?:til|mot)|up to|less than|mindre enn|maks\p{L}*|at most|no more than|ikke mer enn|ikkje meir enn|høyst|høgst)(?!\p{L})/iu;
const atLeast =
  /(?<!\p{L})(over|above|fra|frå|from|(?<!(?:no|ikke|ikkje) )(?:more than|mer enn|meir enn)|minst|at least|minimum|larger than|større enn|or more|eller mer)(?!\p{L})/iu;
/** "Over 12 million we are too small": the amount bounds what it can do, not what it wants. */
const tooMuch =
  /for (små|lite|liten|store?)(?!\p{L})|too (small|large|big)|(regnes|reknast|counts?) (ikke|ikkje|not)/iu;

/** Amounts beside a word for revenue or for a round. */
function sums(
  clauses: readonly Clause[],
): Pick<Mandate, 'revenueMinNok' | 'revenueMaxNok' | 'roundMinNok' | 'roundMaxNok'> {
  const found: ReturnType<typeof sums> = {
    revenueMinNok: undefined,
    revenueMaxNok: undefined,
    roundMinNok: undefined,
    roundMaxNok: undefined,
  };
  for (const { text, isNegative, cite } of clauses) {
    const amount = amountsIn(text)[0];
    if (amount === undefined) continue;
    if (revenueWord.test(text)) {
      if (cite.field === 'summary' || notRevenue.test(text)) continue;
      // What is ruled out above an amount is a ceiling, and so is what is wanted below one.
      const isCeiling = !amount.isRange && (isNegative ? atLeast : atMost).test(text);
      if (isCeiling) found.revenueMaxNok ??= { value: amount.minNok, cite };
      else if (found.revenueMinNok === undefined || amount.minNok > found.revenueMinNok.value)
        found.revenueMinNok = { value: amount.minNok, cite };
      if (amount.isRange) found.revenueMaxNok ??= { value: amount.maxNok, cite };
    } else if (cite.field.startsWith('seeks') || roundWord.test(text)) {
      if (cite.field === 'summary' || notRound.test(text)) continue;
      const isBound = (isNegative && !/no more than|ikkj?e mei?r enn/iu.test(text)) || tooMuch.test(text);
      if (amount.isRange || (isBound ? atMost : atLeast).test(text))
        found.roundMinNok ??= { value: amount.minNok, cite };
      if (amount.isRange || (isBound ? atLeast : atMost).test(text))
        found.roundMaxNok ??= { value: amount.maxNok, cite };
    }
  }
  return found;
}

const passes =
  /(?<!(?:aldri|never|not|ikke|ikkje) (?:\p{L}+ )?)(?:forbi|utenom|utanom|\bskip|pass(?:es)? (?:by|over))|(?:ikke|ikkje|no|not|nothing|aldri|never) (?:\p{L}+ )?(?:i|in|from|fra|frå|cover)(?!\p{L})|er (?:ikke|ikkje) vårt/iu;
const bigTowns = ['oslo', 'bergen', 'trondheim', 'stavanger'];
const outsideOf =
  /(?<!\p{L})(?<!(?:rett|like|just) )(?:utenfor|utanfor|outside)(?: of)? (?<places>(?:de |dei |the )?(?:store|største|big|large)\p{L}* (?:byen|byan|byer|byar|cit)\p{L}*|\p{Lu}\p{L}+(?:(?:, | og | and )\p{Lu}\p{L}+)*)/u;
/** Whose place it is, and no mere welcome. */
const theirs =
  /selskap|bedrift|verksem|virksom|foretak|føretak|compan|start-?up|adresse|address|hovedkontor|(?<!\p{L})(?:kun|bare|berre|only)(?!\p{L})/iu;
const welcome = /også|(?<!\p{L})(?:also|even)(?!\p{L})|gjerne|velko|welcome/iu;

/** Counties in a clause that passes them by, or else the towns outside which a company must lie. */
const placesOut = (refused: readonly Clause[], wanted: readonly Clause[]): Mandate['placesOut'] =>
  firstFound(refused, countiesPassed) ?? firstFound(sentencesIn(wanted), townsLeftOut);

const placesOrNone = (places: readonly string[]): ReadonlySet<string> | undefined =>
  places.length === 0 ? undefined : new Set(places);

const countiesPassed = ({ text }: Part) => placesOrNone(passes.test(text) ? countiesIn(text) : []);

function townsLeftOut({ text, cite }: Part) {
  if (cite.field === 'summary' || !theirs.test(text) || welcome.test(text)) return undefined;
  const places = outsideOf.exec(text)?.groups!['places']?.toLowerCase() ?? '';
  return placesOrNone(bigTowns.filter((town) => places.includes(town) || /byen|byan|byer|byar|cit/u.test(places)));
}
