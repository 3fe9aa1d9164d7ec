/** Words shown beside bundles, in the reader's language. Quotations are never translated. */
import type { Language } from '../member.ts';
import type { CoverageState } from '../coverage/coverage.ts';
import type { AdviceCode, ContractType, DeliveryModel } from './delivery.ts';
import type { Outcome, Proposal } from './propose.ts';
import type { Link } from './together.ts';

type Words = Readonly<Record<Language, string>>;

export const outcomeLabels: Readonly<Record<Outcome | 'need-expired', Words>> = {
  bundles: {
    nb: 'Flere leverandører dekker klart mer av behovet sammen enn noen av dem alene.',
    nn: 'Fleire leverandørar dekkjer klårt meir av behovet saman enn nokon av dei åleine.',
    en: 'Several suppliers cover clearly more of the need together than any of them alone.',
  },
  'one-covers-all': {
    nb: 'Én leverandør dekker alt som noen leverandør her dekker.',
    nn: 'Éin leverandør dekkjer alt som nokon leverandør her dekkjer.',
    en: 'One supplier covers everything that any supplier here covers.',
  },
  'small-gain': {
    nb: 'En sammensetning ville dekket litt mer, men ikke nok til at flere leverandører bør gå sammen.',
    nn: 'Ei samansetjing ville dekt litt meir, men ikkje nok til at fleire leverandørar bør gå saman.',
    en: 'A combination would cover a little more, but not enough for several suppliers to join.',
  },
  'no-combination': {
    nb: 'Ingen sammensetning dekker mer enn den beste leverandøren alene.',
    nn: 'Inga samansetjing dekkjer meir enn den beste leverandøren åleine.',
    en: 'No combination covers more than the best supplier alone.',
  },
  nobody: {
    nb: 'Ingen medlemmer viser at de dekker noe av behovet.',
    nn: 'Ingen medlemer viser at dei dekkjer noko av behovet.',
    en: 'No member shows that it covers any part of the need.',
  },
  'need-expired': {
    nb: 'Fristen for behovet er ute.',
    nn: 'Fristen for behovet er ute.',
    en: "The need's deadline has passed.",
  },
};

/** What only other suppliers meet then is asked of every supplier, such as a certificate. */
const allPartsWords: Words = {
  nb: 'Én leverandør dekker alle deler av leveransen som noen leverandør her dekker.',
  nn: 'Éin leverandør dekkjer alle delar av leveransen som nokon leverandør her dekkjer.',
  en: 'One supplier covers every part of the delivery that any supplier here covers.',
};
/** Takes how many must-haves of how many. */
const metByOthers: Readonly<Record<Language, (count: number, of: number) => string>> = {
  nb: (count, of) => `${count} av ${of} krav dekkes bare av andre leverandører.`,
  nn: (count, of) => `${count} av ${of} krav vert berre dekte av andre leverandørar.`,
  en: (count, of) => `Covered by other suppliers only: ${count} of ${of} must-haves.`,
};
const coveredByNobody: Readonly<Record<Language, (count: number, of: number) => string>> = {
  nb: (count, of) => `${count} av ${of} krav dekkes ikke fullt ut av noen.`,
  nn: (count, of) => `${count} av ${of} krav vert ikkje dekte fullt ut av nokon.`,
  en: (count, of) => `Fully covered by nobody: ${count} of ${of} must-haves.`,
};
const jointBidWords: Words = {
  nb: 'Et felles tilbud fra leverandører som kan gi hvert sitt tilbud, kan være ulovlig samarbeid etter konkurranseloven.',
  nn: 'Eit felles tilbod frå leverandørar som kan gje kvart sitt tilbod, kan vere ulovleg samarbeid etter konkurranselova.',
  en: 'A joint bid by suppliers that could each bid alone may be unlawful cooperation under competition law.',
};

/** The outcome in words; where one supplier covers all, with what that leaves open. */
export function outcomeLabel({ outcome, matrix, single }: Proposal, lang: Language): string {
  if (outcome !== 'one-covers-all') return outcomeLabels[outcome][lang];
  const of = matrix.musts.length;
  const covered = matrix.musts.filter(({ index }) => matrix.rows.some((row) => row.cells[index]!.state === 'covered'));
  const byOthers = covered.filter(({ index }) => !single!.covers.includes(index)).length;
  return [
    (byOthers === 0 ? outcomeLabels[outcome] : allPartsWords)[lang],
    ...(byOthers === 0 ? [] : [metByOthers[lang](byOthers, of)]),
    ...(covered.length === of ? [] : [coveredByNobody[lang](of - covered.length, of)]),
    jointBidWords[lang],
  ].join(' ');
}

export const stateLabels: Readonly<Record<CoverageState, Words>> = {
  covered: { nb: 'Dekket', nn: 'Dekt', en: 'Covered' },
  partly: { nb: 'Delvis dekket', nn: 'Delvis dekt', en: 'Partly covered' },
  not: { nb: 'Ingen belegg funnet', nn: 'Ingen belegg funne', en: 'No evidence found' },
};

