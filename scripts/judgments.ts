/** Judgments and other JSON lines as the commands that measure and learn read them. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { matchTasks } from '../src/app/rank-queries.ts';

export const judgmentSchema = z.object({
  task: z.enum(matchTasks),
  queryId: z.string(),
  candidateId: z.string(),
  grade: z.number().int().min(0).max(3),
});

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
