/**
 * What is looked up by value lives beside the documents in two small tables, one for filters and one for unique
 * values, so that arrays and scalars are found alike. Written in the transaction of the document.
 */
import type Database from 'better-sqlite3';
import { StoreError, type Collections } from '../../app/ports.ts';
import { isSqliteError } from './sqlite-errors.ts';
import { indexedValue, tableOf, valuesOf } from './tables.ts';

export const indexTables = `
  CREATE TABLE IF NOT EXISTS fields (collection TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (collection, field, value, id)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS fields_by_id ON fields (collection, id);
  CREATE TABLE IF NOT EXISTS uniques (collection TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (collection, field, value)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS uniques_by_id ON uniques (collection, id);`;

/** Replaces the index entries of one document; without `doc` they are removed. @throws StoreError `taken`. */
export type Reindex = (id: string, doc: object | undefined) => void;

export function sqliteIndexes(db: Database.Database, name: keyof Collections): Reindex {
  const table = tableOf(name);
  const addField = db.prepare('INSERT OR IGNORE INTO fields (collection, field, value, id) VALUES (?, ?, ?, ?)');
  const dropFields = db.prepare('DELETE FROM fields WHERE collection = ? AND id = ?');
  const addUnique = db.prepare('INSERT INTO uniques (collection, field, value, id) VALUES (?, ?, ?, ?)');
  const dropUniques = db.prepare('DELETE FROM uniques WHERE collection = ? AND id = ?');
  return (id, doc) => {
    if (table.indexed.length > 0) dropFields.run(name, id);
    if (table.unique.length > 0) dropUniques.run(name, id);
    if (doc === undefined) return;
    for (const field of table.indexed)
      for (const value of valuesOf(doc, field)) addField.run(name, field, indexedValue(table, field, value), id);
    for (const field of table.unique)
      for (const value of valuesOf(doc, field))
        try {
          addUnique.run(name, field, value, id);
        } catch (error) {
          if (!isSqliteError(error, 'CONSTRAINT')) throw error;
          throw new StoreError('taken', `Another entry already has the ${field} ${value}.`, field, error);
        }
  };
}
