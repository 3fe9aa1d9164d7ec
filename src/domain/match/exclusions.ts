/** Things that an investor can rule out, and what a company's fields and words answer to each. */
import type { Member } from '../member.ts';
import { deviceClasses, type Traits } from './traits.ts';

/** In the order of reading: the narrower before the wider that its words hold too. */
const patterns = {
  'class-I': /\b[Cc]lass I\b|\b[Kk]lasse I\b/u,
  'class-from':
    /[Kk]lasse (IIa|IIb|III) (og (opp|høyere|høgare)|eller høyere)|[Cc]lass (IIa|IIb|III) (and (up|above)|or higher)/u,
  'software-only':
    /(software|programvare|digital)[- ]only|(software|digital) only|ren(e)? programvare|rein programvare|pure software|software without|no software-only|kun programvare/iu,
  'hardware-only': /hardware[- ]only|ren maskinvare|pure hardware/iu,
  hardware: /\bhardware\b|\bmaskinvare/iu,
  software: /\bsoftware\b|\bprogramvare/iu,
  consumer: /\bconsumer|\bforbruker|\bforbrukar|\bb2c\b/iu,
  'public-buyer':
    /public (procurement|tender|sector)|offentlig\p{L}* (anskaff|anbud|innkjøp|sektor)|(kommunal|municipal)\p{L}* (anbud|anbod|tender|fagsystem)/iu,
  'welfare-technology': /velferdsteknologi|welfare tech/iu,
  'municipality-only': /(kun|bare|only)\b.{0,40}(kommun|municipal)/iu,
  uncertified: /ikke CE|pre-certification|uten CE|before CE|før CE|not CE/iu,
  'pre-revenue': /pre-revenue|uten omsetning|utan omsetnad|without revenue|no revenue/iu,
  'without-ai': /\bnon-AI\b|uten (KI|AI)\b/iu,
  service: /konsulent|consultanc|(tjeneste|teneste)selskap|service (firms|companies)/iu,
  'drug-candidate':
    /(legemid|lækjemid|drug|molek\p{L}*|compound)\p{L}*[ -]?(kandidat|candidate|asset)|preclinical assets|(single|one)[- ](asset|molecule)|(egne|eigne|own) (legemid|drug)/iu,
  drug: /legemid|(?<!digital )\btherapeutics\b|\bdrugs?\b|\bbiotech|\bpharma\b|lækjemid/iu,
  'digital-health': /digital health|digital helse|e-helse/iu,
  medtech: /\bmedtech\b|medisinsk utstyr|medical devices?/iu,
} as const;
export type Exclusion = keyof typeof patterns;

export interface Excluded {
  what: Exclusion;
  /** With `class-from`: index into deviceClasses. */
  fromClass?: number;
}

/** "Software without clinical evidence" rules out some of it; no field tells which. */
const onlySome =
  /(?<!\p{L})(uten|utan|without|utenfor|utanfor|outside|before|later than|til dyr|for animals|veterin\p{L}*)(?!\p{L})|(?<!\p{L})drug (delivery|abuse)|legemiddelhåndter|implantable/iu;
const wide: readonly Exclusion[] = ['drug', 'drug-candidate', 'medtech', 'software', 'hardware', 'consumer'];

/** What a text rules out, if it is one of the things that a company's fields can answer. */
export function exclusionIn(text: string): Excluded | undefined {
  const found = (Object.keys(patterns) as Exclusion[]).find((name) => patterns[name].test(text));
  if (found === undefined || (wide.includes(found) && onlySome.test(text))) return undefined;
  if (found !== 'class-from') return { what: found };
  const named = /(IIa|IIb|III)/u.exec(text)![1] as (typeof deviceClasses)[number];
  return { what: found, fromClass: deviceClasses.indexOf(named) };
}

const worksForOthers =
  /kontraktsprod|kontraktsfors|oppdragsfors|contract (manufact|research|develop)|\bC(D?M|R)O\b|på oppdrag|on behalf|for andre\b|fee[- ]for[- ]service/iu;
const publicCustomer = /kommun|municipal|sykehus|sjukehus|hospital|helseforetak|helseføretak|\bHF\b|offentl|public/iu;

/** Whether a company is what is ruled out: true, false, or undefined where nothing tells for certain. */
export function isExcluded(company: Member, traits: Traits, { what, fromClass }: Excluded): boolean | undefined {
  const industry = company.sectors?.[0]?.toLowerCase();
  const sure = (form: boolean) => (traits.formIsCertain ? form : undefined);
  switch (what) {
    case 'drug':
      return industry === undefined ? undefined : industry === 'pharma';
    case 'drug-candidate':
      if (industry !== 'pharma') return industry === undefined ? undefined : false;
      return worksForOthers.test([company.summary, ...(company.offers ?? [])].join('. ')) ? false : undefined;
    case 'medtech':
      return industry === undefined ? undefined : industry === 'medtech' || traits.isRegulatedDevice;
    case 'digital-health':
      return industry === undefined ? undefined : industry === 'digital-health';
    case 'software':
    case 'software-only':
      return traits.form === 'mixed' ? undefined : sure(traits.form === 'software');
    case 'hardware':
    case 'hardware-only':
      return traits.form === 'mixed' ? undefined : sure(traits.form === 'device');
    case 'consumer':
      return traits.sellsToConsumers === true && company.customers?.length === 1 ? true : undefined;
    case 'public-buyer':
      return company.customers?.length ? company.customers.every((one) => publicCustomer.test(one)) : undefined;
    case 'welfare-technology':
      return traits.isWelfareTechnology || undefined;
    case 'municipality-only':
      return traits.sellsOnlyToMunicipalities;
    case 'uncertified':
      return traits.hasCeMark === false ? true : traits.hasCeMark === true ? false : undefined;
    case 'pre-revenue':
      return company.revenueNok === undefined ? undefined : company.revenueNok === 0;
    case 'without-ai':
      return traits.usesAi ? false : undefined;
    case 'service':
      return company.kind === 'service';
    case 'class-from':
      return traits.deviceClass === undefined ? undefined : traits.deviceClass >= (fromClass ?? 0);
    case 'class-I':
      return traits.deviceClass === undefined ? undefined : traits.deviceClass === 0;
  }
}

/** Not ruled out by what is known, and something speaks for it. */
export function mayBeExcluded(company: Member, traits: Traits, excluded: Excluded): boolean {
  if (isExcluded(company, traits, excluded) === false) return false;
  switch (excluded.what) {
    case 'drug-candidate':
      return company.sectors?.[0]?.toLowerCase() === 'pharma';
    case 'software':
    case 'software-only':
      return traits.form === 'software' || traits.form === 'mixed';
    case 'hardware':
    case 'hardware-only':
      return traits.form === 'device' || traits.form === 'mixed';
    case 'consumer':
      return traits.sellsToConsumers === true;
    case 'public-buyer':
      return company.customers?.some((one) => publicCustomer.test(one)) === true;
    case 'welfare-technology':
      return traits.isWelfareTechnology;
    case 'without-ai':
      return !traits.usesAi;
    case 'uncertified':
      return traits.hasCeMark !== true;
    default:
      return false;
  }
}
