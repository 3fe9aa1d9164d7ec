/** JSON lines as the commands read and write them. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { z } from 'zod';
import { faultsOf } from '../src/app/faults.ts';
import { Problem } from '../src/domain/problem.ts';
import type { Refuse } from './command.ts';

export interface ReadLine<T> {
  value: T;
  /** `FILE line N`, from 1. */
  at: string;
}

/** The lines that are valid; every other one is refused with each of its faults. @throws Error when the file cannot be read. */
export async function readJsonLines<T>(file: string, schema: z.ZodType<T>, refuse: Refuse): Promise<ReadLine<T>[]> {
  return (await readFile(file, 'utf8')).split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const at = `${file} line ${i + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      refuse(`${at}: This is not JSON.`);
      return [];
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return [{ value: parsed.data, at }];
    for (const { field, message } of faultsOf(parsed.error, value)) refuse(`${at}: ${field} ${message}`);
    return [];
  });
}

/** The answer to a line; undefined where the engine cannot answer it, which is told. */
export async function orRefuse<T>(at: string, refuse: Refuse, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(`${at}: ${error.message}`);
    return undefined;
  }
}

/** All or nothing: the file is put in place once it is whole. */
export async function writeJsonLines(file: string, values: readonly unknown[]): Promise<void> {
  await writeFile(`${file}.part`, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  await rename(`${file}.part`, file);
}
