import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../../src/project-root.ts';

test('the embedded default loads neither the MongoDB nor the Redis library', () => {
  const program = `
    import { createRequire } from 'node:module';
    const { composeEngine } = await import('./src/compose.ts');
    const log = { error() {}, warn() {} };
    const engine = await composeEngine({ storeFile: ':memory:', cacheDir: '/nowhere', spoolDir: '/nowhere', log, role: 'api' });
    await engine.close(0);
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(JSON.stringify(['better-sqlite3', 'mongoose', 'mongodb', 'bull', 'ioredis'].map((name) =>
      loaded.some((file) => file.includes('/node_modules/' + name + '/')))));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const printed = execFileSync(process.execPath, args, { cwd: projectRoot(), encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual([true, false, false, false, false]);
});
