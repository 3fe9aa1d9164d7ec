/** What must hold of rankings and reasons on the seed cluster, with the real model. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { featureTables } from '../../src/app/learn.ts';
import { createMatching } from '../../src/app/matching.ts';
import { importLines } from '../../src/app/import.ts';
import { matchKindOf, matchTasks } from '../../src/app/rank-queries.ts';
import { facetsOfMember, isQuotable } from '../../src/domain/facet.ts';
import { cut } from '../../src/domain/match/occlude.ts';
import type { Need } from '../../src/domain/need.ts';
import { projectRoot } from '../../src/project-root.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
let service: RunningService;

beforeAll(async () => {
  service = await startService(folder, { seed: true });
  await service.idle();
  await service.engine.catalog.refresh();
});
afterAll(async () => {
  await service.close();
});

const queries = (task: (typeof matchTasks)[number]): string[] => {
  const { catalog } = service.engine;
  if (task === 'supplier_for_need') return [...catalog.needs()].map(({ id }) => id);
  const members = [...catalog.members()];
  return (
    task === 'investor_for_startup' ? members.filter(({ doc }) => ['startup', 'company'].includes(doc.kind)) : members
  ).map(({ id }) => id);
};

test.each(matchTasks)('every signal of %s stays inside its stated range', async (task) => {
  const { kind, subjectType } = matchKindOf[task];
  const outside = new Set<string>();
  expect(queries(task).length).toBeGreaterThan(10);
  for (const id of queries(task))
    for (const { features } of await service.engine.matching.rankAll(kind, subjectType, id))
      for (const [name, value] of Object.entries(features)) {
        const [low, high] = featureTables[task][name]!.range;
        if (!(value >= low - 1e-6 && value <= high + 1e-6)) outside.add(`${name} ${value}`);
      }
  expect([...outside]).toEqual([]);
});

test('the same need in Bokmål, Nynorsk and English finds eight of ten suppliers alike', async () => {
  const { store, embedding, matching } = service.engine;
  const file = path.join(projectRoot(), 'test/fixtures/needs-in-three-languages.json');
  const translated = JSON.parse(readFileSync(file, 'utf8')) as ({ id: string } & Partial<
    Record<'nb' | 'nn' | 'en', Partial<Need>>
  >)[];
  const overlaps: number[] = [];
  for (const words of translated) {
    const { doc } = (await store.collection('needs').get(words.id))!;
    const tops: string[][] = [];
    for (const language of ['nb', 'nn', 'en'] as const) {
      const id = `${words.id}-${language}`;
      await store.collection('needs').insert(id, { ...doc, ...words[language], id, language });
      await embedding.update('need', id);
      tops.push((await matching.rankAll('suppliers', 'need', id)).slice(0, 10).map(({ party }) => party.id));
      await store.collection('needs').remove(id);
    }
    const shared = (a: string[], b: string[]) => a.filter((id) => b.includes(id)).length / 10;
    overlaps.push(shared(tops[0]!, tops[1]!), shared(tops[0]!, tops[2]!), shared(tops[1]!, tops[2]!));
  }
  expect(overlaps.reduce((sum, one) => sum + one, 0) / overlaps.length).toBeGreaterThanOrEqual(0.8);
});

test('without a sentence told in favour the score falls, and without one told nowhere it hardly moves', async () => {
  const { store, embedding, matching } = service.engine;
  const members = store.collection('members');
  const falls: boolean[] = [];
  const hardlyMoves: boolean[] = [];
  for (const task of matchTasks) {
    const { kind, subjectType } = matchKindOf[task];
    for (const subjectId of queries(task).slice(0, 6)) {
      const list = await matching.list({ subjectType, subjectId, kind, limit: 1, lang: 'en', full: false });
      for (const { candidate, reasons, evidence } of list.items) {
        const scoreNow = async () =>
          (await matching.rankAll(kind, subjectType, subjectId)).find(({ party }) => party.id === candidate.id)!.score;
        const before = await scoreNow();
        const { doc } = (await members.get(candidate.id))!;
        const told = new Map<string, 'for' | 'against'>();
        for (const reason of reasons)
          if (reason.type === 'quotation') told.set(`${reason.candidate.field} ${reason.candidate.start}`, 'for');
        for (const { side, field, start, effect } of evidence)
          if (side === 'candidate') told.set(`${field} ${start}`, effect > 0 ? 'for' : 'against');
        for (const facet of facetsOfMember(doc).filter(isQuotable)) {
          const how = told.get(`${facet.field} ${facet.start}`);
          if (how === 'against') continue;
          const shorter = await members.replace(
            candidate.id,
            cut(doc, facet),
            (await members.get(candidate.id))!.version,
          );
          await embedding.update('member', candidate.id);
          const lost = before - (await scoreNow());
          if (how === 'for') falls.push(lost > 0);
          else hardlyMoves.push(Math.abs(lost) < 0.02);
          await members.replace(candidate.id, doc, shorter.version);
          await embedding.update('member', candidate.id);
        }
      }
    }
  }
  const shareOf = (list: boolean[]) => list.filter(Boolean).length / list.length;
  expect(falls.length).toBeGreaterThan(20);
  expect(hardlyMoves.length).toBeGreaterThan(20);
  expect(shareOf(falls)).toBeGreaterThanOrEqual(0.9);
  expect(shareOf(hardlyMoves)).toBeGreaterThanOrEqual(0.9);
});

test('quotations are alike, carry no sentence more than twice, and open with a convincing pair', async () => {
  const { matching } = service.engine;
  const firsts: number[] = [];
  let matches = 0;
  for (const task of matchTasks) {
    const { kind, subjectType } = matchKindOf[task];
    for (const subjectId of queries(task).slice(0, 6)) {
      const list = await matching.list({ subjectType, subjectId, kind, limit: 3, lang: 'nb', full: false });
      for (const { reasons } of list.items) {
        matches++;
        const quotations = reasons.filter((reason) => reason.type === 'quotation');
        const times = new Map<string, number>();
        for (const { subject, candidate, similarity } of quotations) {
          expect(similarity).toBeGreaterThanOrEqual(0.2);
          for (const [side, { field, start }] of Object.entries({ subject, candidate }))
            times.set(`${side} ${field} ${start}`, (times.get(`${side} ${field} ${start}`) ?? 0) + 1);
        }
        expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(2);
        if (quotations[0] !== undefined) firsts.push(quotations[0].similarity);
      }
    }
  }
  expect(firsts.length / matches).toBeGreaterThan(0.85);
  expect(firsts.reduce((sum, one) => sum + one, 0) / firsts.length).toBeGreaterThan(0.4);
});

test('a past delivery like the need lifts the supplier, more so when it is recent, and is cited', async () => {
  const { matching, catalog } = service.engine;
  const need = [...catalog.needs()][0]!;
  const scoreOf = async (id: string) =>
    (await matching.rankAll('suppliers', 'need', need.id)).find(({ party }) => party.id === id)!.score;
  const supplier = (await matching.rankAll('suppliers', 'need', need.id))[2]!.party.id;
  const bring = async (date: string) => {
    const line = { subjectId: 'somebody', text: need.doc.description, counterpartIds: [supplier], date };
    const report = await importLines(service.engine, [{ line: 1, text: JSON.stringify(line) }], { dryRun: false });
    expect(report).toMatchObject({ created: 1, refused: 0 });
    await service.idle();
  };
  const before = await scoreOf(supplier);
  await bring('2014-05-01');
  const old = await scoreOf(supplier);
  expect(old).toBeGreaterThan(before);
  await bring('2026-05-01');
  expect(await scoreOf(supplier)).toBeGreaterThan(old + (old - before));
  const answer = await matching.explain({
    subjectType: 'need',
    subjectId: need.id,
    kind: 'suppliers',
    candidateId: supplier,
    lang: 'en',
  });
  expect(answer.match!.reasons).toContainEqual(
    expect.objectContaining({
      code: 'delivered-similar',
      label: 'Delivered similar before',
      candidate: { field: 'history', value: expect.objectContaining({ count: 2 }) },
    }),
  );
});

test('a declined pair is not suggested, and a pair that works together is marked', async () => {
  const { catalog, clock, matching: plain } = service.engine;
  const need = [...catalog.needs()][1]!.id;
  const ask = { subjectType: 'need', subjectId: need, kind: 'suppliers', limit: 10, lang: 'nb', full: false } as const;
  const [first, second] = (await plain.list(ask)).items.map((item) => item.candidate.id);
  const matching = createMatching({
    catalog,
    clock,
    pairStates: {
      refresh: async () => undefined,
      pairState: (_one, other) => (other === first ? 'declined' : other === second ? 'working-together' : 'none'),
    },
  });
  const list = await matching.list(ask);
  expect(list.items[0]).toMatchObject({ candidate: { id: second }, workingTogether: true });
  expect(list.closed).toMatchObject({ declined: 1 });
});
