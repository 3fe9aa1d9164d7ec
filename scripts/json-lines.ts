/** JSON lines as the commands read and write them. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { z } from 'zod';

/** @throws Error that names the first bad line. */
export async function readJsonLines<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  return (await readFile(file, 'utf8')).split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new Error(`${file} line ${i + 1} is not JSON.`);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      throw new Error(`${file} line ${i + 1}: ${path.join('.')} ${message}`);
    }
    return [parsed.data];
  });
}

/** All or nothing: the file is put in place once it is whole. */
export async function writeJsonLines(file: string, values: readonly unknown[]): Promise<void> {
  await writeFile(`${file}.part`, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  await rename(`${file}.part`, file);
}
