/** Writes members into the store file named by the first argument, a line on stdout for each acknowledged id, for ever. */
import { openSqliteStore } from '../../src/adapters/store/sqlite.ts';

const members = openSqliteStore(process.argv[2]!).collection('members');
for (let i = 0; ; i++) {
  const id = `m${i}`;
  await members.insert(id, { id, kind: 'startup', name: id, sectors: ['written'] });
  process.stdout.write(`${id}\n`);
}
