/** Who is in the cluster. Plain data; absent always means unknown, never zero. */

export const memberKinds = [
  'startup',
  'company',
  'investor',
  'municipality',
  'intermunicipal',
  'hospital',
  'research',
  'testlab',
  'tto',
  'incubator',
  'lighthouse',
  'integrator',
  'service',
  'userorg',
] as const;
export type MemberKind = (typeof memberKinds)[number];

export const languages = ['nb', 'nn', 'en'] as const;
export type Language = (typeof languages)[number];

export const clusters = ['NSCC', 'NHT', 'OCC', 'TLSC'] as const;
export type Cluster = (typeof clusters)[number];

export const phases = ['development', 'testing', 'commercialisation', 'scaling', 'export'] as const;
export type Phase = (typeof phases)[number];

/** The rounds an investor can name in `stages`. */
export const raisingStages = ['pre-seed', 'seed', 'series-a', 'series-b', 'growth'] as const;
/** `bootstrapped` and `none` mean: not raising. */
export const fundingStages = [...raisingStages, 'bootstrapped', 'none'] as const;
export type FundingStage = (typeof fundingStages)[number];

export const investorTypes = ['angel', 'seed', 'venture', 'corporate', 'public', 'family', 'foreign'] as const;
export type InvestorType = (typeof investorTypes)[number];

export const leadFollows = ['lead', 'follow', 'either'] as const;

/** Kinds that can deliver to a need. */
export const supplierKinds: readonly MemberKind[] = ['startup', 'company', 'lighthouse', 'integrator', 'service'];
/** Kinds that buy on behalf of the public. */
export const publicBodyKinds: readonly MemberKind[] = ['municipality', 'intermunicipal', 'hospital'];
/** Kinds that raise capital. */
export const raisingKinds: readonly MemberKind[] = ['startup', 'company'];

export interface Member {
  id: string;
  kind: MemberKind;
  name: string;
  orgNumber?: string | undefined;
  clusters?: Cluster[] | undefined;
  county?: string | undefined;
  municipality?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  country?: string | undefined;
  language?: Language | undefined;
  summary?: string | undefined;
  offers?: string[] | undefined;
  seeks?: string[] | undefined;
  sectors?: string[] | undefined;
  phase?: Phase | undefined;
  /** Technology readiness level, 1-9. */
  trl?: number | undefined;
  fundingStage?: FundingStage | undefined;
  raisingNok?: number | undefined;
  /** Yearly accounts. */
  revenueNok?: number | undefined;
  costsNok?: number | undefined;
  payrollNok?: number | undefined;
  employees?: number | undefined;
  certifications?: string[] | undefined;
  integrations?: string[] | undefined;
  customers?: string[] | undefined;
  markets?: string[] | undefined;
  /** Date (YYYY-MM-DD) the member last checked its profile. */
  updatedAt?: string | undefined;
  investorType?: InvestorType | undefined;
  ticketMinNok?: number | undefined;
  ticketMaxNok?: number | undefined;
  stages?: (typeof raisingStages)[number][] | undefined;
  geographies?: string[] | undefined;
  leadFollow?: (typeof leadFollows)[number] | undefined;
  exclusions?: string[] | undefined;
  thesis?: string | undefined;
  contact?: { name?: string | undefined; email?: string | undefined; phone?: string | undefined } | undefined;
  matching?:
    | {
        optedOut?: boolean | undefined;
        openForDeals?: boolean | undefined;
        introductionsPerMonth?: number | undefined;
      }
    | undefined;
  /** Ids of declared competitors. */
  competesWith?: string[] | undefined;
  /** Ids of members this investor already owns a part of. */
  portfolio?: string[] | undefined;
}
