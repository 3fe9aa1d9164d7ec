import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../src/project-root.ts';

/** Every text of the seed cluster: offers, wishes, summaries, needs. */
export function seedSentences(): string[] {
  const lines = ['members.jsonl', 'needs.jsonl'].flatMap((file) =>
    readFileSync(path.join(projectRoot(), 'seed', file), 'utf8')
      .trim()
      .split('\n'),
  );
  const values = lines.flatMap((line) => Object.values(JSON.parse(line) as Record<string, unknown>).flat());
  return [...new Set(values.filter((value): value is string => typeof value === 'string' && value.includes(' ')))];
}
