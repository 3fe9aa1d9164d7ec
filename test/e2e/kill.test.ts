import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { textsOf } from '../../src/app/embedding.ts';
import { ownerKey, textDigest } from '../../src/app/facet-vectors.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { startProgram, type Program } from '../support/program.ts';
import { tempDir } from '../support/temp-dir.ts';

/** KOBLING_TEST_ROUNDS sets how often the server is killed, KOBLING_TEST_SEED when. */
const rounds = Number(process.env['KOBLING_TEST_ROUNDS'] ?? 3);
const random = randomFrom(Number(process.env['KOBLING_TEST_SEED'] ?? 20261121));
const longestLifeMs = 1200;
const importedLines = 5000;

const folder = tempDir();
const settings = {
  KOBLING_DATA_DIR: path.join(folder, 'data'),
  KOBLING_PORT: '0',
  KOBLING_SEED: '0',
  KOBLING_LOG_LEVEL: 'silent',
};
let server: Program | undefined;
afterAll(async () => {
  await server?.kill('SIGKILL');
});
const start = async () => {
  server = startProgram('src/main.ts', [], folder, settings);
  return (await server.prints(/ready at (http:\S+)/u))[1]!;
};

/** Id to the last acknowledged name; undefined when its removal was acknowledged or is not known to have failed. */
const acknowledged = new Map<string, string | undefined>();
/** Changes that were sent and not answered: they may have happened. */
const unanswered = new Map<string, string>();
const importJobs: string[] = [];

/** Adds, changes, removes and imports until the server is gone. */
async function writeUntilGone(url: string, round: number): Promise<void> {
  const call = (method: string, address: string, body?: object) =>
    fetch(url + address, {
      method,
      headers: { 'Content-Type': 'application/json', 'If-Match': '*' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const write = async () => {
    for (let i = 0; ; i++) {
      const id = `w${round}-${i}`;
      const name = `Name of ${id}`;
      unanswered.set(id, name);
      expect(
        (await call('POST', '/api/v1/members', { id, kind: 'startup', name, offers: [`Tilbod ${id}`] })).status,
      ).toBe(201);
      acknowledged.set(id, name);
      if (i % 3 === 1) {
        unanswered.set(id, 'Changed');
        expect((await call('PATCH', `/api/v1/members/${id}`, { name: 'Changed', seeks: ['Pilot'] })).status).toBe(200);
        acknowledged.set(id, 'Changed');
      } else if (i % 3 === 2) {
        acknowledged.set(id, undefined);
        expect((await call('DELETE', `/api/v1/members/${id}`)).status).toBe(204);
      }
      unanswered.delete(id);
    }
  };
  const importMany = async () => {
    const lines = Array.from({ length: importedLines }, (_, i) =>
      JSON.stringify({ id: `i${i}`, kind: 'company', name: `Round ${round}`, municipality: 'x'.repeat(180) }),
    );
    const answer = await fetch(`${url}/api/v1/imports`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    expect(answer.status).toBe(202);
    importJobs.push(((await answer.json()) as { jobId: string }).jobId);
  };
  // What fetch says once nobody answers; anything else is a finding.
  const untilGone = (error: unknown) => {
    if (!/^(fetch failed|terminated)$/u.test((error as Error).message)) throw error;
  };
  await Promise.all([write().catch(untilGone), importMany().catch(untilGone)]);
}

test(
  `nothing acknowledged is lost or doubled, and vectors agree with texts, after ${rounds} times kill -9`,
  async () => {
    for (let round = 0; round < rounds; round++) {
      const url = await start();
      const writing = writeUntilGone(url, round);
      await pause(random() * longestLifeMs);
      await server!.kill('SIGKILL');
      await writing;
    }
    const url = await start();
    for (const id of importJobs) {
      const events = await (await fetch(`${url}/api/v1/jobs/${id}/events`)).text();
      if (!events.includes('no job')) expect(events).toMatch(/"state":"done"[^\n]*\n\n$/u);
    }
    for (let left = 1; left > 0;) {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      left = [...metrics.matchAll(/^kobling_jobs\{state="(?:waiting|active)"\} (\d+)/gmu)].reduce(
        (sum, m) => sum + Number(m[1]),
        0,
      );
    }
    expect(await server!.kill('SIGTERM')).toBe(0);

    const store = openSqliteStore(path.join(settings.KOBLING_DATA_DIR, 'kobling.sqlite'));
    const members = store.collection('members');
    for (const [id, name] of acknowledged) {
      const stored = (await members.get(id))?.doc.name;
      expect([name, unanswered.get(id)]).toContain(stored);
    }
    if (importJobs.length > 0) expect(await members.count({ kind: 'company' })).toBe(importedLines);
    const vectors = new Map<string, string[]>();
    for (let after: string | undefined; ;) {
      const page = await store.collection('vectors').find({ limit: 1000, ...(after === undefined ? {} : { after }) });
      for (const { id, doc } of page.items) vectors.set(id, Object.keys(doc.vectors).sort());
      if ((after = page.nextCursor) === undefined) break;
    }
    for (let after: string | undefined; ;) {
      const page = await members.find({ limit: 1000, ...(after === undefined ? {} : { after }) });
      for (const { id, doc } of page.items) {
        const wanted = textsOf('member', doc).map(textDigest).sort();
        expect([id, vectors.get(ownerKey('member', id)) ?? []]).toEqual([id, wanted]);
        vectors.delete(ownerKey('member', id));
      }
      if ((after = page.nextCursor) === undefined) break;
    }
    expect([...vectors.keys()]).toEqual([]);
    const dead = await store.collection('jobs').count({ state: 'dead' });
    expect(dead).toBe(0);
    await store.close();
  },
  60_000 + rounds * 15_000,
);

/** Mulberry32: the same moments for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
