/**
 * Runs the tests that need MongoDB and Redis: on KOBLING_TEST_MONGO_URL and KOBLING_TEST_REDIS_URL where both are set,
 * else on two servers that are started for it and stopped afterwards. Fails when one of them is missing.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../src/project-root.ts';
import { startServers } from './servers.ts';

const given = { mongo: process.env['KOBLING_TEST_MONGO_URL'], redis: process.env['KOBLING_TEST_REDIS_URL'] };
try {
  if ((given.mongo === undefined) !== (given.redis === undefined))
    throw new Error('Set both KOBLING_TEST_MONGO_URL and KOBLING_TEST_REDIS_URL, or neither.');
  const own = given.mongo === undefined ? await startServers() : undefined;
  const stop = () => void own?.stop().then(() => process.exit(130));
  process.on('SIGINT', stop).on('SIGTERM', stop);
  process.exitCode = await jest({
    KOBLING_TEST_MONGO_URL: given.mongo ?? own!.mongo.url,
    KOBLING_TEST_REDIS_URL: given.redis ?? own!.redis.url,
  });
  await own?.stop();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

function jest(settings: Record<string, string>): Promise<number> {
  const root = projectRoot();
  const [first = 'test/(servers|http)/', ...rest] = process.argv.slice(2);
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...[path.join(root, 'node_modules/jest/bin/jest.js'), first, ...rest],
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...settings } },
  );
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}
