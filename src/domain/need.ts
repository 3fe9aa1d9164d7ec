import type { Language } from './member.ts';

export const procurementRoutes = [
  'market-dialogue',
  'pilot',
  'innovation-partnership',
  'pre-commercial',
  'framework',
  'below-threshold',
] as const;
export type ProcurementRoute = (typeof procurementRoutes)[number];

/** What a public body has asked for. Absent always means unknown. */
export interface Need {
  id: string;
  /** Member id of the public body. */
  ownerId: string;
  title: string;
  description?: string | undefined;
  language?: Language | undefined;
  budgetNok?: number | undefined;
  /** Last day (YYYY-MM-DD) on which an answer is taken. */
  deadline?: string | undefined;
  procurementRoute?: ProcurementRoute | undefined;
  mustHave?: string[] | undefined;
  niceToHave?: string[] | undefined;
  sectors?: string[] | undefined;
  county?: string | undefined;
}
