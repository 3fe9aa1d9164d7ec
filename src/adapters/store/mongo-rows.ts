/** How documents lie in MongoDB: one mongoose model a collection, indexes as declared in tables.ts. */
import type { Connection, Model, Schema as MongooseSchema } from 'mongoose';
import type { Collections, Stored } from '../../app/ports.ts';
import { collectionNames, indexedValue, tableOf, textOf, valuesOf, type Table } from './tables.ts';

export interface Row {
  _id: string;
  /** 0 while a removed document waits for its entry in the change log: nobody sees it any more. */
  version: number;
  createdAt: string;
  storedAt: string;
  /** Version of the data (upgrades.ts) that the document was written in. */
  dataVersion: number;
  doc?: object | undefined;
  /** Values of the indexed fields, as compared. */
  fields?: Record<string, string[]>;
  uniques?: Record<string, string[]>;
  search?: string;
  /** When and by which write, until the write stands in the change log. */
  unlogged?: string;
}

/** A run of the change log in one document: numbers `_id` to `last`. */
export interface Block {
  _id: number;
  last: number;
  entries: { collection: string; id: string; version: number }[];
}

/** What is known of the data as a whole. */
export interface About {
  _id: 'data';
  version: number;
  /** Who runs upgrades now, and until when that counts (ISO 8601). */
  upgrading?: { by: string; until: string };
}

export interface Models {
  rows: ReadonlyMap<keyof Collections, Model<Row>>;
  blocks: Model<Block>;
  about: Model<About>;
}

export function modelsOn(connection: Connection, Schema: typeof MongooseSchema): Models {
  const settings = { versionKey: false, minimize: false, autoIndex: false, autoCreate: false } as const;
  const { Mixed } = Schema.Types;
  const rowSchema = (table: Table) => {
    const schema = new Schema<Row>(
      {
        _id: String,
        version: Number,
        createdAt: String,
        storedAt: String,
        dataVersion: Number,
        doc: Mixed,
        fields: Mixed,
        uniques: Mixed,
        search: String,
        unlogged: String,
      },
      settings,
    );
    for (const field of table.indexed) schema.index({ [`fields.${field}`]: 1, _id: 1 });
    for (const field of table.unique) schema.index({ [`uniques.${field}`]: 1 }, { unique: true, sparse: true });
    if (table.logged) schema.index({ unlogged: 1 }, { sparse: true });
    return schema;
  };
  const blockSchema = new Schema<Block>({ _id: Number, last: Number, entries: [Mixed] }, settings).index({ last: 1 });
  const aboutSchema = new Schema<About>({ _id: String, version: Number, upgrading: Mixed }, settings);
  return {
    rows: new Map(collectionNames.map((name) => [name, connection.model<Row>(name, rowSchema(tableOf(name)), name)])),
    blocks: connection.model<Block>('changes', blockSchema, 'changes'),
    about: connection.model<About>('about', aboutSchema, 'about'),
  };
}

/** What is stored of a document beside itself. An absent field is not indexed, so that any number may lack it. */
export function contentOf(doc: object, table: Table) {
  const some = (
    fields: readonly string[],
    valueOf: (field: string, value: string) => string,
  ): Record<string, string[]> =>
    Object.fromEntries(
      fields
        .map((field): [string, string[]] => [
          field,
          [...new Set(valuesOf(doc, field).map((value) => valueOf(field, value)))],
        ])
        .filter(([, values]) => values.length > 0),
    );
  return {
    // As JSON has it: no undefined, and nothing that a later change of the object could reach.
    doc: JSON.parse(JSON.stringify(doc)) as object,
    fields: some(table.indexed, (field, value) => indexedValue(table, field, value)),
    uniques: some(table.unique, (_field, value) => value),
    search: textOf(doc, table),
  };
}

export const toStored = ({ _id, version, createdAt, storedAt, doc }: Row): Stored<object> => ({
  id: _id,
  version,
  createdAt,
  storedAt,
  doc: doc!,
});
