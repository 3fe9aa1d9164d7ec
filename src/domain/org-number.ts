const weights = [3, 2, 7, 6, 5, 4, 3, 2];

/**
 * Whether a string is a Norwegian organisation number: nine digits, the last a mod-11 check digit. The first digit is
 * not judged: 8 and 9 are in use today, others are reserved or used for fictional units.
 */
export function isOrgNumber(text: string): boolean {
  if (!/^\d{9}$/.test(text)) return false;
  const digits = [...text].map(Number);
  const remainder = weights.reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0) % 11;
  const check = remainder === 0 ? 0 : 11 - remainder;
  return check !== 10 && check === digits[8];
}
