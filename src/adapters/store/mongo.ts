import mongoose, { type Connection } from 'mongoose';
import { StoreError, type Collection, type Collections, type Store } from '../../app/ports.ts';
import { mongoCollection } from './mongo-collection.ts';
import { answering, asStoreError } from './mongo-errors.ts';
import { changeLog } from './mongo-log.ts';
import { modelsOn } from './mongo-rows.ts';
import { migrateMongo } from './mongo-upgrade.ts';
import { collectionNames } from './tables.ts';
import { upgrades as releasedUpgrades, versionOf, type Upgrade } from './upgrades.ts';

export interface MongoOptions {
  /** How long a call waits for the database. Default: by who waits. */
  waitMs?: number;
  /** Entries of the change log that are kept at least. Default 200,000. */
  keepChanges?: number;
  /** How often changes that an ended process left out of the log are looked for. Default 2000 ms. */
  relayEveryMs?: number;
  upgrades?: readonly Upgrade[];
}

/** At the start a busy server is waited for this long; later calls give up before. */
const selectionMs = 5000;
/** Kills what a caller has long given up, so that a frozen server does not use up the connections. */
const socketMs = 20_000;

/**
 * The store on MongoDB, for any number of processes: standalone or replica set, for no write spans two documents. `url`
 * may name the database (default `kobling`) and everything else that a connection needs.
 * @throws StoreError `unavailable` when the database does not answer; Error when the data was written by a newer program.
 */
export async function openMongoStore(url: string, options: MongoOptions = {}): Promise<Store> {
  const { waitMs, keepChanges = 200_000, relayEveryMs = 2000, upgrades = releasedUpgrades } = options;
  // Upgrades and new indexes take as long as they take.
  const patient = await connect(url, 0);
  try {
    await migrateMongo(modelsOn(patient, mongoose.Schema), upgrades);
  } catch (error) {
    throw asStoreError(error);
  } finally {
    await patient.close();
  }
  const connection = await connect(url, socketMs);
  const models = modelsOn(connection, mongoose.Schema);
  const answer = answering(waitMs === undefined ? undefined : () => waitMs);
  const log = changeLog(models, answer, { keep: keepChanges, relayEveryMs });
  const version = versionOf(upgrades);
  const collections = new Map(
    collectionNames.map((name) => [name, mongoCollection(models.rows.get(name)!, name, version, log, answer)]),
  );
  let breaks = 0;
  connection.getClient().on('connectionPoolCleared', () => breaks++);
  let closed: Promise<void> | undefined;
  return {
    collection: <K extends keyof Collections>(name: K) =>
      collections.get(name) as unknown as Collection<Collections[K]>,
    changes: log.changes,
    headSeq: log.headSeq,
    breaks: () => breaks,
    async ping() {
      await answer(() => models.about.findOne({ _id: 'data' }).lean().exec());
    },
    close: () => (closed ??= log.close().then(() => connection.close())),
  };
}

async function connect(url: string, socketTimeoutMS: number): Promise<Connection> {
  // Not `URL`: an address may name several hosts.
  const [, hosts, name = ''] = /^mongodb(?:\+srv)?:\/\/(?:[^/]*@)?([^/]+)(?:\/([^?]*))?/u.exec(url) ?? [];
  try {
    return await mongoose
      .createConnection(url, {
        ...(name === '' ? { dbName: 'kobling' } : {}),
        bufferCommands: false,
        autoIndex: false,
        serverSelectionTimeoutMS: selectionMs,
        connectTimeoutMS: selectionMs,
        heartbeatFrequencyMS: 1000,
        socketTimeoutMS,
        // What is acknowledged survives the end of the server, and that of a primary.
        w: 'majority',
        journal: true,
      })
      .asPromise();
  } catch (error) {
    const { message } = error as Error;
    throw new StoreError('unavailable', `MongoDB does not answer at ${hosts}: ${message}.`, undefined, error);
  }
}
