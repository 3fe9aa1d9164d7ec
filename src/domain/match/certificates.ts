/** Certificates as requirements name them and as members show them. */
import { deviceClasses, isPendingCertificate } from './traits.ts';

const known: readonly (readonly [string, RegExp])[] = [
  ['ISO 27001', /ISO\s*\/?(IEC)?\s*27001/iu],
  ['ISO 13485', /ISO\s*13485/iu],
  ['ISO 9001', /ISO\s*9001/iu],
  ['ISO 14001', /ISO\s*14001/iu],
  ['ISO 15189', /ISO\s*15189/iu],
  ['Normen', /\bNormen\b/u],
  ['GMP', /\bGMP\b/u],
  ['CE', /\bCE\b|\bMDR\b|\bIVDR\b/u],
  ['IEC 62304', /IEC\s*62304/iu],
  ['DPIA', /\bDPIA\b/u],
  ['WCAG', /\bWCAG\b|universell utforming/iu],
];

export interface CertificateDemand {
  name: string;
  /** Lowest device class asked for, index into deviceClasses; only for CE. */
  classMin: number | undefined;
}

const classIn = (text: string): number | undefined => {
  const found = /(?:class|klasse|MDR|CE)\s*(III|II\s?b|II\s?a|I)(?![\p{L}\p{N}])/iu
    .exec(text)?.[1]
    ?.replace(/\s/gu, '')
    .toLowerCase();
  return found === undefined ? undefined : deviceClasses.findIndex((c) => c.toLowerCase() === found);
};

/** The certificates that a requirement names; empty where it names none. */
export function certificatesNamed(requirement: string): CertificateDemand[] {
  return known.flatMap(([name, pattern]) =>
    pattern.test(requirement) ? [{ name, classMin: name === 'CE' ? classIn(requirement) : undefined }] : [],
  );
}

export type CertificateState = 'shown' | 'pending' | 'missing';

/** Whether a member shows a certificate; a lower device class than asked for counts as pending. */
export function certificateState(
  demand: CertificateDemand,
  certifications: readonly string[] | undefined,
): { state: CertificateState; index: number | undefined } {
  const pattern = known.find(([name]) => name === demand.name)![1];
  let result: { state: CertificateState; index: number | undefined } = { state: 'missing', index: undefined };
  for (const [index, certificate] of (certifications ?? []).entries()) {
    if (!pattern.test(certificate)) continue;
    const tooLow = demand.classMin !== undefined && (classIn(certificate) ?? 0) < demand.classMin;
    if (!isPendingCertificate(certificate) && !tooLow) return { state: 'shown', index };
    result = { state: 'pending', index };
  }
  return result;
}
