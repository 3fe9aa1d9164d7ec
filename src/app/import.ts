/**
 * Import of members, needs, past events and events to plan as JSON lines. Every line stands alone: a refused one is reported
 * and never stops the others. A line that names members who are not known yet waits for the end, so that they may stand
 * anywhere in the stream.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Member, MemberKind } from '../domain/member.ts';
import type { MatchEvent } from '../domain/event.ts';
import type { Need } from '../domain/need.ts';
import { faultsOfPastEvent, type PastEvent } from '../domain/past-event.ts';
import type { FieldFault } from '../domain/problem.ts';
import { documentsOf, type Embedding } from './embedding.ts';
import { parseLine, type ImportDoc, type ImportLine, type ImportType } from './import-line.ts';
import { StoreError, type Clock, type Collection, type Store, type WriteOp, type WriteResult } from './ports.ts';

export interface ImportFault extends FieldFault {
  file?: string;
  line: number;
  id?: string;
  /** Where the same id stood first, for `repeated`. */
  firstLine?: number;
}

export type ImportOutcome = 'created' | 'updated' | 'unchanged';

export interface ImportReport {
  dryRun: boolean;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  /** The first 1,000 lines that were not refused, in the order written. */
  lines: { file?: string; line: number; id: string; outcome: ImportOutcome }[];
  /** The first 1,000; `refused` counts lines, one line can have several. */
  faults: ImportFault[];
}

/** Types whose lines name members. */
const namingTypes = ['event', 'need', 'programme-event'] as const;
const batchSize = 500;
const faultsKept = 1000;
const linesKept = 1000;
/** Unknown members named of one line. */
const strangersTold = 100;

interface Deps {
  store: Store;
  embedding: Pick<Embedding, 'request'>;
  clock: Clock;
}

interface Parsed {
  line: ImportLine;
  type: ImportType;
  doc: ImportDoc;
}

/** What the import knows so far. */
interface Run {
  report: ImportReport;
  /** Line of each `TYPE:ID`. */
  lineOf: Map<string, number>;
  /** The kinds of the members that this import has written, or would write. */
  written: Map<string, MemberKind>;
  /** YYYY-MM-DD. */
  today: string;
  /** In a dry run: who would have each organisation number. */
  orgNumbers: Map<string, string>;
  settle(line: ImportLine, id: string, outcome: ImportOutcome): void;
  refuse(line: ImportLine, id: string | undefined, ...faults: (FieldFault & { firstLine?: number })[]): void;
}

export async function importLines(
  deps: Deps,
  lines: AsyncIterable<ImportLine> | Iterable<ImportLine>,
  options: { dryRun: boolean; onProgress?: (lines: number) => void },
): Promise<ImportReport> {
  const run = newRun(options.dryRun, deps.clock.now().toISOString().slice(0, 10));
  const waiting: Record<ImportType | 'early', Parsed[]> = {
    member: [],
    event: [],
    need: [],
    'programme-event': [],
    early: [],
  };
  let count = 0;
  let held = 0;
  const flush = async () => {
    await writeBatch(deps, 'member', waiting.member.splice(0), run);
    for (const type of namingTypes) {
      const batch = waiting[type].splice(0);
      const faults = await namesOf(deps.store, batch, run);
      await writeBatch(
        deps,
        type,
        batch.filter((one) => !faults.has(one)),
        run,
      );
      waiting.early.push(...faults.keys());
    }
    held = 0;
    await nextTurn();
  };

  for await (const line of lines) {
    if (++count % batchSize === 0) options.onProgress?.(count);
    if (line.fault === undefined && line.text.trim() === '') continue;
    const parsed = parseLine(line);
    if ('faults' in parsed) {
      run.refuse(line, parsed.id, ...parsed.faults);
      continue;
    }
    const { type, doc } = parsed;
    const firstLine = run.lineOf.get(`${type}:${doc.id}`);
    if (firstLine !== undefined) {
      const message = 'The same id stands in an earlier line.';
      run.refuse(line, doc.id, { field: 'id', code: 'repeated', message, value: doc.id, firstLine });
      continue;
    }
    run.lineOf.set(`${type}:${doc.id}`, line.line);
    waiting[type].push({ line, type, doc });
    if (++held >= batchSize) await flush();
  }
  await flush();
  // Those whom they name may have come after them.
  for (let i = 0; i < waiting.early.length; i += batchSize) {
    const batch = waiting.early.slice(i, i + batchSize);
    const faults = await namesOf(deps.store, batch, run);
    for (const type of namingTypes)
      await writeBatch(
        deps,
        type,
        batch.filter((one) => one.type === type && !faults.has(one)),
        run,
      );
    for (const [one, found] of faults) run.refuse(one.line, one.doc.id, ...found.slice(0, strangersTold));
  }
  options.onProgress?.(count);
  return run.report;
}

