import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ImportReport } from '../../src/app/import.ts';
import { projectRoot } from '../../src/project-root.ts';
import { startProgram, type Program } from '../support/program.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let folder: string;
let number = 0;
let server: Program | undefined;
beforeEach(() => {
  folder = path.join(root, String(++number));
  mkdirSync(folder);
});
afterEach(async () => {
  await server?.kill('SIGKILL');
  server = undefined;
});

const settings = (seed = '0') => ({
  KOBLING_DATA_DIR: path.join(folder, 'data'),
  KOBLING_CACHE_DIR: path.join(root, 'cache'),
  KOBLING_PORT: '0',
  KOBLING_SEED: seed,
});
const startServer = async (seed?: string) => {
  server = startProgram('src/main.ts', [], folder, settings(seed));
  return (await server.prints(/ready at (http:\S+)/u))[1]!;
};
const command = (name: string, ...args: string[]) => startProgram(`scripts/${name}.ts`, args, folder, settings()).ended;
const cluster = (members: string[], needs: string[]) => {
  writeFileSync(path.join(folder, 'members.jsonl'), members.join('\n'));
  writeFileSync(path.join(folder, 'needs.jsonl'), needs.join('\n'));
};
const good = [
  '{"id":"a","kind":"municipality","name":"A","seeks":["Radar"]}',
  '{"id":"b","kind":"startup","name":"B"}',
];
const goodNeed = '{"id":"n","ownerId":"a","title":"Radar"}';
const summaryOf = (stdout: string) => stdout.split('\n')[0];

test('import writes into the store itself while no server runs, and the server then serves it', async () => {
  cluster(good, [goodNeed]);
  const first = await command('import', '--dir', folder);
  expect([first.code, first.stdout.split('\n')]).toEqual([
    0,
    [
      '3 created, 0 updated, 0 unchanged, 0 refused',
      '  members.jsonl:1 (a): created',
      '  members.jsonl:2 (b): created',
      '  needs.jsonl:1 (n): created',
      '',
    ],
  ]);
  expect(first.stderr).toMatch(/Embedded \d of \d texts/u);
  const again = await command('import', '--dir', folder);
  expect(again.stdout).toBe('0 created, 0 updated, 3 unchanged, 0 refused\n');
  const url = await startServer();
  expect((await fetch(`${url}/api/v1/needs/n`)).status).toBe(200);
});

test.each(['without', 'with'])('import reports file and line of what it refuses, %s a server', async (way) => {
  const url = way === 'with' ? await startServer() : undefined;
  cluster(
    [good[0]!, '', '{"id":"c","kind":"bank","name":"C"}'],
    ['{"id":', goodNeed, goodNeed, '{"id":"x","ownerId":"nobody","title":"X"}'],
  );
  const dry = await command('import', '--dir', folder, '--dry-run');
  expect([dry.code, summaryOf(dry.stdout)]).toEqual([1, 'Would be: 2 created, 0 updated, 0 unchanged, 4 refused']);
  const { code, stdout, stderr } = await command('import', '--dir', folder, '--json');
  expect(code).toBe(1);
  if (url !== undefined) expect(stderr).toContain(`A server runs at ${url}`);
  const report = JSON.parse(stdout) as ImportReport;
  expect([report.created, report.refused]).toEqual([2, 4]);
  expect(report.lines.map((done) => `${done.file}:${done.line} ${done.id} ${done.outcome}`)).toEqual([
    'members.jsonl:1 a created',
    'needs.jsonl:2 n created',
  ]);
  const places = report.faults.map((fault) => `${fault.file}:${fault.line} ${fault.field} ${fault.code}`);
  expect(places.sort()).toEqual([
    'members.jsonl:3 kind invalid_value',
    'needs.jsonl:1  malformed_json',
    'needs.jsonl:3 id repeated',
    'needs.jsonl:4 ownerId unknown_member',
  ]);
  expect(report.faults.find((fault) => fault.code === 'repeated')?.firstLine).toBe(2);
});

test.each(['without', 'with'])('import of a folder that is not there says so, %s a server', async (way) => {
  if (way === 'with') await startServer();
  const { code, stderr } = await command('import', '--dir', path.join(folder, 'nowhere'));
  expect([code, stderr]).toEqual([1, expect.stringMatching(/lies in .*nowhere/u)]);
});

