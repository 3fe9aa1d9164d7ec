import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { loadSeed, readSeed, removeSeed } from '../src/app/seed.ts';
import { composeEngine } from '../src/compose.ts';
import { environment, readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { projectRoot } from '../src/project-root.ts';
import { say } from './cluster-folder.ts';
import { runCommand } from './command.ts';

await runCommand({
  usage: `Loads the fictional cluster into an empty store, or takes it out again.

  npm run seed              load it (a first start does this by itself)
  npm run seed -- --remove  remove every seed entry that nobody changed or builds on`,
  options: z.object({ remove: z.boolean().default(false) }),
  async run({ remove }) {
    const config = readConfig(environment());
    const storeFile = path.join(config.dataDir, 'kobling.sqlite');
    if (remove && config.mongoUrl === undefined && !existsSync(storeFile))
      throw new Error(`There is no store in ${config.dataDir}.`);
    const files = await readSeed(path.join(projectRoot(), 'seed'));
    const engine = await composeEngine({
      storeFile,
      mongoUrl: config.mongoUrl,
      redisUrl: config.redisUrl,
      role: 'api',
      cacheDir: config.cacheDir,
      spoolDir: path.join(config.dataDir, 'spool'),
      now: config.now,
      log: createLog('warn', 2),
    });
    try {
      if (remove) {
        const { removed, kept } = await removeSeed(engine, files);
        say(`${removed} seed entries removed.`);
        if (kept.length > 0) say(`Kept, because they were changed or are built on: ${kept.join(', ')}`);
      } else {
        const result = await loadSeed(engine, files, engine.clock.now(), true);
        say(
          result === 'loaded'
            ? 'The seed is loaded; its texts are embedded at the next start.'
            : 'Nothing to do: the store has been used before.',
        );
      }
    } finally {
      await engine.close(0);
    }
  },
});
