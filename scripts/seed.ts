import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { loadSeed, readSeed, removeSeed, type KeptBecause } from '../src/app/seed.ts';
import { composeEngine } from '../src/compose.ts';
import { environment, readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { projectRoot } from '../src/project-root.ts';
import { say } from './cluster-folder.ts';
import { runCommand } from './command.ts';

/** Why it stays, and what to do. */
const hints: Record<KeptBecause, string> = {
  changed: 'for somebody changed it (delete it by DELETE /api/v1/members/ID, /needs/ID or /events/ID)',
  'has-programme': 'for it has a programme (DELETE /api/v1/events/ID/programme if not published, then run this again)',
  'owns-needs': 'for it owns needs that stay (delete those, then run this again)',
  'attends-events': 'for it attends events that stay (delete those, then run this again)',
  'in-introductions': 'for it is in introductions (DELETE /api/v1/members/ID?cascade=withdraw, or /needs/ID)',
};

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
        for (const [why, hint] of Object.entries(hints)) {
          const ids = kept.filter((one) => one.why === why).map(({ id }) => id);
          if (ids.length > 0) say(`Kept, ${hint}: ${ids.join(', ')}`);
        }
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