function newRun(dryRun: boolean, today: string): Run {
  const report: ImportReport = { dryRun, created: 0, updated: 0, unchanged: 0, refused: 0, lines: [], faults: [] };
  return {
    report,
    lineOf: new Map(),
    written: new Map(),
    today,
    orgNumbers: new Map(),
    settle({ file, line }, id, outcome) {
      report[outcome]++;
      if (report.lines.length < linesKept)
        report.lines.push({ ...(file === undefined ? {} : { file }), line, id, outcome });
    },
    refuse({ file, line }, id, ...faults) {
      report.refused++;
      for (const fault of faults.slice(0, faultsKept - report.faults.length))
        report.faults.push({
          ...(file === undefined ? {} : { file }),
          line,
          ...(id === undefined ? {} : { id }),
          ...fault,
        });
    },
  };
}

/** The members that a line names, each with its field. */
function namedBy({ type, doc }: Parsed): { field: string; id: string }[] {
  switch (type) {
    case 'member':
      return [];
    case 'need':
      return [{ field: 'ownerId', id: (doc as Need).ownerId }];
    case 'programme-event':
      return (doc as MatchEvent).attendees.map((id, i) => ({ field: `attendees[${i}]`, id }));
    case 'event': {
      const { subjectId, counterpartIds } = doc as PastEvent;
      return [
        { field: 'subjectId', id: subjectId },
        ...counterpartIds.map((id, i) => ({ field: `counterpartIds[${i}]`, id })),
      ];
    }
  }
}

/** The lines that name members wrongly, as far as those are known by now, and what is wrong with each. */
async function namesOf(
  store: Store,
  batch: readonly Parsed[],
  { written, today }: Run,
): Promise<Map<Parsed, FieldFault[]>> {
  const asked = [...new Set(batch.flatMap((one) => namedBy(one).map(({ id }) => id)))].filter((id) => !written.has(id));
  const stored = new Map((await store.collection('members').getMany(asked)).map(({ id, doc }) => [id, doc.kind]));
  const kindOf = (id: string) => written.get(id) ?? stored.get(id);
  const faultsOf = (one: Parsed) =>
    one.type === 'event'
      ? faultsOfPastEvent(one.doc as PastEvent, kindOf, today)
      : namedBy(one).flatMap(({ field, id }) =>
          kindOf(id) === undefined
            ? [{ field, code: 'unknown_member', message: 'There is no member with this id.', value: id }]
            : [],
        );
  return new Map(
    batch.flatMap((one) => {
      const faults = faultsOf(one);
      return faults.length > 0 ? [[one, faults] as const] : [];
    }),
  );
}

const collectionOf = (store: Store, type: ImportType): Collection<ImportDoc> =>
  type === 'programme-event' ? store.collection('events') : documentsOf(store, type);

async function writeBatch(
  { store, embedding }: Deps,
  type: ImportType,
  batch: readonly Parsed[],
  run: Run,
): Promise<void> {
  if (batch.length === 0) return;
  const { report } = run;
  const collection = collectionOf(store, type);
  const existing = new Map(
    (await collection.getMany(batch.map(({ doc }) => doc.id))).map((stored) => [stored.id, stored]),
  );
  const changed = batch.filter(({ line, doc }) => {
    const stored = existing.get(doc.id);
    if (stored === undefined || !isDeepStrictEqual(stored.doc, JSON.parse(JSON.stringify(doc)))) return true;
    run.settle(line, doc.id, 'unchanged');
    if (type === 'member') run.written.set(doc.id, (doc as Member).kind);
    return false;
  });
  const ops = changed.map(({ doc }): WriteOp<ImportDoc> => {
    const stored = existing.get(doc.id);
    return stored === undefined
      ? { op: 'insert', id: doc.id, doc }
      : { op: 'replace', id: doc.id, doc, expectedVersion: stored.version };
  });
  const results = report.dryRun ? await wouldBe(store, type, changed, run) : await collection.writeMany(ops);
  const ids: string[] = [];
  for (const [i, result] of results.entries()) {
    const { line, doc } = changed[i]!;
    if (!result.ok) {
      const { code, message, index: field = 'id' } = result.error;
      run.refuse(line, doc.id, { field, code, message, value: (doc as unknown as Record<string, unknown>)[field] });
      continue;
    }
    run.settle(line, doc.id, ops[i]!.op === 'insert' ? 'created' : 'updated');
    if (type === 'member') run.written.set(doc.id, (doc as Member).kind);
    ids.push(doc.id);
  }
  if (!report.dryRun && type !== 'programme-event') await embedding.request(type, ids);
}

/** What `writeMany` would answer: the organisation number is all that can still be refused. */
async function wouldBe(
  store: Store,
  type: ImportType,
  changed: readonly Parsed[],
  { orgNumbers }: Run,
): Promise<WriteResult<never>[]> {
  if (type !== 'member') return changed.map(() => ({ ok: true }));
  const results: WriteResult<never>[] = [];
  for (const { doc } of changed) {
    const { id, orgNumber } = doc as Member;
    if (orgNumber === undefined) {
      results.push({ ok: true });
      continue;
    }
    const holders = (await store.collection('members').find({ where: { orgNumber }, limit: 2 })).items;
    const holder = orgNumbers.get(orgNumber) ?? holders.find((held) => held.id !== id)?.id;
    if (holder === undefined) orgNumbers.set(orgNumber, id);
    results.push(
      holder === undefined
        ? { ok: true }
        : {
            ok: false,
            error: new StoreError('taken', `Another entry already has the orgNumber ${orgNumber}.`, 'orgNumber'),
          },
    );
  }
  return results;
}
