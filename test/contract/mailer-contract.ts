/** What every mailer must do. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import PostalMime, { type Email } from 'postal-mime';
import type { Mailer, OutgoingMail } from '../../src/app/ports.ts';

export interface MailerWorld {
  mailer: Mailer;
  /** Every mail that has arrived, as the bytes that a mail program would get. */
  arrived(): Promise<(string | Uint8Array)[]>;
  /** From now on nothing can be taken over. */
  breakDown(): Promise<void>;
  dispose(): Promise<void>;
}

export const mailerFrom = 'Klyngen Ærlig <klynge@example.org>';
export const mail = (more: Partial<OutgoingMail> = {}): OutgoingMail => ({
  messageId: '<i-1.m1@kobling.example>',
  to: { name: 'Kåre Ødegård', address: 'kare@example.org' },
  subject: 'Forslag: bli kjent med Blå Måling AS?',
  text: 'Hei, Kåre.\n\nVi tenkte på dere – «måling».\n',
  html: '<!doctype html><html lang="nb"><body><main><p>Hei, Kåre.</p></main></body></html>\n',
  lang: 'nb',
  date: new Date('2026-11-21T12:00:00.000Z'),
  ...more,
});

export function mailerContract(name: string, makeWorld: () => Promise<MailerWorld>): void {
  describe(`mailer: ${name}`, () => {
    let world: MailerWorld;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(async () => {
      await world.mailer.close();
      await world.dispose();
    });
    const read = async (): Promise<Email[]> =>
      Promise.all((await world.arrived()).map((bytes) => PostalMime.parse(bytes)));

    test('a mail arrives as it was sent, in plain text and HTML', async () => {
      await world.mailer.send(mail());
      const [got, ...others] = await read();
      expect(others).toEqual([]);
      expect(got).toMatchObject({
        messageId: '<i-1.m1@kobling.example>',
        from: { name: 'Klyngen Ærlig', address: 'klynge@example.org' },
        to: [{ name: 'Kåre Ødegård', address: 'kare@example.org' }],
        subject: 'Forslag: bli kjent med Blå Måling AS?',
        date: '2026-11-21T12:00:00.000Z',
      });
      expect(got!.text?.trim()).toBe('Hei, Kåre.\n\nVi tenkte på dere – «måling».');
      expect(got!.html).toContain('<p>Hei, Kåre.</p>');
      const header = (key: string) => got!.headers.find((one) => one.key === key)?.value;
      expect([header('auto-submitted'), header('content-language')]).toEqual(['auto-generated', 'nb']);
    });

    test('an attachment arrives under its name and type, letter for letter', async () => {
      const content = 'BEGIN:VCALENDAR\r\nNAME:Blå dag\r\nEND:VCALENDAR\r\n';
      const contentType = 'text/calendar; charset=utf-8; method=PUBLISH';
      await world.mailer.send(mail({ attachments: [{ fileName: 'dag.ics', contentType, content }] }));
      const [got] = await read();
      expect(got!.attachments).toMatchObject([{ filename: 'dag.ics', mimeType: 'text/calendar', method: 'PUBLISH' }]);
      // The reader makes every line end of a calendar one character.
      const arrived = new TextDecoder().decode(got!.attachments[0]!.content as ArrayBuffer);
      expect(arrived).toBe(content.replaceAll('\r\n', '\n'));
    });

    test('the same mail again has the same id', async () => {
      await world.mailer.send(mail());
      await world.mailer.send(mail());
      const ids = (await read()).map((one) => one.messageId);
      expect(new Set(ids)).toEqual(new Set(['<i-1.m1@kobling.example>']));
    });

    test('mails with different ids are different mails', async () => {
      for (const n of [1, 2, 3]) await world.mailer.send(mail({ messageId: `<i-1.m${n}@kobling.example>` }));
      expect(await read()).toHaveLength(3);
    });

    test('an address without a name will do, and no text becomes a header', async () => {
      const nasty = 'Hei\r\nBcc: all@example.org\r\n\r\nX';
      await world.mailer.send(mail({ to: { address: 'kare@example.org' }, subject: nasty }));
      await world.mailer.send(mail({ messageId: '<i-2.m1@x>', to: { name: nasty, address: 'kare@example.org' } }));
      const got = await read();
      expect(got).toHaveLength(2);
      for (const { headers, to } of got) {
        expect(headers.map((one) => one.key)).not.toContain('bcc');
        expect(to?.map((one) => one.address)).toEqual(['kare@example.org']);
      }
    });

    test('what cannot be taken over now is refused as worth another try', async () => {
      await world.breakDown();
      await expect(world.mailer.send(mail())).rejects.toMatchObject({ name: 'MailerError', permanent: false });
    });
  });
}
