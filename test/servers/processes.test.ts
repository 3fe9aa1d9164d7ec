/** Several processes over the same data, as they are started. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { removeDatabase, removeKeys } from '../support/own-servers.ts';
import { startProgram, type Program } from '../support/program.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
const mongoUrl = new URL(process.env['KOBLING_TEST_MONGO_URL']!);
mongoUrl.pathname = `kobling-processes-${process.pid}`;
const settings = {
  KOBLING_MONGO_URL: mongoUrl.href,
  // The default prefix: nothing else may use this database of Redis.
  KOBLING_REDIS_URL: `${process.env['KOBLING_TEST_REDIS_URL']}/7`,
  KOBLING_DATA_DIR: path.join(folder, 'data'),
  KOBLING_PORT: '0',
  KOBLING_SEED: '1',
};
const programs: Program[] = [];
const start = (role: string) => {
  const program = startProgram('src/main.ts', [], folder, { ...settings, KOBLING_ROLE: role });
  programs.push(program);
  return program;
};
const urlOf = async (program: Program) => (await program.prints(/ready at (http:\S+)/u))[1]!;
afterAll(async () => {
  await Promise.all(programs.map((program) => program.kill('SIGKILL')));
  await removeDatabase(mongoUrl.href);
  await removeKeys(settings.KOBLING_REDIS_URL, 'kobling');
});

const json = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;
const until = async (holds: () => Promise<boolean>) => {
  while (!(await holds())) await pause(50);
};

test('what is written through one process is embedded by a worker and found through every other', async () => {
  const worker = start('worker');
  const [first, second] = await Promise.all([urlOf(start('api')), urlOf(start('api')), urlOf(worker)]);
  const post = (body: object) =>
    fetch(`${first}/api/v1/members`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const isFoundAt = async (url: string, subject: string, wanted: string) => {
    const { items = [] } = await json(`${url}/api/v1/members/${subject}/matches/partners?limit=50`);
    return (items as { candidate: { id: string } }[]).some(({ candidate }) => candidate.id === wanted);
  };
  const isAllEmbedded = async (url: string) => {
    const { embedding } = (await json(`${url}/health/ready`)) as { embedding: { facets: number; embedded: number } };
    return embedding.facets > 0 && embedding.facets === embedding.embedded;
  };
  const twin = {
    kind: 'company',
    offers: ['Radar som oppdager fall hos eldre'],
    seeks: ['Kommuner som vil prøve radar'],
  };
  for (const id of ['twin-a', 'twin-b']) expect((await post({ id, name: id, ...twin })).status).toBe(201);
  for (const url of [first, second]) {
    await until(() => isAllEmbedded(url));
    expect(await isFoundAt(url, 'twin-a', 'twin-b')).toBe(true);
  }

  // A command beside them writes into the same log.
  writeFileSync(path.join(folder, 'members.jsonl'), JSON.stringify({ id: 'twin-c', name: 'C', ...twin }));
  const imported = await startProgram('scripts/import.ts', ['--dir', folder], folder, settings).ended;
  expect([imported.code, imported.stdout.split('\n')[0]]).toEqual([0, '1 created, 0 updated, 0 unchanged, 0 refused']);
  for (const url of [first, second]) {
    await until(() => isAllEmbedded(url));
    expect(await isFoundAt(url, 'twin-a', 'twin-c')).toBe(true);
  }
  const { items } = await json(`${second}/api/v1/jobs?state=dead`);
  expect(items).toEqual([]);
  expect(await worker.kill('SIGTERM')).toBe(0);
});
