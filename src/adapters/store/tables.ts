/** Every collection with what is unique, indexed and searched, declared once for all backends. */
import type { Collections } from '../../app/ports.ts';

export interface Table<Field extends string = string> {
  /** Fields whose value may occur once; absent values do not count. */
  unique: readonly Field[];
  /** Fields that `where` may name, in any case; an array field matches when it contains the value. */
  indexed: readonly Field[];
  /** Indexed fields whose case counts, such as ids. */
  exact?: readonly Field[];
  /** Fields that `text` searches, in any case. */
  text: readonly Field[];
  /** Whether writes appear in the change log. */
  logged: boolean;
}

export const tables: { readonly [K in keyof Collections]: Table<keyof Collections[K] & string> } = {
  members: {
    unique: ['orgNumber'],
    indexed: ['kind', 'clusters', 'county', 'sectors', 'orgNumber'],
    text: ['name', 'summary', 'offers', 'seeks', 'thesis'],
    logged: true,
  },
  needs: {
    unique: [],
    indexed: ['ownerId', 'county', 'sectors'],
    exact: ['ownerId'],
    text: ['title', 'description', 'mustHave'],
    logged: true,
  },
  events: {
    unique: [],
    indexed: ['date', 'county', 'attendees'],
    exact: ['attendees'],
    text: ['name', 'description'],
    logged: true,
  },
  programmes: { unique: [], indexed: ['watch'], text: [], logged: true },
  introductions: {
    unique: ['pairKey', 'capSlots'],
    indexed: ['state', 'subjectId', 'counterpartId', 'eventId', 'parties', 'pairKey', 'capMonths', 'watch'],
    exact: ['subjectId', 'counterpartId', 'eventId', 'parties', 'pairKey', 'capMonths'],
    text: [],
    logged: true,
  },
  history: {
    unique: [],
    indexed: ['subjectId', 'counterpartIds'],
    exact: ['subjectId', 'counterpartIds'],
    text: ['text'],
    logged: true,
  },
  vectors: { unique: [], indexed: [], text: [], logged: true },
  jobs: { unique: [], indexed: ['kind', 'state'], text: [], logged: false },
  meta: { unique: [], indexed: [], text: [], logged: false },
};

export const collectionNames = Object.keys(tables) as (keyof Collections)[];

/** The table of a collection, for code that serves any of them. */
export const tableOf = (name: keyof Collections): Table => tables[name];

/** The values of a field, one for a scalar, several for an array, none where absent. */
export function valuesOf(doc: object, field: string): string[] {
  const value = (doc as Record<string, unknown>)[field];
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/** An indexed value as it is stored and compared. */
export const indexedValue = (table: Table, field: string, value: string): string =>
  table.exact?.includes(field) === true ? value : value.toLowerCase();

/** All searchable text of a document, lower case, one value a line. */
export const textOf = (doc: object, table: Table): string =>
  table.text
    .flatMap((field) => valuesOf(doc, field))
    .join('\n')
    .toLowerCase();