test('import of more than 1 MB goes through the server as a job', async () => {
  const url = await startServer();
  cluster(
    Array.from({ length: 3000 }, (_, i) =>
      JSON.stringify({ id: `m${i}`, kind: 'startup', name: 'x', summary: 'y'.repeat(400) }),
    ),
    ['{"id":"n","ownerId":"m0","title":"T","mood":1}'],
  );
  const { code, stdout } = await command('import', '--dir', folder);
  expect(code).toBe(1);
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    '3000 created, 0 updated, 0 unchanged, 1 refused',
    '  needs.jsonl:1 (n): mood: There is no such field. It was 1.',
    '  members.jsonl:1 (m0): created',
  ]);
  expect(stdout).toContain('  and 2950 more;');
  expect((await fetch(`${url}/api/v1/members/m2999`)).status).toBe(200);
});

test.each([
  ['import', ['--dir', 'absent'], 1, /Neither members.jsonl nor needs.jsonl/u],
  ['import', [], 2, /--dir: This field is required/u],
  ['import', ['--colour'], 2, /Unknown option/u],
  ['seed', ['--remove'], 1, /There is no store/u],
])('%s %j ends with %d... and says why', async (name, args, exitCode, text) => {
  const { code, stderr } = await command(name, ...args);
  expect([code, stderr]).toEqual([exitCode, expect.stringMatching(text)]);
});

test('seed --remove takes the seed out beside a running server, but what was changed stays and is named', async () => {
  const url = await startServer('1');
  const patched = await fetch(`${url}/api/v1/members/s-m03`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': '*' },
    body: '{"name":"Ours now"}',
  });
  expect(patched.status).toBe(200);
  const { code, stderr } = await command('seed', '--remove');
  expect([code, stderr]).toEqual([0, expect.stringMatching(/67 seed entries removed[^]*Kept[^]*: s-m03/u)]);
  const left = (await (await fetch(`${url}/api/v1/members`)).json()) as { items: { id: string }[] };
  expect(left.items.map(({ id }) => id)).toEqual(['s-m03']);
  const ready = (await (await fetch(`${url}/health/ready`)).json()) as { embedding: { facets: number } };
  expect(ready.embedding.facets).toBeLessThan(20);
});

test('bundles writes a line for each bundle and none for a need that one supplier covers', async () => {
  const supplier = (id: string, offers: string[]) => JSON.stringify({ id, kind: 'company', name: `${id} AS`, offers });
  const [vask, sang] = ['Gulvvasker som kjører selv', 'Allsang klokken fire på skjerm'];
  cluster(
    [good[0]!, supplier('b', [vask]), supplier('c', [sang])],
    [
      JSON.stringify({ id: 'n1', ownerId: 'a', title: 'Gulv og sang', mustHave: [vask, sang] }),
      JSON.stringify({ id: 'n2', ownerId: 'a', title: 'Bare gulv', mustHave: [vask] }),
    ],
  );
  const questions = path.join(folder, 'q.jsonl');
  const out = path.join(folder, 'r.jsonl');
  writeFileSync(questions, '{"needId":"n1"}\n{"needId":"n2"}\n');
  const { code, stderr } = await command('bundles', '--dir', folder, '--needs', questions, '--out', out);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const lines = readFileSync(out, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      needId: 'n1',
      rank: 1,
      members: [
        { memberId: 'b', covers: [0], partly: [] },
        { memberId: 'c', covers: [1], partly: [] },
      ],
      uncovered: [],
    },
  ]);
});

test('commands over a folder name every faulty line, do the rest and end with 1', async () => {
  cluster([...good, '{"id":"c","kind":"bank","name":"C"}'], [goodNeed]);
  const questions = path.join(folder, 'q.jsonl');
  const out = path.join(folder, 'r.jsonl');
  const question = (queryId: string, more: object = {}) =>
    JSON.stringify({ task: 'supplier_for_need', queryId, candidateId: 'b', grade: 2, needId: queryId, ...more });
  writeFileSync(questions, ['{', question('zz'), question('n'), question('n', { task: 'x', needId: '' })].join('\n'));
  const told = ['members.jsonl line 3: kind ', 'q.jsonl line 1: ', 'q.jsonl line 4: '];
  for (const [name, option, unknown] of [
    ['match', '--queries', 'q.jsonl line 2: There is no need zz.'],
    ['bundles', '--needs', 'q.jsonl line 2: There is no need zz.'],
  ] as const) {
    const { code, stderr } = await command(name, '--dir', folder, option, questions, '--out', out);
    expect([...told, unknown].filter((one) => !stderr.includes(one))).toEqual([]);
    expect(code).toBe(1);
    if (name === 'match')
      expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ queryId: 'n', candidateId: 'b', rank: 1 });
  }
  const measured = await command('evaluate', '--dir', folder, '--judgments', questions, '--json');
  expect(told.filter((one) => !measured.stderr.includes(one))).toEqual([]);
  expect(measured.code).toBe(1);
});

