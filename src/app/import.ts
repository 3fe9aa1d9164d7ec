/**
 * Import of members, needs and past events as JSON lines. Every line stands alone: a refused one is reported and never stops the
 * others. A need whose owner is not known yet waits for the end, so that owners may stand anywhere in the stream.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Member } from '../domain/member.ts';
import type { Need } from '../domain/need.ts';
import type { FieldFault } from '../domain/problem.ts';
import { documentsOf, type Embedding } from './embedding.ts';
import type { OwnerType } from './facet-vectors.ts';
import type { PastEvent } from '../domain/past-event.ts';
import { parseLine, type ImportLine } from './import-line.ts';
import { StoreError, type Store, type WriteOp, type WriteResult } from './ports.ts';

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

const batchSize = 500;
const faultsKept = 1000;
const linesKept = 1000;

interface Deps {
  store: Store;
  embedding: Pick<Embedding, 'request'>;
}

interface Parsed {
  line: ImportLine;
  doc: Member | Need | PastEvent;
}

/** What the import knows so far. */
interface Run {
  report: ImportReport;
  /** Line of each `member:ID` and `need:ID`. */
  lineOf: Map<string, number>;
  /** Members that this import has written, or would write. */
  written: Set<string>;
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
  const run = newRun(options.dryRun);
  const waiting = { members: [] as Parsed[], events: [] as Parsed[], needs: [] as Parsed[], ownerless: [] as Parsed[] };
  const flush = async () => {
    await writeBatch(deps, 'member', waiting.members.splice(0), run);
    await writeBatch(deps, 'event', waiting.events.splice(0), run);
    const needs = waiting.needs.splice(0);
    const isOwned = await ownedIn(deps.store, needs, run);
    await writeBatch(deps, 'need', needs.filter(isOwned), run);
    waiting.ownerless.push(...needs.filter((need) => !isOwned(need)));
    await nextTurn();
  };

  let count = 0;
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
    waiting[`${type}s`].push({ line, doc });
    if (waiting.members.length + waiting.needs.length + waiting.events.length >= batchSize) await flush();
  }
  await flush();
  // Their owners may have come after them.
  for (let i = 0; i < waiting.ownerless.length; i += batchSize) {
    const needs = waiting.ownerless.slice(i, i + batchSize);
    const isOwned = await ownedIn(deps.store, needs, run);
    await writeBatch(deps, 'need', needs.filter(isOwned), run);
    for (const need of needs)
      if (!isOwned(need))
        run.refuse(need.line, need.doc.id, {
          field: 'ownerId',
          code: 'unknown_member',
          message: 'There is no member with this id.',
          value: ownerIdOf(need),
        });
  }
  options.onProgress?.(count);
  return run.report;
}

function newRun(dryRun: boolean): Run {
  const report: ImportReport = { dryRun, created: 0, updated: 0, unchanged: 0, refused: 0, lines: [], faults: [] };
  return {
    report,
    lineOf: new Map(),
    written: new Set(),
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

const ownerIdOf = ({ doc }: Parsed): string => (doc as Need).ownerId;

/** Tells which of the needs have an owner by now. */
async function ownedIn(store: Store, needs: readonly Parsed[], { written }: Run): Promise<(need: Parsed) => boolean> {
  const unknown = [...new Set(needs.map(ownerIdOf))].filter((id) => !written.has(id));
  const stored = new Set((await store.collection('members').getMany(unknown)).map(({ id }) => id));
  return (need) => written.has(ownerIdOf(need)) || stored.has(ownerIdOf(need));
}

async function writeBatch(
  { store, embedding }: Deps,
  type: OwnerType,
  batch: readonly Parsed[],
  run: Run,
): Promise<void> {
  if (batch.length === 0) return;
  const { report } = run;
  const collection = documentsOf(store, type);
  const existing = new Map(
    (await collection.getMany(batch.map(({ doc }) => doc.id))).map((stored) => [stored.id, stored]),
  );
  const changed = batch.filter(({ line, doc }) => {
    const stored = existing.get(doc.id);
    if (stored === undefined || !isDeepStrictEqual(stored.doc, JSON.parse(JSON.stringify(doc)))) return true;
    run.settle(line, doc.id, 'unchanged');
    if (type === 'member') run.written.add(doc.id);
    return false;
  });
  const ops = changed.map(({ doc }): WriteOp<Member | Need | PastEvent> => {
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
    if (type === 'member') run.written.add(doc.id);
    ids.push(doc.id);
  }
  if (!report.dryRun) await embedding.request(type, ids);
}

/** What `writeMany` would answer: the organisation number is all that can still be refused. */
async function wouldBe(
  store: Store,
  type: OwnerType,
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
