import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let number = 0;

/** Writes `half/name` files of an invented set and returns its folder. */
function invented(files: Record<string, object[]>): string {
  const folder = path.join(root, `set-${++number}`);
  for (const [name, rows] of Object.entries(files)) {
    const file = path.join(folder, `${name}.jsonl.gz`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
  }
  return folder;
}

async function ranked(set: string, split: string): Promise<Record<string, string[]>> {
  const out = path.join(root, `run-${++number}.jsonl`);
  const settings = { KOBLING_CACHE_DIR: path.join(root, 'cache'), KOBLING_DATA_DIR: path.join(root, 'data') };
  const args = ['--set', set, '--split', split, '--out', out];
  const { code, stderr } = await startProgram('scripts/bench-rank.ts', args, root, settings).ended;
  if (code !== 0) throw new Error(stderr);
  const lines = readFileSync(out, 'utf8').trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const { qid, ranking } = JSON.parse(line) as { qid: string; ranking: string[] };
      return [qid, ranking];
    }),
  );
}

test('questions are ranked over a corpus of texts', async () => {
  const set = invented({
    'dev/corpus': [
      { id: 'p1', text: 'Bread is baked in an oven.' },
      { id: 'p2', question: 'What is a glacier?', text: 'A river of ice.' },
    ],
    'hidden/queries': [{ qid: 'q1', text: 'How does a glacier move?' }],
  });
  expect(await ranked(set, 'hidden')).toEqual({ q1: ['p2', 'p1'] });
});

test('needs are ranked over classes by their labels and by graded past needs', async () => {
  const set = invented({
    'dev/candidates': [
      { id: '1', name: 'Brød', division: 'Mat', text: 'Brød; Rundstykker' },
      { id: '2', name: 'Busstransport', division: 'Transport', text: 'Busstransport; Skoleskyss' },
      { id: '3', name: 'Diverse', division: 'Annet', text: 'Diverse' },
    ],
    'dev/history': [
      { title: 'Skoleskyss', text: 'Skyss av elever', buyer: 'A', place: 'B', date: '2020-01-01', rel: { 2: 2, 3: 1 } },
    ],
    'dev/queries': [
      {
        qid: 'q1',
        title: 'Skoleskyss',
        text: 'Skyss av elever til skolen',
        buyer: 'C',
        place: 'D',
        date: '2020-02-01',
      },
    ],
  });
  expect(await ranked(set, 'dev')).toEqual({ q1: ['2', expect.any(String), expect.any(String)] });
});

test('rounds are ranked over investors by like rounds, those already in left out', async () => {
  const round = (rid: string, category: string, investors: string[]) => ({
    rid,
    date: '2012-01-01',
    type: 'seed',
    usd: 100_000,
    category,
    city: 'X',
    founded: '2011',
    investors,
  });
  const set = invented({
    'dev/candidates': [{ id: 'dev-only', name: 'Not asked about' }],
    'dev/history': [round('1', 'games', ['i1']), round('2', 'biotech', ['i2', 'i3'])],
    'hidden/history_extra': [round('3', 'games', ['i4'])],
    'hidden/candidates': ['i1', 'i2', 'i3', 'i4'].map((id) => ({ id, name: id })),
    'hidden/queries': [
      { qid: 'q1', date: '2012-06-01', type: 'seed', category: 'games', city: 'X', prior_investors: ['i1'] },
    ],
  });
  const { q1 } = await ranked(set, 'hidden');
  expect(q1![0]).toBe('i4');
  expect(q1!.toSorted()).toEqual(['i2', 'i3', 'i4']);
});

test('both tasks of a set of projects are written into one run', async () => {
  const set = invented({
    'dev/candidates': ['o1', 'o2', 'o3'].map((id) => ({ id, name: `Company ${id}`, short: id })),
    'dev/history': [
      {
        title: 'Wave power',
        topic: 'Energy',
        programme: 'P',
        date: '2018-01-01',
        orgs: [{ id: 'o1', role: 'COORDINATOR' }, { id: 'o2' }],
      },
      { title: 'Old songs', topic: 'Culture', programme: 'Q', date: '2018-01-01', orgs: [{ id: 'o3' }] },
    ],
    'dev/queries_call': [{ qid: 'a1', title: 'Power of waves', topic: 'Energy', programme: 'P', date: '2019-01-01' }],
    'dev/queries_partner': [
      { qid: 'b1', title: 'Songs', topic: 'Culture', programme: 'Q', date: '2019-01-01', anchors: ['o3'] },
    ],
  });
  const run = await ranked(set, 'dev');
  expect(run['a1']!.slice(0, 2)).toEqual(['o1', 'o2']);
  expect(run['b1']).not.toContain('o3');
});

test('notices are ranked over suppliers by what they won, in both forms of award lists', async () => {
  const candidates = ['s1', 's2'].map((id) => ({ id, name: `Supplier ${id}` }));
  const query = {
    qid: 'q1',
    title: 'School roof',
    text: 'Repair of a roof',
    buyer: 'Town',
    cpv: ['45261900'],
    date: '2020-01-01',
  };
  const many = invented({
    'dev/candidates': candidates,
    'dev/history': [
      { title: 'Roof', text: 'New roof', buyer: 'Town', cpv: ['45261910'], date: '2019-01-01', suppliers: ['s2'] },
      {
        title: 'Books',
        text: 'Library books',
        buyer: 'Town',
        cpv: ['22113000'],
        date: '2019-01-01',
        suppliers: ['s1'],
      },
    ],
    'dev/queries': [query],
  });
  const one = invented({
    'dev/candidates': candidates,
    'dev/history': [
      { hid: 'h1', supplier: 's1', year: 2005, agency: 'Navy', title: 'Sonar', text: 'Sonar for boats' },
      { hid: 'h2', supplier: 's2', year: 2006, agency: 'Army', title: 'Roof', text: 'Armoured roof' },
    ],
    'dev/queries': [{ ...query, agency: 'Army', branch: '', released: '2012-01-01' }],
  });
  expect(await ranked(many, 'dev')).toEqual({ q1: ['s2', 's1'] });
  expect(await ranked(one, 'dev')).toEqual({ q1: ['s2', 's1'] });
});

test('a folder of another kind is refused with its name', async () => {
  await expect(ranked(path.join(root, 'nowhere'), 'dev')).rejects.toThrow(/nowhere/u);
});