export const linkLabels: Readonly<Record<Link['kind'], Words>> = {
  'names-the-other': {
    nb: 'Den ene oppgir integrasjon med den andre',
    nn: 'Den eine oppgjev integrasjon med den andre',
    en: 'One states an integration with the other',
  },
  'same-system': {
    nb: 'Begge er koblet til samme system',
    nn: 'Begge er kopla til same system',
    en: 'Both connect to the same system',
  },
};

export const deliveryLabels: Readonly<Record<DeliveryModel, Words>> = {
  'customer-integration': {
    nb: 'Kunden setter delene sammen selv',
    nn: 'Kunden set delane saman sjølv',
    en: 'The customer integrates the parts',
  },
  'prime-contractor': { nb: 'Totalkontraktør', nn: 'Totalkontraktør', en: 'Prime contractor' },
};

export const contractLabels: Readonly<Record<ContractType, Words>> = {
  relational: { nb: 'Relasjonskontrakt', nn: 'Relasjonskontrakt', en: 'Relational contract' },
  standard: { nb: 'Standardkontrakt', nn: 'Standardkontrakt', en: 'Standard contract' },
};

export const adviceLabels: Readonly<Record<AdviceCode, Words>> = {
  'asks-one-party': {
    nb: 'Kjøperen vil ha én ansvarlig',
    nn: 'Kjøparen vil ha éin ansvarleg',
    en: 'The buyer wants one responsible party',
  },
  'parts-connect': {
    nb: 'Delene må virke sammen',
    nn: 'Delane må verke saman',
    en: 'The parts have to work together',
  },
  'early-route': {
    nb: 'Anskaffelsesformen er for uavklarte behov',
    nn: 'Innkjøpsforma er for uavklarte behov',
    en: 'The route is one for needs that are not settled',
  },
  'clear-route': {
    nb: 'Anskaffelsesformen er for behov som kan spesifiseres',
    nn: 'Innkjøpsforma er for behov som kan spesifiserast',
    en: 'The route is one for needs that can be specified',
  },
  'early-products': {
    nb: 'Leverandøren er ikke kommet til markedet ennå',
    nn: 'Leverandøren er ikkje komen til marknaden enno',
    en: 'The supplier is not on the market yet',
  },
  'standard-products': {
    nb: 'Leverandøren har et produkt i markedet',
    nn: 'Leverandøren har eit produkt i marknaden',
    en: 'The supplier has a product on the market',
  },
  'buyer-can-integrate': {
    nb: 'Kjøperen har innkjøps- eller IKT-kompetanse',
    nn: 'Kjøparen har innkjøps- eller IKT-kompetanse',
    en: 'The buyer has procurement or IT competence',
  },
  'buyer-cannot-integrate': {
    nb: 'Kjøperen oppgir ikke innkjøps- eller IKT-kompetanse',
    nn: 'Kjøparen oppgjev ikkje innkjøps- eller IKT-kompetanse',
    en: 'The buyer states no procurement or IT competence',
  },
  'asks-relational': {
    nb: 'Kjøperen ber om relasjonskontrakt',
    nn: 'Kjøparen ber om relasjonskontrakt',
    en: 'The buyer asks for a relational contract',
  },
  'nothing-uncertain': {
    nb: 'Ingenting sier at behovet eller produktene er uavklarte',
    nn: 'Ingenting seier at behovet eller produkta er uavklarte',
    en: 'Nothing says that the need or the products are not settled',
  },
  'nothing-connects': {
    nb: 'Ingenting sier at delene må virke sammen',
    nn: 'Ingenting seier at delane må verke saman',
    en: 'Nothing says that the parts have to work together',
  },
  'lead-integrates': {
    nb: 'Kan lede: er integrator eller fyrtårnbedrift',
    nn: 'Kan leie: er integrator eller fyrtårnbedrift',
    en: 'Can lead: is an integrator or a lighthouse',
  },
  'lead-certificate': {
    nb: 'Kan lede: viser et sertifikat som behovet krever',
    nn: 'Kan leie: viser eit sertifikat som behovet krev',
    en: 'Can lead: shows a certificate that the need demands',
  },
  'lead-security': {
    nb: 'Kan lede: er sertifisert for informasjonssikkerhet',
    nn: 'Kan leie: er sertifisert for informasjonstryggleik',
    en: 'Can lead: is certified for information security',
  },
  'lead-size': {
    nb: 'Kan lede: har flest ansatte av dem som oppgir det',
    nn: 'Kan leie: har flest tilsette av dei som oppgjev det',
    en: 'Can lead: has the most employees of those that state them',
  },
  'lead-covers': {
    nb: 'Kan lede: dekker dette selv',
    nn: 'Kan leie: dekkjer dette sjølv',
    en: 'Can lead: covers this itself',
  },
};
