import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { verifyModel } from '../../src/adapters/embedder/manifest.ts';
import { projectRoot } from '../../src/project-root.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let folders = 0;

/** A models folder with one model of two files. */
function modelsFolder(change: Record<string, unknown> = {}, contents = { 'a.json': 'a', 'onnx/b.onnx': 'b' }): string {
  const folder = path.join(root, String(++folders));
  mkdirSync(path.join(folder, 'tiny', 'onnx'), { recursive: true });
  const files: Record<string, unknown> = {};
  for (const [file, text] of Object.entries(contents)) {
    writeFileSync(path.join(folder, 'tiny', file), text);
    files[file] = { sha256: createHash('sha256').update(text).digest('hex'), bytes: text.length };
  }
  const manifest = { name: 'tiny', dimension: 4, maxTokens: 8, licence: 'MIT', files, ...change };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

describe('The manifest of the model', () => {
  test('fits the model that lies in the project', async () => {
    expect(await verifyModel(path.join(projectRoot(), 'models'))).toMatchObject({ dimension: 384, maxTokens: 512 });
  });

  test('gives a digest that follows the content of the files and nothing else', async () => {
    const { digest } = await verifyModel(modelsFolder());
    expect((await verifyModel(modelsFolder())).digest).toBe(digest);
    const other = modelsFolder({}, { 'a.json': 'a', 'onnx/b.onnx': 'changed' });
    expect((await verifyModel(other)).digest).not.toBe(digest);
    expect((await verifyModel(modelsFolder({ maxTokens: 4 }))).digest).not.toBe(digest);
  });

  test('names the file that is broken', async () => {
    const folder = modelsFolder();
    const file = path.join(folder, 'tiny', 'onnx', 'b.onnx');
    writeFileSync(file, 'B');
    await expect(verifyModel(folder)).rejects.toThrow(file);
  });

  test('names the file that is missing', async () => {
    const folder = modelsFolder();
    const file = path.join(folder, 'tiny', 'a.json');
    rmSync(file);
    await expect(verifyModel(folder)).rejects.toThrow(file);
  });

  test.each([
    ['is missing', (file: string) => rmSync(file)],
    ['is not JSON', (file: string) => writeFileSync(file, '{')],
    ['lacks a field', (file: string) => writeFileSync(file, '{"name":"tiny"}')],
  ])('is itself named when it %s', async (_what, damage) => {
    const folder = modelsFolder();
    const file = path.join(folder, 'manifest.json');
    damage(file);
    await expect(verifyModel(folder)).rejects.toThrow(file);
  });

  test('does not reach outside the model folder', async () => {
    const files = { '../secret': { sha256: '0'.repeat(64), bytes: 1 } };
    await expect(verifyModel(modelsFolder({ files }))).rejects.toThrow('manifest.json');
  });
});
