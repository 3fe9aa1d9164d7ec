import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import PostalMime from 'postal-mime';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { startProgram, type Program } from '../support/program.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const pairs = 5;
const folder = tempDir();
const dataDir = path.join(folder, 'data');
let server: Program | undefined;
let mailServer: MailServer | undefined;
afterAll(async () => {
  await server?.kill('SIGKILL');
  await mailServer?.close();
});
const start = async () => {
  server = startProgram('src/main.ts', [], folder, {
    KOBLING_DATA_DIR: dataDir,
    KOBLING_PORT: '0',
    KOBLING_SEED: '0',
    KOBLING_LOG_LEVEL: 'silent',
    KOBLING_PUBLIC_URL: 'https://kobling.example',
    KOBLING_SMTP_URL: `smtp://127.0.0.1:${mailServer!.port}`,
    KOBLING_ASK_BOTH: '1',
  });
  return (await server.prints(/ready at (http:\S+)/u))[1]!;
};

test('mails of acknowledged changes all arrive, repeated only under the same id, after kill -9 in the middle of sending', async () => {
  mailServer = await startMailServer();
  mailServer.holdAnswers(true);
  const url = await start();
  const post = async (address: string, body: object) => {
    const answer = await fetch(url + address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([address, answer.ok]).toEqual([address, true]);
    return (await answer.json()) as { id: string };
  };
  const ids: string[] = [];
  for (let n = 0; n < pairs; n++) {
    for (const [id, kind] of [
      [`s${n}`, 'startup'],
      [`i${n}`, 'investor'],
    ] as const)
      await post('/api/v1/members', { id, kind, name: `Navn ${id}`, contact: { email: `${id}@example.org` } });
    const pair = { subjectType: 'member', subjectId: `s${n}`, counterpartType: 'member', counterpartId: `i${n}` };
    const { id } = await post('/api/v1/introductions', pair);
    await post(`/api/v1/introductions/${id}/approve`, {});
    await post(`/api/v1/introductions/${id}/send`, {});
    ids.push(id);
  }
  // The first are with the mail server, which has not said so; the others wait.
  await mailServer.count(1);
  await server!.kill('SIGKILL');
  const repeated = mailServer.arrived.length;

  mailServer.holdAnswers(false);
  await start();
  // Again while some have been noted as sent and some have not.
  await mailServer.count(repeated + 2);
  await server!.kill('SIGKILL');

  const last = await start();
  const statesOf = async (id: string) => {
    const answer = await fetch(`${last}/api/v1/introductions/${id}`);
    return ((await answer.json()) as { mails: { state: string }[] }).mails.map((mail) => mail.state);
  };
  for (const id of ids) await until(async () => (await statesOf(id)).every((state) => state === 'sent'));
  expect(await server!.kill('SIGTERM')).toBe(0);

  const arrived = await Promise.all(mailServer.arrived.map(async (bytes) => (await PostalMime.parse(bytes)).messageId));
  const expected = ids.flatMap((id) => [`<${id}.m1@kobling.example>`, `<${id}.m2@kobling.example>`]);
  expect([...new Set(arrived)].sort()).toEqual(expected.sort());
  expect(arrived.length).toBeGreaterThanOrEqual(expected.length + repeated);
  const store = openSqliteStore(path.join(dataDir, 'kobling.sqlite'));
  expect(await store.collection('jobs').count({ state: 'dead' })).toBe(0);
  await store.close();
});
