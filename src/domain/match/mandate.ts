/**
 * An investor's mandate as it stands in its own words: what it will not do, what it demands, whether it is open.
 * Rules over nb, nn and en; each finding cites the sentence it was read from.
 */
import { sentencesOf } from '../facet.ts';
import type { Member } from '../member.ts';
import { amountsIn } from './amounts.ts';
import { deviceClasses } from './traits.ts';

export interface Citation {
  field: string;
  start: number;
  end: number;
  text: string;
}
export interface Found<T> {
  value: T;
  cite: Citation;
}

/** Things that an investor can rule out, as concepts that a company's traits answer. */
export const concepts = [
  'drug',
  'medtech',
  'digital-health',
  'software',
  'software-only',
  'hardware',
  'hardware-only',
  'consumer',
  'welfare-technology',
  'municipality-only',
  'uncertified',
  'pre-revenue',
  'without-ai',
  'service',
  'class-from',
  'class-I',
] as const;
export type Concept = (typeof concepts)[number];

const patterns: readonly (readonly [Concept, RegExp])[] = [
  ['class-I', /\bclass I\b|\bklasse I\b/u],
  [
    'class-from',
    /klasse (IIa|IIb|III) (og (opp|høyere|høgare)|eller høyere)|class (IIa|IIb|III) (and (up|above)|or higher)/u,
  ],
  [
    'software-only',
    /(software|programvare|digital)[- ]only|(software|digital) only|ren(e)? programvare|rein programvare|pure software|software without|no software-only|kun programvare/iu,
  ],
  ['hardware-only', /hardware[- ]only|ren maskinvare|pure hardware/iu],
  ['hardware', /\bhardware\b|\bmaskinvare/iu],
  ['software', /\bsoftware\b|\bprogramvare/iu],
  ['consumer', /\bconsumer|\bforbruker|\bb2c\b/iu],
  ['welfare-technology', /velferdsteknologi|welfare tech/iu],
  ['municipality-only', /(kun|bare|only)\b.{0,40}(kommun|municipal)/iu],
  ['uncertified', /ikke CE|pre-certification|uten CE|before CE|før CE|not CE/iu],
  ['pre-revenue', /pre-revenue|uten omsetning|utan omsetnad|without revenue|no revenue/iu],
  ['without-ai', /\bnon-AI\b|uten (KI|AI)\b/iu],
  ['service', /konsulentselskap|consultanc/iu],
  ['drug', /legemid|(?<!digital )\btherapeutics\b|\bdrugs?\b|\bbiotech|\bpharma\b|lækjemid/iu],
  ['digital-health', /digital health|digital helse|e-helse/iu],
  ['medtech', /\bmedtech\b|medisinsk utstyr|medical devices?/iu],
];

const negation = /\b(ikke|ikkje|ingen|inga|no|not|never|aldri|avoid|dislike|unntatt|heller ikke|nothing)\b/iu;
const comfort = /\b(comfortable with|ok with|gjerne|fint|fine with)\b/iu;

export interface Mandate {
  /** Listed under `exclusions`: a gate where the company's trait is certain. */
  excluded: readonly Found<{ concept: Concept; fromClass?: number }>[];
  /** Negated in thesis or summary: costs score. */
  avoided: readonly Found<Concept>[];
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
  focus: Readonly<Record<'drug' | 'device' | 'software' | 'diagnostics' | 'ai' | 'welfare', number>>;
}

const closedPattern =
  /(?<!\p{L})(ikke|ikkje|ingen|inga|no|not)(?!\p{L}).{0,20}(?<!\p{L})(nye?|new)\s+(\p{L}+\s+)?(invest|deal|plasser)|(?<!\p{L})not\s+(currently\s+)?(deploying|investing)|(?<!\p{L})(kun|bare|berre|only)\s.{0,20}(oppfølg|follow[- ]?(up|on))|full(t|y)?[- ]?invest|closed (to|for) new|(fond|fund|investeringsperiod|investment period)\p{L}*\s+(er|is|has)\s+(\p{L}+\s+)?(stengt|lukk|avslutt|utløp|over|closed|ended|expired)|(stans|stopp|paus)\p{L}*\s+(i\s+)?(nye|all(e)?)\s/iu;
const nonEquityPattern =
  /(?<!\p{L})(ikke|ikkje|ingen|no|not|uten|utan|without)\s+(\p{L}+\s+)?(egenkapital|eigenkapital|equity)|venture debt|(lån|loans?)(?!\p{L}).{0,12}(garanti|guarantee)|rentefri\p{L}*\s+lån|(vekst|vekste)lån|growth loan/iu;
