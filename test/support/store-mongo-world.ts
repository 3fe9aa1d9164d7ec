import { randomUUID } from 'node:crypto';
import type { Store } from '../../src/app/ports.ts';
import { openMongoStore, type MongoOptions } from '../../src/adapters/store/mongo.ts';
import { removeDatabase } from './own-servers.ts';

export interface MongoWorld {
  url: string;
  open(options?: MongoOptions): Promise<Store>;
  dispose(): Promise<void>;
}

/** A database of its own on the server that the tests were given. */
export async function mongoWorld(): Promise<MongoWorld> {
  const url = new URL(process.env['KOBLING_TEST_MONGO_URL']!);
  url.pathname = `kobling-test-${randomUUID()}`;
  return {
    url: url.href,
    open: (options) => openMongoStore(url.href, options),
    dispose: () => removeDatabase(url.href),
  };
}
