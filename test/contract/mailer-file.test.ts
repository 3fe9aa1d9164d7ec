import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { openFileMailer } from '../../src/adapters/mailer/file-mailer.ts';
import { mail, mailerContract, mailerFrom } from './mailer-contract.ts';

async function fileWorld() {
  const home = await mkdtemp(path.join(tmpdir(), 'kobling-mail-'));
  const folder = path.join(home, 'mail');
  const filesOf = async (end: string) => (await readdir(folder)).filter((file) => file.endsWith(end)).toSorted();
  return {
    folder,
    filesOf,
    mailer: openFileMailer({ folder, from: mailerFrom }),
    arrived: async () => Promise.all((await filesOf('.eml')).map((file) => readFile(path.join(folder, file)))),
    breakDown: () => writeFile(folder, 'a file where the folder should be'),
    dispose: () => rm(home, { recursive: true, force: true }),
  };
}

mailerContract('files', fileWorld);

test('a file mail can be opened in a browser, says whom it is for, and leaves nothing else behind', async () => {
  const { folder, mailer, dispose } = await fileWorld();
  await mailer.send(mail({ to: { name: '<b>Kåre</b>', address: 'kare@example.org' } }));
  await mailer.send(mail({ messageId: '<../../evil@x>' }));
  expect((await readdir(folder)).toSorted()).toEqual([
    '2026-11-21-.._.._evil.eml',
    '2026-11-21-.._.._evil.html',
    '2026-11-21-i-1.m1.eml',
    '2026-11-21-i-1.m1.html',
  ]);
  await mailer.send(mail({ messageId: '<i-2.m1@x>', subject: "$& og $' og $$", html: '<main>\nTekst</main>' }));
  const nasty = await readFile(path.join(folder, '2026-11-21-i-2.m1.html'), 'utf8');
  expect(nasty).toContain('<strong>$&amp; og $&#39; og $$</strong>');
  expect(nasty.match(/<main>/gu)).toHaveLength(1);
  const html = await readFile(path.join(folder, '2026-11-21-i-1.m1.html'), 'utf8');
  expect(html).toContain('&lt;b&gt;Kåre&lt;/b&gt; &lt;kare@example.org&gt;');
  await dispose();
});
