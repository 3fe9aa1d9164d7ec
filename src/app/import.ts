/**
 * Import of members and needs as JSON lines. Every line stands alone: a refused one is reported and never stops the
 * others. Needs are written after all members, so that their owners may come in the same stream in any order.
 */
import { isDeepStrictEqual } from 'node:util';
import type { FieldFault } from '../domain/problem.ts';
import type { Embedding, OwnerType } from './embedding.ts';
import { faultsOf, shortValue } from './faults.ts';
import type { Collection, Store, WriteOp } from './ports.ts';
import { memberSchema } from './schemas/member.ts';
import { needSchema } from './schemas/need.ts';

export interface ImportLine {
  file?: string;
  /** From 1. */
  line: number;
  text: string;
  /** Set by the reader where the bytes could not become a text. */
  fault?: string;
}

export interface ImportFault extends FieldFault {
  file?: string;
  line: number;
  id?: string;
}

export interface ImportReport {
  dryRun: boolean;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  /** The first 1,000; `refused` counts lines, one line can have several. */
  faults: ImportFault[];
}

const batchSize = 500;
const faultsKept = 1000;
export const maxLineCharacters = 1_000_000;

interface Parsed {
  line: ImportLine;
  doc: { id: string };
}

export async function importLines(
  deps: { store: Store; embedding: Embedding },
  lines: AsyncIterable<ImportLine> | Iterable<ImportLine>,
  options: { dryRun: boolean; onProgress?: (lines: number) => void },
): Promise<ImportReport> {
  const report: ImportReport = { dryRun: options.dryRun, created: 0, updated: 0, unchanged: 0, refused: 0, faults: [] };
  const seen = new Map<string, number>();
  /** Members that this import would create: known owners in a dry run. */
  const coming = new Set<string>();
  const refuse = (line: ImportLine, faults: readonly FieldFault[], id?: string) => {
    report.refused++;
    for (const fault of faults)
      if (report.faults.length < faultsKept)
        report.faults.push({
          ...(line.file === undefined ? {} : { file: line.file }),
          line: line.line,
          ...(id === undefined ? {} : { id }),
          ...fault,
        });
  };

  const members: Parsed[] = [];
  const needs: Parsed[] = [];
  const flushMembers = async () => {
    const batch = members.splice(0);
    for (const { doc } of batch) coming.add(doc.id);
    await writeBatch(deps, 'member', batch, options.dryRun, report, refuse);
  };

  let count = 0;
  for await (const line of lines) {
    count++;
    if (count % 1000 === 0) options.onProgress?.(count);
    if (line.fault === undefined && line.text.trim() === '') continue;
    const parsed = parseLine(line);
    if ('faults' in parsed) {
      refuse(line, parsed.faults, parsed.id);
      continue;
    }
    const key = `${parsed.type}:${parsed.doc.id}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      refuse(line, [{ field: 'id', code: 'repeated', message: `The same id stands in line ${earlier}.`, value: parsed.doc.id }], parsed.doc.id);
      continue;
    }
    seen.set(key, line.line);
    (parsed.type === 'member' ? members : needs).push({ line, doc: parsed.doc });
    if (members.length >= batchSize) await flushMembers();
  }
  await flushMembers();
  for (let i = 0; i < needs.length; i += batchSize) {
    const batch = needs.slice(i, i + batchSize);
    const owners = batch.map(({ doc }) => (doc as unknown as { ownerId: string }).ownerId);
    const known = new Set((await deps.store.collection('members').getMany([...new Set(owners)])).map((owner) => owner.id));
    const owned = batch.filter(({ line, doc }, j) => {
      if (known.has(owners[j]!) || (options.dryRun && coming.has(owners[j]!))) return true;
      refuse(line, [{ field: 'ownerId', code: 'unknown_member', message: 'There is no member with this id.', value: owners[j] }], doc.id);
      return false;
    });
    await writeBatch(deps, 'need', owned, options.dryRun, report, refuse);
  }
  options.onProgress?.(count);
  return report;
}

type ParsedLine = { type: OwnerType; doc: { id: string } } | { faults: FieldFault[]; id?: string };

function parseLine(line: ImportLine): ParsedLine {
  const fault = (code: string, message: string): ParsedLine => ({
    faults: [{ field: '', code, message, value: shortValue(line.text) }],
  });
  if (line.fault !== undefined) return fault('unreadable', line.fault);
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return fault('malformed_json', 'The line is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('invalid_type', 'A line is one JSON object.');
  const type: OwnerType = 'kind' in value || !('ownerId' in value || 'title' in value) ? 'member' : 'need';
  const parsed = (type === 'member' ? memberSchema : needSchema).safeParse(value);
  if (parsed.success) return { type, doc: parsed.data };
  const id = (value as { id?: unknown }).id;
  return { faults: faultsOf(parsed.error, value), ...(typeof id === 'string' ? { id } : {}) };
}

async function writeBatch(
  { store, embedding }: { store: Store; embedding: Embedding },
  type: OwnerType,
  batch: readonly Parsed[],
  dryRun: boolean,
  report: ImportReport,
  refuse: (line: ImportLine, faults: readonly FieldFault[], id?: string) => void,
): Promise<void> {
  if (batch.length === 0) return;
  const collection = store.collection(type === 'member' ? 'members' : 'needs') as Collection<{ id: string }>;
  const existing = new Map((await collection.getMany(batch.map(({ doc }) => doc.id))).map((stored) => [stored.id, stored]));
  const changed = batch.filter(({ doc }) => {
    const stored = existing.get(doc.id);
    if (stored === undefined || !isDeepStrictEqual(stored.doc, JSON.parse(JSON.stringify(doc)))) return true;
    report.unchanged++;
    return false;
  });
  if (dryRun) {
    for (const { doc } of changed) if (existing.has(doc.id)) report.updated++; else report.created++;
    return;
  }
  const ops = changed.map(({ doc }): WriteOp<{ id: string }> => {
    const stored = existing.get(doc.id);
    return stored === undefined
      ? { op: 'insert', id: doc.id, doc }
      : { op: 'replace', id: doc.id, doc, expectedVersion: stored.version };
  });
  const results = await collection.writeMany(ops);
  for (const [i, result] of results.entries()) {
    const { line, doc } = changed[i]!;
    if (!result.ok) {
      refuse(line, [{ field: result.error.index ?? 'id', code: result.error.code, message: result.error.message }], doc.id);
      continue;
    }
    if (ops[i]!.op === 'insert') report.created++;
    else report.updated++;
    await embedding.request(type, doc.id);
  }
}
