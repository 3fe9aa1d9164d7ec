/**
 * The weights of every signal, one table for each task, kept as JSON that `npm run learn` writes and a person reviews:
 * weight, part and reason of each feature, and the figures by which the table won. A weight of 0 is a signal that was
 * tried and did not earn its place yet; it stays so that learning can lift it.
 */
import type { Part } from './feature-table.ts';
import type { InvestorFeature } from './investor-features.ts';
import type { PartnerFeature } from './partner-features.ts';
import type { SupplierFeature } from './supplier-features.ts';
import tables from './weights.json' with { type: 'json' };

export interface Weight {
  weight: number;
  part: Part;
  reason: string;
}

/** nDCG@10 with unjudged as 0, and what it was measured on. */
export interface WonBy {
  /** YYYY-MM-DD. */
  date: string;
  queries: number;
  /** Strength of the ridge that the weights were learned with. */
  ridge: number;
  /** On the queries it was learned from. */
  fitted: number;
  /** On queries it was not learned from. */
  crossValidated: number;
  /** The weights before, on the same queries. */
  before: number;
  /** 95 % interval of the paired difference to the weights before. */
  gain: { mean: number; low: number; high: number };
}

export interface WeightTable<F extends string> {
  /** Log-odds where every feature is 0. */
  bias: number;
  features: Readonly<Record<F, Weight>>;
  wonBy: WonBy | null;
  /** Features whose weights were set by hand after that: the figures of `wonBy` are those of the table without them. */
  setByHandSince?: readonly F[];
}

export interface WeightTables {
  investor_for_startup: WeightTable<InvestorFeature>;
  supplier_for_need: WeightTable<SupplierFeature>;
  partner_for_member: WeightTable<PartnerFeature>;
}

export const weightTables = tables as WeightTables;
