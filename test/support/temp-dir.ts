import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';

/** A folder of its own that is removed after the file's tests. */
export function tempDir(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'kobling-test-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
