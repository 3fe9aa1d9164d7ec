/** Every collection with what is unique, indexed and searched, declared once for all backends. */
import type { Collections } from '../../app/ports.ts';

export interface Table {
  /** Fields whose value may occur once; absent values do not count. */
  unique: readonly string[];
  /** Fields that `where` may name; an array field matches when it contains the value. */
  indexed: readonly string[];
  /** Fields that `text` searches. */
  text: readonly string[];
  /** Whether writes appear in the change log. */
  logged: boolean;
}

export const tables: Readonly<Record<keyof Collections, Table>> = {
  members: {
    unique: ['orgNumber'],
    indexed: ['kind', 'clusters', 'county', 'sectors'],
    text: ['name', 'summary', 'offers', 'seeks', 'thesis'],
    logged: true,
  },
  needs: { unique: [], indexed: ['ownerId', 'county', 'sectors'], text: ['title', 'description', 'mustHave'], logged: true },
  vectors: { unique: [], indexed: [], text: [], logged: true },
  jobs: { unique: [], indexed: ['kind', 'state', 'key'], text: [], logged: false },
  meta: { unique: [], indexed: [], text: [], logged: false },
};

export const collectionNames = Object.keys(tables) as (keyof Collections)[];

/** The values of a field, one for a scalar, several for an array, none where absent. Lower case, as filters compare. */
export function valuesOf(doc: object, field: string): string[] {
  const value = (doc as Record<string, unknown>)[field];
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => String(item).toLowerCase());
}

/** All searchable text of a document, lower case, one field a line. */
export const textOf = (doc: object, table: Table): string => table.text.flatMap((field) => valuesOf(doc, field)).join('\n');
