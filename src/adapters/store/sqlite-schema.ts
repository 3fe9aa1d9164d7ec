/** The tables of the file, and how a file of an older version becomes one of this version. */
import type Database from 'better-sqlite3';
import { indexTables, sqliteIndexes } from './sqlite-indexes.ts';
import { collectionNames, tableOf, textOf } from './tables.ts';
import { newerDataMessage, versionOf, type Upgrade } from './upgrades.ts';

const rowsAtATime = 500;

/**
 * Makes what is missing and runs the upgrades that the file has not seen, all in one transaction.
 * @throws Error when the file was written by a newer program; it is left as it was.
 */
export function migrate(db: Database.Database, upgrades: readonly Upgrade[]): void {
  const version = versionOf(upgrades);
  db.transaction(() => {
    const found = Number(db.pragma('user_version', { simple: true }));
    if (found > version) throw new Error(newerDataMessage(found, version));
    for (const name of collectionNames)
      // With a rowid: documents are large, and without one they would weigh down the tree of the ids.
      db.exec(
        `CREATE TABLE IF NOT EXISTS "${name}" (id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL,
           createdAt TEXT NOT NULL, storedAt TEXT NOT NULL, doc TEXT NOT NULL, search TEXT NOT NULL);`,
      );
    db.exec(indexTables);
    db.exec(
      `CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL,
         id TEXT NOT NULL, version INTEGER NOT NULL);`,
    );
    if (found > 0) for (const upgrade of upgrades.slice(found - 1)) runUpgrade(db, upgrade);
    if (found !== version) db.pragma(`user_version = ${version}`);
  }).immediate();
}

function runUpgrade(db: Database.Database, { collection, upgrade }: Upgrade): void {
  const page = db.prepare<[string], { id: string; doc: string }>(
    `SELECT id, doc FROM "${collection}" WHERE id > ? ORDER BY id LIMIT ${rowsAtATime}`,
  );
  const write = db.prepare(`UPDATE "${collection}" SET doc = ?, search = ? WHERE id = ?`);
  const reindex = sqliteIndexes(db, collection);
  for (let rows = page.all(''); rows.length > 0; rows = page.all(rows.at(-1)!.id))
    for (const { id, doc } of rows) {
      const upgraded = upgrade(JSON.parse(doc) as Record<string, unknown>);
      write.run(JSON.stringify(upgraded), textOf(upgraded, tableOf(collection)), id);
      reindex(id, upgraded);
    }
}
