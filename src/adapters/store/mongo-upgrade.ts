/** Brings the data of a database to this program's version; several processes may start at once. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Model } from 'mongoose';
import { takenIndex } from './mongo-errors.ts';
import { contentOf, type Models, type Row } from './mongo-rows.ts';
import { tableOf } from './tables.ts';
import { newerDataMessage, versionOf, type Upgrade } from './upgrades.ts';

const rowsAtATime = 200;
/** An upgrade whose process ended is taken over after this long. */
const leaseMs = 30_000;
const lookAgainMs = 200;

/**
 * One process upgrades, the others wait. Every document carries the version that it was written in, so that an upgrade
 * that was cut off goes on where it stopped. All of it is tried in memory first: when an upgrade fails, nothing changed.
 * @throws Error when the data was written by a newer program; it is left as it was.
 */
export async function migrateMongo(models: Models, upgrades: readonly Upgrade[]): Promise<void> {
  const { about } = models;
  const version = versionOf(upgrades);
  const me = randomUUID();
  for (;;) {
    const found = await about.findOne({ _id: 'data' }).lean().exec();
    if (found === null) {
      await about.bulkWrite([{ insertOne: { document: { _id: 'data', version } } }]).catch(unlessTaken);
      continue;
    }
    if (found.version > version) throw new Error(newerDataMessage(found.version, version));
    if (found.version === version) break;
    if (await claim(models, found.version, me)) {
      await upgradeAll(models, upgrades, () => claim(models, found.version, me)).catch(async (error: unknown) => {
        await about.updateOne({ _id: 'data', 'upgrading.by': me }, { $unset: { upgrading: 1 } }).exec();
        throw error;
      });
      await about
        .updateOne(
          { _id: 'data', version: found.version, 'upgrading.by': me },
          { $set: { version }, $unset: { upgrading: 1 } },
        )
        .exec();
    } else await pause(lookAgainMs);
  }
  for (const model of [...models.rows.values(), models.blocks]) await model.createIndexes();
}

/** Takes or renews the right to upgrade. */
async function claim({ about }: Models, version: number, me: string): Promise<boolean> {
  const now = new Date();
  const upgrading = { by: me, until: new Date(now.getTime() + leaseMs).toISOString() };
  const { matchedCount } = await about
    .updateOne(
      {
        _id: 'data',
        version,
        $or: [
          { upgrading: { $exists: false } },
          { 'upgrading.by': me },
          { 'upgrading.until': { $lt: now.toISOString() } },
        ],
      },
      { $set: { upgrading } },
    )
    .exec();
  return matchedCount === 1;
}

async function upgradeAll(models: Models, upgrades: readonly Upgrade[], renew: () => Promise<boolean>): Promise<void> {
  const version = versionOf(upgrades);
  for (const mode of ['try', 'write'] as const)
    for (const [name, rows] of models.rows) {
      const upgraded = (row: Row) =>
        upgrades
          .slice(row.dataVersion - 1)
          .filter((upgrade) => upgrade.collection === name)
          .reduce((doc, { upgrade }) => upgrade(doc), row.doc as Record<string, unknown>);
      for await (const page of pagesOf(rows, version)) {
        if (!(await renew())) throw new Error('Another process took over the upgrade of the data. Start again.');
        const ops = page.map((row) => ({
          updateOne: {
            filter: { _id: row._id, version: row.version },
            update: { $set: { dataVersion: version, ...contentOf(upgraded(row), tableOf(name)) } },
          },
        }));
        if (mode === 'write' && ops.length > 0) await rows.bulkWrite(ops);
      }
    }
}

async function* pagesOf(rows: Model<Row>, version: number): AsyncGenerator<Row[]> {
  for (let after = ''; ;) {
    const page = await rows
      .find({ _id: { $gt: after }, version: { $gt: 0 }, dataVersion: { $lt: version } })
      .sort({ _id: 1 })
      .limit(rowsAtATime)
      .lean<Row[]>()
      .exec();
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)!._id;
  }
}

function unlessTaken(error: unknown): void {
  if (takenIndex(error) === undefined) throw error;
}
