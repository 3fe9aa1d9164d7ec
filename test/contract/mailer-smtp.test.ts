import { expect, test } from '@jest/globals';
import { openSmtpMailer } from '../../src/adapters/mailer/smtp-mailer.ts';
import { startMailServer } from '../support/mail-server.ts';
import { mail, mailerContract, mailerFrom } from './mailer-contract.ts';

async function smtpWorld() {
  const server = await startMailServer();
  return {
    mailer: openSmtpMailer({ url: `smtp://127.0.0.1:${server.port}`, from: mailerFrom, timeoutMs: 2000 }),
    arrived: async () => server.arrived,
    breakDown: server.close,
    dispose: server.close,
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
