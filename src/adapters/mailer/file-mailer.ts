/** Mails as files, for an adviser who has no mail server: `.eml` opens in a mail program, `.html` in a browser. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { MailerError, type Mailer, type OutgoingMail } from '../../app/ports.ts';
import { escapeHtml } from '../../domain/html.ts';
import { mimeOf } from './mime.ts';

/** The same mail again replaces its files. */
export function openFileMailer({ folder, from }: { folder: string; from: string }): Mailer {
  const composer = createTransport({ streamTransport: true, buffer: true });
  return {
    async send(mail) {
      try {
        const { message } = await composer.sendMail(mimeOf(mail, from));
        await mkdir(folder, { recursive: true });
        const name = path.join(folder, fileNameOf(mail));
        await replaceFile(`${name}.eml`, message as Buffer);
        await replaceFile(`${name}.html`, readable(mail));
      } catch (error) {
        throw new MailerError(`The mail could not be written: ${(error as Error).message}`, false, error);
      }
    },
    close: async () => undefined,
  };
}

const fileNameOf = ({ messageId, date }: OutgoingMail): string => {
  const local = messageId.replace(/^<|@.*$/gu, '').replace(/[^\w.-]/gu, '_');
  return `${date.toISOString().slice(0, 10)}-${local}`;
};

/** Never half a file, whenever the process ends. */
async function replaceFile(file: string, content: Buffer | string): Promise<void> {
  await writeFile(`${file}.part`, content, { flush: true });
  await rename(`${file}.part`, file);
}

const readable = ({ to, subject, html }: OutgoingMail): string => {
  const address = to.name === undefined ? to.address : `${to.name} <${to.address}>`;
  // By a function: in a string, "$&" and its like would stand for something else.
  return html.replace(
    '<main>',
    () => `<main><p><small>${escapeHtml(address)}</small><br><strong>${escapeHtml(subject)}</strong></p><hr>`,
  );
};
