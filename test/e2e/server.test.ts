import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startProgram, type Program } from '../support/program.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const root = tempDir();
let folder: string;
let data: string;
let number = 0;
const running = new Set<Program>();
beforeEach(() => {
  folder = path.join(root, String(++number));
  data = path.join(folder, 'data');
  mkdirSync(folder);
});
afterEach(async () => {
  await Promise.all([...running].map((program) => program.kill('SIGKILL')));
  running.clear();
});

const settings = (more: Record<string, string> = {}) => ({
  KOBLING_DATA_DIR: data,
  KOBLING_CACHE_DIR: path.join(root, 'cache'),
  KOBLING_PORT: '0',
  KOBLING_SEED: '0',
  ...more,
});
const start = (more?: Record<string, string>) => {
  const program = startProgram('src/main.ts', [], folder, settings(more));
  running.add(program);
  return program;
};
const urlOf = async (program: Program) => (await program.prints(/ready at (http:\S+)/u))[1]!;
const post = (url: string, body: object) =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

test('starts with the seed, says where it is, stops on SIGTERM with 0 and keeps what it holds', async () => {
  const first = start({ KOBLING_SEED: '1' });
  const url = await urlOf(first);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect((await first.prints(/with (\d+) members and (\d+) needs/u)).slice(1)).toEqual(['50', '15']);
  expect(existsSync(path.join(data, 'server.json'))).toBe(true);
  expect(await first.kill('SIGTERM')).toBe(0);
  expect(existsSync(path.join(data, 'server.json'))).toBe(false);
  const second = start({ KOBLING_SEED: '1' });
  await second.prints(/with 50 members and 15 needs/u);
});

const isLinux = existsSync('/proc/sys/net/core/somaxconn');
(isLinux ? test : test.skip)('a stall lets a thousand callers wait, and cuts none off', async () => {
  const program = start();
  const { port } = new URL(await urlOf(program));
  program.process.kill('SIGSTOP');
  const callers = Array.from({ length: 1000 }, () => connect(Number(port), '127.0.0.1'));
  try {
    // The system takes them in for the program.
    await Promise.all(callers.map((caller) => once(caller, 'connect')));
    program.process.kill('SIGCONT');
    for (const caller of callers)
      caller.end('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const answers = await Promise.all(callers.map(async (caller) => (await once(caller, 'data')).toString()));
    expect(answers.filter((answer) => !answer.startsWith('HTTP/1.1 200'))).toEqual([]);
  } finally {
    for (const caller of callers) caller.destroy();
  }
});

test('reads .env in the working folder, and the environment overrules it', async () => {
  writeFileSync(path.join(folder, '.env'), 'KOBLING_LOG_LEVEL=fatal\nKOBLING_SEED=1\n');
  const program = start();
  const { stdout } = await program
    .prints(/with 0 members/u)
    .then(() => program.kill('SIGINT').then(() => program.ended));
  expect(stdout).not.toContain('"level"');
});

test('refuses wrong settings with every fault', async () => {
  const { code, stderr } = await start({ KOBLING_PORT: 'x', KOBLING_HOST: '0.0.0.0', KOBLING_NAME: 'y' }).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/KOBLING_NAME: no such setting[^]*KOBLING_PORT/u);
});

test('refuses a port that is taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await start({ KOBLING_PORT: String(port) }).ended;
  other.close();
  expect([code, stderr]).toEqual([1, expect.stringContaining(`Port ${port} on 127.0.0.1 is taken`)]);
});

test('refuses a folder that another server uses, also while that one has not said so yet', async () => {
  const first = start();
  const url = await urlOf(first);
  const told = await start().ended;
  expect([told.code, told.stderr]).toEqual([1, expect.stringContaining(`already serves ${data} at ${url}`)]);
  rmSync(path.join(data, 'server.json'));
  const locked = await start().ended;
  expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining(`Another Kobling program uses ${data}`)]);
});

test('starts after kill -9 with everything that was acknowledged', async () => {
  const first = start();
  const url = await urlOf(first);
  for (let i = 0; i < 20; i++)
    expect(
      (await post(`${url}/api/v1/members`, { id: `m${i}`, kind: 'startup', name: `M${i}`, offers: ['x'] })).status,
    ).toBe(201);
  await first.kill('SIGKILL');
  const second = start();
  const { items } = (await (await fetch(`${await urlOf(second)}/api/v1/members`)).json()) as { items: unknown[] };
  expect(items).toHaveLength(20);
});

test('finishes a seed that kill -9 cut off', async () => {
  const first = start({ KOBLING_SEED: '1' });
  await until(() => existsSync(path.join(data, 'kobling.sqlite-wal')));
  await first.kill('SIGKILL');
  await start({ KOBLING_SEED: '1' }).prints(/with 50 members and 15 needs/u);
});

test('stops with 0 when the signal comes during the start', async () => {
  const program = start({ KOBLING_SEED: '1' });
  await until(() => existsSync(path.join(data, 'server.json')));
  const code = await program.kill('SIGTERM');
  const { stderr } = await program.ended;
  expect([code, stderr]).toEqual([0, '']);
});

test('answers a request that is under way when the signal comes', async () => {
  const program = start();
  const url = await urlOf(program);
  const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const upload = httpRequest(
      `${url}/api/v1/imports`,
      { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson', Expect: '100-continue' } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    upload.on('error', reject);
    upload.on('continue', () => {
      upload.write('{"id":"a","kind":"startup","name":"A"}\n');
      program.process.kill('SIGTERM');
      program.prints(/stopping/u).then(() => upload.end('{"id":"b","kind":"startup","name":"B"}\n'), reject);
    });
    upload.flushHeaders();
  });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, expect.objectContaining({ created: 2 })]);
  expect((await program.ended).code).toBe(0);
});

test('takes up an import that was cut off, and removes files that nobody waits for', async () => {
  const first = start();
  const url = await urlOf(first);
  const lines = Array.from({ length: 6000 }, (_, i) =>
    JSON.stringify({ id: `m${i}`, kind: 'startup', name: `M${i}`, summary: 'x'.repeat(200) }),
  ).join('\n');
  const taken = await fetch(`${url}/api/v1/imports`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: lines,
  });
  expect(taken.status).toBe(202);
  await first.kill('SIGKILL');
  writeFileSync(path.join(data, 'spool', 'left-over.ndjson'), '');
  const second = await urlOf(start());
  const events = await fetch(`${second}${taken.headers.get('location')}/events`);
  expect(await events.text()).toMatch(/"state":"done"[^\n]*\n\n$/u);
  const last = await fetch(`${second}/api/v1/members/m5999`);
  expect(last.status).toBe(200);
  await until(() => readdirSync(path.join(data, 'spool')).length === 0);
});
