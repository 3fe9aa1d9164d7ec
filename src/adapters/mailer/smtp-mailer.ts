import { createTransport } from 'nodemailer';
import { MailerError, type Mailer } from '../../app/ports.ts';
import { mimeOf } from './mime.ts';

export interface SmtpMailerOptions {
  /** `smtp://USER:PASSWORD@HOST:PORT` or `smtps://...`; nodemailer's options may follow as a query. */
  url: string;
  from: string;
  /** How long the server may say nothing. Default 20,000 ms. */
  timeoutMs?: number;
}

/** One connection a mail: introductions are few, and a server that went away is noticed at once. */
export function openSmtpMailer({ url, from, timeoutMs = 20_000 }: SmtpMailerOptions): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  return {
    async send(mail) {
      await transport.sendMail(mimeOf(mail, from)).catch(asMailerError);
    },
    close: async () => {
      transport.close();
    },
  };
}

interface SmtpFault {
  code?: string;
  responseCode?: number;
}

/** A refused password is the service's fault, not the mail's: it is worth trying again once that is mended. */
function asMailerError(error: unknown): never {
  const { code, responseCode = 0 } = error as SmtpFault;
  const permanent = code !== 'EAUTH' && code !== 'ETLS' && responseCode >= 500;
  throw new MailerError(error instanceof Error ? error.message : String(error), permanent, error);
}
