/** Words shown beside reasons and missing facts, in the reader's language. Quotations are never translated. */
import type { Language } from '../member.ts';

type Words = Readonly<Record<Language, string>>;

export const reasonLabels = {
  'seeks-this': { nb: 'Søker dette', nn: 'Søkjer dette', en: 'Seeks this' },
  'sought-by': {
    nb: 'Den andre parten søker dette',
    nn: 'Den andre parten søkjer dette',
    en: 'The other side seeks this',
  },
  'meets-requirement': { nb: 'Svarer på kravet', nn: 'Svarar på kravet', en: 'Answers the requirement' },
  'answers-need': { nb: 'Svarer på behovet', nn: 'Svarar på behovet', en: 'Answers the need' },
  'speaks-of-the-same': {
    nb: 'Begge skriver om det samme',
    nn: 'Båe skriv om det same',
    en: 'Both write about the same',
  },
  'fits-thesis': { nb: 'Passer investorens tese', nn: 'Passar tesen til investoren', en: "Fits the investor's thesis" },
  'funded-similar': {
    nb: 'Har finansiert lignende før',
    nn: 'Har finansiert liknande før',
    en: 'Funded similar before',
  },
  'delivered-similar': {
    nb: 'Har levert lignende før',
    nn: 'Har levert liknande før',
    en: 'Delivered similar before',
  },
  'stage-named': {
    nb: 'Fasen er blant investorens faser',
    nn: 'Fasen er mellom fasane til investoren',
    en: "The stage is among the investor's stages",
  },
  'ticket-fits': { nb: 'Beløpet passer runden', nn: 'Beløpet passar runden', en: 'The ticket fits the round' },
  'ticket-small': {
    nb: 'Største beløp dekker bare en liten del av runden',
    nn: 'Største beløp dekkjer berre ein liten del av runden',
    en: 'The largest ticket covers only a small part of the round',
  },
  'place-fits': {
    nb: 'Ligger i investorens område',
    nn: 'Ligg i området til investoren',
    en: "Lies in the investor's area",
  },
  'revenue-met': {
    nb: 'Omsetningskravet er nådd',
    nn: 'Omsetnadskravet er nådd',
    en: 'The revenue requirement is met',
  },
  'revenue-short': {
    nb: 'Omsetningen er under investorens krav',
    nn: 'Omsetnaden er under kravet til investoren',
    en: "The revenue is below the investor's requirement",
  },
  'revenue-above': {
    nb: 'Omsetningen er over det investoren går inn i',
    nn: 'Omsetnaden er over det investoren går inn i',
    en: 'The revenue is above what the investor funds',
  },
  'place-passed-by': {
    nb: 'Ligger et sted investoren går forbi',
    nn: 'Ligg ein stad investoren går forbi',
    en: 'Lies in a place that the investor passes by',
  },
  'same-county': { nb: 'Samme fylke', nn: 'Same fylke', en: 'Same county' },
  'shared-sectors': { nb: 'Felles fagområder', nn: 'Felles fagområde', en: 'Shared sectors' },
  'certificate-shown': { nb: 'Sertifikatet er vist', nn: 'Sertifikatet er vist', en: 'The certificate is shown' },
  'certificate-pending': {
    nb: 'Sertifikatet er underveis',
    nn: 'Sertifikatet er på veg',
    en: 'The certificate is pending',
  },
  'certificate-missing': {
    nb: 'Sertifikatet er ikke vist',
    nn: 'Sertifikatet er ikkje vist',
    en: 'The certificate is not shown',
  },
  'sells-to-owner-kind': {
    nb: 'Selger allerede til slike kunder',
    nn: 'Sel alt til slike kundar',
    en: 'Already sells to such customers',
  },
  'one-makes-other-uses': {
    nb: 'Den ene lager, den andre bruker eller tester',
    nn: 'Den eine lagar, den andre brukar eller testar',
    en: 'One makes, the other uses or tests',
  },
  'no-evidence': { nb: 'Ingen belegg funnet', nn: 'Ingen belegg funne', en: 'No evidence found' },
} as const satisfies Record<string, Words>;
export type ReasonCode = keyof typeof reasonLabels;

export const fieldLabels: Readonly<Record<string, Words>> = {
  fundingStage: { nb: 'finansieringsfase', nn: 'finansieringsfase', en: 'funding stage' },
  raisingNok: { nb: 'beløp som hentes', nn: 'beløp som vert henta', en: 'amount raised' },
  revenueNok: { nb: 'omsetning', nn: 'omsetnad', en: 'revenue' },
  county: { nb: 'fylke', nn: 'fylke', en: 'county' },
  stages: { nb: 'investorens faser', nn: 'fasane til investoren', en: "investor's stages" },
  ticketMinNok: { nb: 'minste beløp', nn: 'minste beløp', en: 'smallest ticket' },
  ticketMaxNok: { nb: 'største beløp', nn: 'største beløp', en: 'largest ticket' },
  geographies: { nb: 'investorens geografi', nn: 'geografien til investoren', en: "investor's geography" },
  thesis: { nb: 'investeringstese', nn: 'investeringstese', en: 'thesis' },
  certifications: { nb: 'sertifikater', nn: 'sertifikat', en: 'certificates' },
  phase: { nb: 'fase i innovasjonskjeden', nn: 'fase i innovasjonskjeda', en: 'phase' },
  customers: { nb: 'kunder', nn: 'kundar', en: 'customers' },
  offers: { nb: 'hva som tilbys', nn: 'kva som vert tilbode', en: 'offers' },
  seeks: { nb: 'hva som søkes', nn: 'kva som vert søkt', en: 'seeks' },
  summary: { nb: 'sammendrag', nn: 'samandrag', en: 'summary' },
  mustHave: { nb: 'må-krav', nn: 'må-krav', en: 'must-haves' },
  deadline: { nb: 'frist', nn: 'frist', en: 'deadline' },
  procurementRoute: { nb: 'anskaffelsesform', nn: 'innkjøpsform', en: 'procurement route' },
  budgetNok: { nb: 'budsjett', nn: 'budsjett', en: 'budget' },
  language: { nb: 'språk', nn: 'språk', en: 'language' },
};

export const labelOf = (code: ReasonCode, lang: Language): string => reasonLabels[code][lang];
export const fieldLabel = (field: string, lang: Language): string => fieldLabels[field]?.[lang] ?? field;
