/** What kind of company this is, read from its fields and words. Every trait is `undefined` where nothing tells. */
import type { Member } from '../member.ts';

export type Form = 'drug' | 'device' | 'software' | 'mixed' | 'service';
export const deviceClasses = ['I', 'IIa', 'IIb', 'III'] as const;

export interface Traits {
  form: Form | undefined;
  /** The form stands in fields or unmistakable words, not in a guess between the two. */
  formIsCertain: boolean;
  isDiagnostics: boolean;
  usesAi: boolean;
  isWelfareTechnology: boolean;
  /** Sells to private persons. */
  sellsToConsumers: boolean | undefined;
  sellsOnlyToMunicipalities: boolean | undefined;
  /** A CE mark that is in place; false only where certificates are listed and none is. */
  hasCeMark: boolean | undefined;
  /** Index into deviceClasses. */
  deviceClass: number | undefined;
  isRegulatedDevice: boolean;
}

const hardwareWords =
  /\b\p{L}*(sensor|robot|belte?\b|kateter|catheter|implant|pumpe?\b|dispenser|wearable|radar|drone|armbånd|wristband|lås\b|instrument|patch\b|plaster|spirometer|needle|prosthe|ortose|orthosis|exoskel|headset|briller|tryggleiksalarm|trygghetsalarm|takheis|hjelpemid|mattress|madrass|handpiece|cartridge|prototyp|batter(y|i)|hardware|maskinvare|GPS)\p{L}*|\bdevices?\b|\bapparat\p{L}*|\bphysical product|\bfysisk produkt/giu;
const softwareWords =
  /\b\p{L}*(programvare|software|plattform|platform|algorit|journal|portal|dashboard|SaaS|FHIR|modell?trent)\p{L}*|\b(app(en|er|s)?|API|AI|KI|chat|video|sky|cloud|nettbasert|digital)\b/giu;
const diagnosticWords =
  /\b(IVD\w*|assay|diagnosti\w*|hurtigtest\w*|blodprøve\w*|blood test|biomark\w*|point[- ]of[- ]care)\b/iu;
const aiWords =
  /\b(AI|KI|machine learning|maskinlæring|deep learning|kunstig intelligens|neural|algorit\w*|språkmodell\w*|language model\w*)\b/iu;
const welfareWords =
  /velferdsteknolog|welfare tech|trygghetsalarm|tryggleiksalarm|digitalt tilsyn|pasientvarsling|omsorgsteknolog/iu;
const consumerWords =
  /^(consumers?|forbrukere?|privat(e|kunder|personer)?|privatmarked\w*|b2c|direct to consumer|familie\w*|pårørende|women)\b/iu;
const municipalityWords = /kommun|municipalit|\biks\b|bydel/iu;
const pending =
  /pending|progress|under (arbeid|vurdering|behandling)|søk|planlagt|planned|in process|påbegynt|ventar|venter|forvent|expected|draft|klar til/iu;

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

export const isPendingCertificate = (certificate: string): boolean => pending.test(certificate);

export function traitsOf(member: Member): Traits {
  const industry = member.sectors?.[0]?.toLowerCase();
  const text = [member.summary, ...(member.offers ?? []), ...(member.sectors ?? [])].filter(Boolean).join('. ');
  const hardware = count(text, hardwareWords);
  const software = count(text, softwareWords);
  const form: Form | undefined =
    industry === 'pharma'
      ? 'drug'
      : member.kind === 'service'
        ? 'service'
        : industry === 'digital-health'
          ? hardware >= 2 && hardware > software
            ? 'mixed'
            : 'software'
          : industry === 'medtech'
            ? hardware === 0 && software >= 2
              ? 'software'
              : software > hardware
                ? 'mixed'
                : 'device'
            : undefined;
  const formIsCertain =
    form === 'drug' ||
    (form === 'software' && hardware === 0) ||
    (form === 'device' && (hardware > 0 || software === 0) && software <= 1);
  const certificates = member.certifications;
  const classText = [...(certificates ?? []), text].join('. ');
  const classMatch = /(?:class|klasse|MDR)\s*(III|II\s?b|II\s?a|I)(?![\p{L}\p{N}])/iu
    .exec(classText)?.[1]
    ?.replace(/\s/gu, '')
    .toLowerCase();
  const deviceClass = classMatch === undefined ? undefined : ['i', 'iia', 'iib', 'iii'].indexOf(classMatch);
  return {
    form,
    formIsCertain,
    isDiagnostics: diagnosticWords.test(text),
    usesAi: aiWords.test(text),
    isWelfareTechnology: welfareWords.test(text),
    sellsToConsumers: member.customers?.some((customer) => consumerWords.test(customer.trim())),
    sellsOnlyToMunicipalities: member.customers?.length
      ? member.customers.every((c) => municipalityWords.test(c))
      : undefined,
    hasCeMark: certificates?.some((c) => /\bCE\b|\bIVDR\b|\bMDR\b/u.test(c) && !pending.test(c)),
    deviceClass,
    isRegulatedDevice: deviceClass !== undefined || (certificates ?? []).some((c) => /MDR|IVDR|ISO 13485|510/u.test(c)),
  };
}
