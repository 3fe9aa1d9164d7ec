/** Runs jobs of the kind `work` on the Redis and under the prefix of its arguments, never finishes one, and says so. */
import { openBullQueue } from '../../src/adapters/queue/bull.ts';

const [url, prefix] = process.argv.slice(2) as [string, string];
openBullQueue({ url, prefix, lockMs: 1000, stalledMs: 200 }).start({
  work: () => {
    process.stdout.write('started\n');
    return new Promise(() => undefined);
  },
});