test('evaluate leaves out judgments about nobody in the folder, and says how many', async () => {
  cluster(good, [goodNeed]);
  const judgments = path.join(folder, 'j.jsonl');
  const judgment = (queryId: string, candidateId: string, grade: number) =>
    JSON.stringify({ task: 'supplier_for_need', queryId, candidateId, grade });
  writeFileSync(judgments, [judgment('n', 'b', 1), judgment('n', 'ghost', 3), judgment('zz', 'b', 3)].join('\n'));
  const { code, stdout, stderr } = await command('evaluate', '--dir', folder, '--judgments', judgments, '--json');
  expect(code).toBe(0);
  expect(stderr).toContain(
    'Left out: 2 of 3 judgments, which name nobody in the folder (1 as query, 1 as candidate only).',
  );
  const figures = JSON.parse(stdout) as { queries: { ndcg: number }[] }[];
  expect(figures.map(({ queries }) => queries.map(({ ndcg }) => ndcg))).toEqual([[1]]);
});

// What they may not fall to. When this was written: .928, .944, .728 on seed/judged; .929, .856, .712 on seed/judged-2. Weights
// were learned from seed/judged, but for two of investors not from seed/judged-2.
test.each([
  [
    'seed/judged',
    [
      ['supplier_for_need', 26, 0.88],
      ['investor_for_startup', 23, 0.92],
      ['partner_for_member', 38, 0.69],
    ],
  ],
  [
    'seed/judged-2',
    [
      ['supplier_for_need', 14, 0.89],
      ['investor_for_startup', 30, 0.82],
      ['partner_for_member', 42, 0.68],
    ],
  ],
] as const)(
  'rankings of %s are no worse than they were',
  async (dir, known) => {
    const { code, stdout } = await command('evaluate', '--dir', path.join(projectRoot(), dir), '--json');
    expect(code).toBe(0);
    const figures = JSON.parse(stdout) as { task: string; queries: unknown[]; ndcg: { mean: number } }[];
    for (const [task, queries, atLeast] of known) {
      const figure = figures.find((one) => one.task === task)!;
      expect(figure.queries).toHaveLength(queries);
      expect(figure.ndcg.mean).toBeGreaterThan(atLeast);
    }
  },
  400_000,
);

test('learn takes the judgments that lie in the folder, and says when they are too few', async () => {
  cluster(good, [goodNeed]);
  const judgment = { task: 'supplier_for_need', queryId: 'n', candidateId: 'b', grade: 2 };
  writeFileSync(path.join(folder, 'judgments.jsonl'), JSON.stringify(judgment));
  const { code, stderr } = await command('learn', '--dir', folder, '--dry-run');
  expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
    1,
    'supplier_for_need: 1 judged questions are too few to learn from.',
  ]);
});

test('learn counts the questions of every folder named by --more', async () => {
  const written = (name: string, count: number) => {
    const dir = path.join(folder, name);
    mkdirSync(dir);
    const needs = Array.from({ length: count }, (_none, i) => ({ id: `n${i}`, ownerId: 'a', title: 'Radar' }));
    writeFileSync(path.join(dir, 'members.jsonl'), good.join('\n'));
    writeFileSync(path.join(dir, 'needs.jsonl'), needs.map((need) => JSON.stringify(need)).join('\n'));
    const judged = needs.map(({ id }) => ({ task: 'supplier_for_need', queryId: id, candidateId: 'b', grade: 2 }));
    writeFileSync(path.join(dir, 'judgments.jsonl'), judged.map((line) => JSON.stringify(line)).join('\n'));
    return dir;
  };
  const [one, two, three] = [written('one', 2), written('two', 1), written('three', 2)];
  const { code, stdout } = await command('learn', '--dir', one, '--more', two, '--more', three, '--dry-run');
  expect([code, summaryOf(stdout)]).toEqual([0, 'supplier_for_need (5 queries)']);
});