const propertyPattern = /(?<!\p{L})(eiendom|eigedom|helsebygg)|(?<!intellectual )property|real estate/iu;
const onlyPattern =
  /(?:alt (?:som ikke gjelder|som ikkje gjeld|utenfor|utanfor)|everything (?:but|outside)|anything (?:but|outside)|nothing outside|non-)\s*(?<topic>[\p{L}][\p{L} /&-]+)|(?<topic2>[\p{L}-]+)-only\b|investerer (?:kun|bare|berre) i (?<topic3>[\p{L}, ]+)|only invest in (?<topic4>[\p{L}, ]+)|dedicated to (?<topic5>[\p{L} ]+)/iu;
const generalistPattern =
  /bransjeuavhengig|bransje er ikke viktig|alle bransjer|alle bransjar|any sector|sector[- ]agnostic|all sectors|uavhengig av bransje|investerer i alt/iu;

const focusWords = {
  drug: /legemid|(?<!digital )\btherapeutics?\b|\bdrugs?\b|biotech|pharma|radioligand|cell therapy|bioprospect/giu,
  device: /\bdevices?\b|medtech|medisinsk utstyr|utstyr|hardware|fysisk|physical|instrument|sensor|robot|hjelpemid/giu,
  software: /programvare|software|saas|digital|\bARR\b|\bapp(er|s)?\b|workflow|arbeidsflyt|journal|integrasjon/giu,
  diagnostics: /diagnosti|\bIVDR?\b|\bPOC\b|hurtigtest|assay/giu,
  ai: /\bAI\b|\bKI\b|data\b|algoritm|machine learning|språkteknologi|language technology|beslutningsstøtte|decision support/giu,
  welfare:
    /velferdsteknologi|welfare tech|eldre|elder|omsorg|hjemmetjeneste|sykehjem|trygghet|demens|ageing|tilsyn|care home/giu,
} as const;

interface Sentence extends Citation {
  negative: boolean;
}

/** Clauses of every text the investor wrote, with whether each is negated. */
function clausesOf(investor: Member): Sentence[] {
  const fields: [string, string | undefined][] = [
    ['thesis', investor.thesis],
    ['summary', investor.summary],
    ...(investor.seeks ?? []).map((text, i): [string, string] => [`seeks[${i}]`, text]),
  ];
  return fields.flatMap(([field, text]) =>
    sentencesOf(text ?? '').flatMap((sentence) =>
      [...sentence.text.matchAll(/[^,;:]+/gu)].map((part) => ({
        field,
        start: sentence.start,
        end: sentence.end,
        text: part[0],
        negative: negation.test(part[0]) && !comfort.test(part[0]),
      })),
    ),
  );
}

const citeSentence = (investor: Member, field: string, start: number, end: number): Citation => {
  const list = /^(\w+)\[(\d+)\]$/u.exec(field);
  const text = list
    ? ((investor as unknown as Record<string, string[]>)[list[1]!]?.[Number(list[2])] ?? '')
    : ((investor as unknown as Record<string, string>)[field] ?? '');
  return { field, start, end, text: text.slice(start, end) };
};

