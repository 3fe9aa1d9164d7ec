/** What every file format of ranking data is mapped to, and how its files are read. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Candidate, PastEvent, Subject } from '../../src/domain/retrieval/evidence.ts';

export interface RankingTask {
  candidates: Candidate[];
  past: PastEvent[];
  queries: (Subject & { qid: string })[];
}

export type Row = Record<string, unknown>;

/** The rows of one file of the set; none where it does not exist. `name` without `.jsonl.gz`. */
export type ReadRows = (half: string, name: string) => Row[];

/** Maps one file format; undefined when the set is of another one. */
export type Format = (read: ReadRows, split: string) => RankingTask[] | undefined;

export const readerOf =
  (folder: string): ReadRows =>
  (half, name) => {
    const file = path.join(folder, half, `${name}.jsonl.gz`);
    if (!existsSync(file)) return [];
    const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Row);
  };

/** The past of the development half and, for later queries, what has happened since. */
export const historyOf = (read: ReadRows, split: string): Row[] => [
  ...read('dev', 'history'),
  ...(split === 'dev' ? [] : read(split, 'history_extra')),
];

/** Some sets ask both halves for the same candidates and keep them in one place. */
export function candidatesOf(read: ReadRows, split: string): Row[] {
  const own = read(split, 'candidates');
  return own.length > 0 ? own : read('dev', 'candidates');
}

export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : '';

export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);

/** `kind:value` for every value that is there. */
export const traits = (values: Record<string, unknown>): string[] =>
  Object.entries(values).flatMap(([kind, value]) =>
    (Array.isArray(value) ? texts(value) : [text(value)])
      .filter((one) => one !== '')
      .map((one) => `${kind}:${one.toLowerCase()}`),
  );

export const once = (ids: readonly string[]): Record<string, number> => Object.fromEntries(ids.map((id) => [id, 1]));

export const sentence = (...parts: unknown[]): string =>
  parts
    .map(text)
    .filter((part) => part !== '')
    .join('. ');
