import type { SendMailOptions } from 'nodemailer';
import type { OutgoingMail } from '../../app/ports.ts';

/** A mail as nodemailer takes it. Nothing is fetched from files or addresses, whatever stands in the texts. */
export const mimeOf = (
  { to, messageId, subject, text, html, attachments = [], lang, date }: OutgoingMail,
  from: string,
): SendMailOptions => ({
  from,
  to: to.name === undefined ? to.address : { name: to.name, address: to.address },
  messageId,
  subject,
  text,
  html,
  attachments: attachments.map(({ fileName, contentType, content }) => ({ filename: fileName, contentType, content })),
  date,
  // So that out-of-office programs do not answer.
  headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': lang },
  disableFileAccess: true,
  disableUrlAccess: true,
});
