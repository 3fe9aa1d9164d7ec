import path from 'node:path';
import Database from 'better-sqlite3';

/**
 * One program at a time owns a data folder. The lock is the operating system's on an SQLite file, so it ends with the
 * process, however that ends. Returns the way to give it back. @throws Error when another program holds it.
 */
export function lockFolder(folder: string): () => void {
  const db = new Database(path.join(folder, 'owner.lock'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw new Error(
      `Another Kobling program uses ${folder}: a server that starts or stops, or an import. Wait for it, or set KOBLING_DATA_DIR to another folder.`,
      { cause },
    );
  }
  return () => db.close();
}
