import { openInProcessQueue } from '../../src/adapters/queue/in-process.ts';
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';
import { queueContract } from './queue-contract.ts';

queueContract('The in-process queue', () => {
  const jobs = openSqliteStore(':memory:').collection('jobs');
  return { open: async () => openInProcessQueue({ jobs, concurrency: 2, maxAttempts: 3, backoffMs: 5 }) };
});
