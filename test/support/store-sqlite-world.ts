import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Store } from '../../src/app/ports.ts';
import { openSqliteStore, type SqliteOptions } from '../../src/adapters/store/sqlite.ts';

export interface SqliteWorld {
  file: string;
  open(options?: SqliteOptions): Promise<Store>;
  dispose(): Promise<void>;
}

/** A folder of its own for one embedded store. */
export async function sqliteWorld(): Promise<SqliteWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kobling-store-'));
  const file = path.join(folder, 'data', 'kobling.sqlite');
  return {
    file,
    open: async (options) => openSqliteStore(file, options),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
