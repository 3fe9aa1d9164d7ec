/** From MongoDB's faults to the port's, and how long an answer is waited for. */
import { patienceMs, within } from '../../app/patience.ts';
import { StoreError } from '../../app/ports.ts';

/** Runs it, gives up after a while, and turns the driver's faults into the port's. */
export type Answer = <T>(run: () => Promise<T>) => Promise<T>;

const duplicateKey = 11000;
/** A primary that steps down, shuts down or is not there, a full disk, a time limit on the server. */
const awayCodes = new Set([6, 7, 50, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031]);

/**
 * The driver itself waits half a minute and more for a server that is frozen. What was sent may still happen, as with
 * every write whose answer is lost.
 */
export const answering =
  (waitMsNow: () => number = patienceMs): Answer =>
  async (run) => {
    const waitMs = Math.round(waitMsNow());
    const late = () => new StoreError('unavailable', `The database did not answer in ${waitMs} ms.`);
    try {
      return await within(waitMs, run(), late);
    } catch (error) {
      throw asStoreError(error);
    }
  };

/** `id` or the name of the unique index that a write ran into; undefined when that is not what happened. */
export function takenIndex(error: unknown): string | undefined {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code !== duplicateKey) return undefined;
  const index = /index: (?:\S+\.\$)?(\S+)/u.exec(message ?? '')?.[1] ?? '';
  return index.startsWith('_id_') ? 'id' : /^uniques\.(.+)_1$/u.exec(index)?.[1];
}

interface Fault {
  name?: string;
  code?: unknown;
  message?: string;
  writeErrors?: unknown;
}

/** What a socket says that broke under the driver; it passes some of that on as it is. */
const brokenSocket = /^(?:E[A-Z]+|ERR_(?:STREAM|SOCKET)_[A-Z_]+)$/u;

/** By name, for the driver is loaded late: what is not the server's own refusal means that it cannot be reached. */
export function asStoreError(error: unknown): unknown {
  const { name, code, message, writeErrors } = error as Fault;
  if (error instanceof StoreError || name === undefined) return error;
  const isBroken = typeof code === 'string' && brokenSocket.test(code);
  if (!isBroken && !/^Mongo/u.test(name)) return error;
  // A batch whose connection broke looks like a refused one, without a refusal.
  const isCutOff = name === 'MongoBulkWriteError' && (writeErrors === undefined || [writeErrors].flat().length === 0);
  const isRefusal =
    (/^Mongo(?:Server|BulkWrite|WriteConcern)Error$/u.test(name) && !isCutOff) || name === 'MongooseError';
  if (isRefusal && !awayCodes.has(code as number)) return error;
  return new StoreError('unavailable', `The database cannot do that now: ${message ?? name}.`, undefined, error);
}
