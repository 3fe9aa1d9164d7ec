import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { openSmtpMailer } from '../../src/adapters/mailer/smtp-mailer.ts';
import { mail, mailerContract, mailerFrom } from './mailer-contract.ts';

/** A mail server on a free port; `unknown@` it refuses for good, `later@` for now. */
async function smtpWorld() {
  const got: Uint8Array[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, callback) {
      const responseCode = address.startsWith('unknown@') ? 550 : address.startsWith('later@') ? 451 : undefined;
      callback(responseCode === undefined ? null : Object.assign(new Error('refused'), { responseCode }));
    },
    onData(stream, _session, callback) {
      buffer(stream).then(
        (bytes) => {
          got.push(bytes);
          callback();
        },
        (error: Error) => callback(error),
      );
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const { port } = server.server.address() as AddressInfo;
  const close = () => new Promise<void>((done) => server.close(() => done()));
  return {
    mailer: openSmtpMailer({ url: `smtp://127.0.0.1:${port}`, from: mailerFrom, timeoutMs: 2000 }),
    arrived: async () => got,
    breakDown: close,
    dispose: close,
  };
}

mailerContract('SMTP', smtpWorld);

test('an address that the server refuses for good is told apart from one that it refuses for now', async () => {
  const { mailer, dispose } = await smtpWorld();
  const send = (address: string) => mailer.send(mail({ to: { address } }));
  await expect(send('unknown@example.org')).rejects.toMatchObject({ name: 'MailerError', permanent: true });
  await expect(send('later@example.org')).rejects.toMatchObject({ name: 'MailerError', permanent: false });
  await dispose();
});
