/**
 * Numbered upgrades of stored documents. Entry n (from 1) turns data of version n into version n + 1; never change or
 * remove an entry that has been released. `collection` and `upgrade` are all a backend needs to run it.
 */
import type { Collections } from '../../app/ports.ts';

export interface Upgrade {
  collection: keyof Collections;
  upgrade(doc: Record<string, unknown>): Record<string, unknown>;
}

export const upgrades: readonly Upgrade[] = [];

/** Version of the data that a program with these upgrades writes. */
export const versionOf = (known: readonly Upgrade[]): number => known.length + 1;

/** What is said to a program that finds data of a later version. */
export const newerDataMessage = (found: number, known: number): string =>
  `The data was written by a newer Kobling (data version ${found}; this program knows up to ${known}). ` +
  'Start the newer program, or restore a backup from before the upgrade.';
