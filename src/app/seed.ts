/** The fictional cluster that a first start loads, and how it is taken out again. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { MatchEvent } from '../domain/event.ts';
import { matchKinds } from '../domain/match/pair.ts';
import { documentsOf, textsOf, type Embedding } from './embedding.ts';
import { importLines } from './import.ts';
import type { ImportLine } from './import-line.ts';
import { StoreError, type Store } from './ports.ts';
import { eventSchema } from './schemas/event.ts';

export const exampleSchema = z.object({
  title: z.string(),
  subjectType: z.enum(['member', 'need']),
  subjectId: z.string(),
  kind: z.enum(matchKinds),
});
export type Example = z.infer<typeof exampleSchema>;

export interface SeedFiles {
  members: Record<string, unknown>[];
  needs: Record<string, unknown>[];
  events: Record<string, unknown>[];
  examples: Example[];
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

export async function readSeed(dir: string): Promise<SeedFiles> {
  const [members, needs, events, examples] = await Promise.all(
    ['members.jsonl', 'needs.jsonl', 'events.jsonl', 'examples.json'].map((file) =>
      readFile(path.join(dir, file), 'utf8'),
    ),
  );
  return {
    members: linesOf(members!),
    needs: linesOf(needs!),
    events: linesOf(events!),
    examples: z.array(exampleSchema).parse(JSON.parse(examples!)),
  };
}

const dayMs = 86_400_000;
const dateAt = (start: Date, days: number) => new Date(start.getTime() + days * dayMs).toISOString().slice(0, 10);

/** Turns `deadlineInDays`, `dateInDays` and `updatedDaysAgo` into dates, counted from the first start. */
export function dated(line: Record<string, unknown>, start: Date): Record<string, unknown> {
  const { deadlineInDays, dateInDays, updatedDaysAgo, ...rest } = line;
  return {
    ...rest,
    ...(typeof deadlineInDays === 'number' ? { deadline: dateAt(start, deadlineInDays) } : {}),
    ...(typeof dateInDays === 'number' ? { date: dateAt(start, dateInDays) } : {}),
    ...(typeof updatedDaysAgo === 'number' ? { updatedAt: dateAt(start, -updatedDaysAgo) } : {}),
  };
}

interface SeedState extends Record<string, unknown> {
  state: 'loading' | 'loaded' | 'removed' | 'skipped';
  startedAt: string;
}
const metaId = 'seed';

/**
 * Loads the seed into an empty store, once. A start that was killed in the middle goes on at the next one with the same
 * dates. With `wanted` false the store is marked, so that a later start does not fill it either.
 */
export async function loadSeed(
  deps: { store: Store; embedding: Embedding },
  files: SeedFiles,
  now: Date,
  wanted: boolean,
): Promise<'loaded' | 'already' | 'skipped'> {
  const meta = deps.store.collection('meta');
  let found = await meta.get(metaId);
  if (found === undefined) {
    const isEmpty =
      (await deps.store.collection('members').count()) === 0 && (await deps.store.collection('needs').count()) === 0;
    const state: SeedState = { state: wanted && isEmpty ? 'loading' : 'skipped', startedAt: now.toISOString() };
    found = await meta.insert(metaId, state).catch(unlessOvertaken);
    // Another process starts at the same time.
    found ??= (await meta.get(metaId))!;
  }
  const state = found.doc as SeedState;
  if (state.state !== 'loading') return state.state === 'skipped' ? 'skipped' : 'already';
  const load = () =>
    importLines({ ...deps, clock: { now: () => now } }, seedLines(files, new Date(state.startedAt)), { dryRun: false });
  let report = await load();
  // What another process wrote in the same moment is refused once; at the second look it is there.
  if (report.refused > 0) report = await load();
  if (report.refused > 0) throw new Error(`The seed has lines that are refused: ${JSON.stringify(report.faults[0])}`);
  await deps.store
    .collection('events')
    .writeMany(seedEvents(files, new Date(state.startedAt)).map((doc) => ({ op: 'insert', id: doc.id, doc })));
  await meta.replace(metaId, { ...state, state: 'loaded' }, found.version).catch(unlessOvertaken);
  return 'loaded';
}

function unlessOvertaken(error: unknown): undefined {
  if (!(error instanceof StoreError && ['taken', 'stale'].includes(error.code))) throw error;
}

function* seedLines(files: SeedFiles, start: Date): Generator<ImportLine> {
  let line = 0;
  for (const entry of [...files.members, ...files.needs])
    yield { line: ++line, text: JSON.stringify(dated(entry, start)) };
}

const seedEvents = (files: SeedFiles, start: Date): MatchEvent[] =>
  files.events.map((event) => eventSchema.parse(dated(event, start)));

export type KeptBecause = 'changed' | 'has-programme' | 'owns-needs' | 'attends-events' | 'in-introductions';

export interface SeedRemoval {
  removed: number;
  /** What somebody changed or builds on: it stays. */
  kept: { id: string; why: KeptBecause }[];
}

async function builtOnBy(store: Store, type: 'member' | 'need', id: string): Promise<KeptBecause | undefined> {
  if ((await store.collection('introductions').count({ parties: `${type}:${id}` })) > 0) return 'in-introductions';
  if (type === 'need') return undefined;
  if ((await store.collection('needs').count({ ownerId: id })) > 0) return 'owns-needs';
  return (await store.collection('events').count({ attendees: id })) > 0 ? 'attends-events' : undefined;
}

/** Takes unchanged seed entries out again, with their vectors. Needs first: a member with needs of its own stays. */
export async function removeSeed(deps: { store: Store; embedding: Embedding }, files: SeedFiles): Promise<SeedRemoval> {
  const { store, embedding } = deps;
  const meta = store.collection('meta');
  const found = await meta.get(metaId);
  const start = new Date((found?.doc as SeedState | undefined)?.startedAt ?? 0);
  const removal: SeedRemoval = { removed: 0, kept: [] };
  for (const event of seedEvents(files, start)) {
    const stored = await store.collection('events').get(event.id);
    if (stored === undefined) continue;
    const isUsed = (await store.collection('programmes').get(event.id)) !== undefined;
    if (isUsed || !isDeepStrictEqual(stored.doc, event)) {
      removal.kept.push({ id: stored.id, why: isUsed ? 'has-programme' : 'changed' });
      continue;
    }
    await store.collection('events').remove(stored.id, stored.version);
    removal.removed++;
  }
  for (const type of ['need', 'member'] as const) {
    const collection = documentsOf(store, type);
    for (const entry of type === 'need' ? files.needs : files.members) {
      const stored = await collection.get(entry['id'] as string);
      if (stored === undefined) continue;
      const why = !isDeepStrictEqual(stored.doc, dated(entry, start))
        ? 'changed'
        : await builtOnBy(store, type, stored.id);
      if (why !== undefined) {
        removal.kept.push({ id: stored.id, why });
        continue;
      }
      await collection.remove(stored.id, stored.version);
      await embedding.erase(type, stored.id, textsOf(type, stored.doc));
      removal.removed++;
    }
  }
  if (found !== undefined) await meta.replace(metaId, { ...found.doc, state: 'removed' }, found.version);
  return removal;
}