export function mandateOf(investor: Member): Mandate {
  const clauses = clausesOf(investor);
  const exclusions = (investor.exclusions ?? []).map((text, i): Citation => ({
    field: `exclusions[${i}]`,
    start: 0,
    end: text.length,
    text,
  }));
  const sentences: Citation[] = (['thesis', 'summary'] as const)
    .flatMap((field) => sentencesOf(investor[field] ?? '').map((s): Citation => ({ field, ...s })))
    .concat((investor.seeks ?? []).map((text, i) => ({ field: `seeks[${i}]`, start: 0, end: text.length, text })));
  const first = (pattern: RegExp, among: readonly Citation[] = sentences): Found<string> | undefined => {
    const cite = among.find((c) => pattern.test(c.text));
    return cite && { value: pattern.exec(cite.text)![0], cite };
  };

  const excluded = exclusions.flatMap((cite): Found<{ concept: Concept; fromClass?: number }>[] => {
    const found = patterns.find(([, pattern]) => pattern.test(cite.text));
    if (found === undefined) return [];
    if (found[0] !== 'class-from') return [{ value: { concept: found[0] }, cite }];
    const fromClass = deviceClasses.indexOf(/(IIa|IIb|III)/u.exec(cite.text)![1] as (typeof deviceClasses)[number]);
    return [{ value: { concept: 'class-from', fromClass }, cite }];
  });
  const avoided = clauses
    .filter((clause) => clause.negative)
    .flatMap((clause): Found<Concept>[] => {
      const found = patterns.find(([, pattern]) => pattern.test(clause.text));
      return found ? [{ value: found[0], cite: citeSentence(investor, clause.field, clause.start, clause.end) }] : [];
    });

  const only = [...exclusions, ...sentences].flatMap((cite): Found<string>[] => {
    const groups = onlyPattern.exec(cite.text)?.groups;
    const topic = Object.values(groups ?? {})
      .find((value) => value !== undefined)
      ?.trim();
    return topic === undefined || /^(ai|software|digital|hardware|investor|medtech)$/iu.test(topic)
      ? []
      : [{ value: topic, cite }];
  })[0];

  const revenueWord = /omsetning|omsetnad|revenue|\bARR\b|\bsales\b|inntekt/iu;
  const roundWord = /runde|round|rais|hent|series|serie|emisjon/iu;
  let revenueMinNok: Found<number> | undefined;
  let revenueMaxNok: Found<number> | undefined;
  let roundMinNok: Found<number> | undefined;
  let roundMaxNok: Found<number> | undefined;
  const keepMin = (old: Found<number> | undefined, value: number, cite: Citation) =>
    old === undefined || value > old.value ? { value, cite } : old;
  for (const clause of [...clauses, ...exclusions.map((cite) => ({ ...cite, negative: true }))]) {
    const amount = amountsIn(clause.text)[0];
    if (amount === undefined) continue;
    const cite = clause.field.startsWith('exclusions')
      ? clause
      : citeSentence(investor, clause.field, clause.start, clause.end);
    if (revenueWord.test(clause.text)) {
      if (/prefer|helst/iu.test(clause.text)) continue;
      revenueMinNok = keepMin(revenueMinNok, amount.minNok, cite);
      if (amount.isRange && revenueMaxNok === undefined) revenueMaxNok = { value: amount.maxNok, cite };
    } else if (clause.field.startsWith('seeks') || roundWord.test(clause.text)) {
      if (clause.field === 'summary') continue;
      if (amount.isRange || /\b(over|above|fra|from)\b/iu.test(clause.text))
        roundMinNok ??= { value: amount.minNok, cite };
      if (amount.isRange || /\b(under|below|inntil|up to)\b/iu.test(clause.text))
        roundMaxNok ??= { value: amount.maxNok, cite };
    }
  }

  const classRange = first(/(?:class|klasse)\s+(IIa|IIb|III)(?![\p{L}])/iu, sentences);
  const focus = Object.fromEntries(
    Object.entries(focusWords).map(([key, pattern]) => {
      let score = 0;
      for (const clause of clauses) score += (clause.text.match(pattern)?.length ?? 0) * (clause.negative ? -1 : 1);
      for (const cite of exclusions) score -= cite.text.match(pattern)?.length ?? 0;
      return [key, Math.tanh(score / 2)];
    }),
  ) as Record<keyof typeof focusWords, number>;

  return {
    excluded,
    avoided,
    onlyTopic: only,
    isGeneralist: first(generalistPattern) !== undefined,
    closed: first(closedPattern),
    nonEquity: first(nonEquityPattern),
    property: first(propertyPattern),
    wantsMajority: first(/kjøper majoritet|buys? majority|majority (stakes? )?only/iu),
    revenueMinNok,
    revenueMaxNok,
    roundMinNok,
    roundMaxNok,
    demandsCeMark: first(
      /\bCE[- ]?(mer|marked)|\bCE mark\p{L}*\s+(in place|på plass|required|granted)|\b(with|med) CE\b|\bCE (or|eller)\b|(?<!\p{L})(før|before) CE (er|is)\b/iu,
    ),
    demandsPayingCustomer: first(
      /betal(ende|ande)\s+\p{L}*(kund|pilot)|paying\s+\p{L}*(customer|client|pilot)|(omsetning|omsetnad|revenue|sales)\s+(eller|or)\s+(\p{L}+\s+)?(kontrakt|contract|avtale)|sign(ert|erte|ed)\s+\p{L}*(avtale|kontrakt|contract|agreement|pilot)/iu,
    ),
    deviceClassMin: classRange && {
      value: deviceClasses.findIndex(
        (c) => c.toLowerCase() === /(IIa|IIb|III)/iu.exec(classRange.value)![1]!.toLowerCase(),
      ),
      cite: classRange.cite,
    },
    wantsProfit: first(/lønnsom|lønsam|profitab|near break-even|positivt år/iu),
    focus,
  };
}
