/**
 * Brings the mails that introductions ask for to the mailer. The wish is part of the introduction's own document, so it
 * is kept or lost with the change that made it; a job for each mail sends it. At least once: a process that ends between
 * sending and noting it sends again, with the same Message-ID.
 */
import { z } from 'zod';
import { watched } from '../domain/introduction/apply.ts';
import { otherSide, showsContacts, type Introduction, type MailIntent } from '../domain/introduction/introduction.ts';
import { isStillWanted } from '../domain/introduction/mails.ts';
import { mailText } from '../domain/introduction/mail-text.ts';
import { withStandingReasons } from '../domain/introduction/standing.ts';
import type { AnswerLinks } from './answer-links.ts';
import { readParties } from './introduction-parties.ts';
import {
  MailerError,
  StoreError,
  type JobHandler,
  type JobQueue,
  type Mailer,
  type OutgoingMail,
  type Store,
  type Stored,
} from './ports.ts';

export const mailJob = 'mail';

export interface MailRelay {
  /** Asks for the mails of an introduction that wait. Calling it again changes nothing. */
  request(introduction: Introduction): Promise<void>;
  /**
   * Asks for those whose time has come, also where a sender took one and was not heard of again. `sendersAreGone`: no
   * other process can be sending, as at the start of the only one; then nothing is waited for.
   */
  recover(introduction: Introduction, sendersAreGone: boolean): Promise<void>;
  readonly handlers: Record<string, JobHandler>;
}

export interface MailRelayDeps {
  store: Store;
  queue: JobQueue;
  mailer: Mailer;
  links: AnswerLinks;
  /** Right side of every Message-ID. */
  messageIdHost: string;
  /** Whether somebody reads what is sent back to the sender. */
  canReply: boolean;
  /** Real time, whatever day stands for today. Default the clock of the machine. */
  nowMs?: () => number;
  /** How long a mail that is being sent is left alone; then its sender counts as gone. Default 60,000 ms. */
  leaseMs?: number;
  /** First wait after a failure; doubles each time, up to six hours. Default 60,000 ms. */
  backoffMs?: number;
  /** Default 14: two days and a half. */
  maxAttempts?: number;
}

const longestBackoffMs = 6 * 3_600_000;
const jobInput = z.object({ introductionId: z.string(), mailId: z.string() });

/** What a job came to; it stands in the job's result. */
type Outcome = { mail: MailIntent['state'] | 'gone' | 'elsewhere'; error?: string };

export function createMailRelay(deps: MailRelayDeps): MailRelay {
  const { store, queue, mailer, links, messageIdHost, canReply } = deps;
  const { nowMs = Date.now, leaseMs = 60_000, backoffMs = 60_000, maxAttempts = 14 } = deps;
  const introductions = store.collection('introductions');

  const enqueue = (introductionId: string, mail: Pick<MailIntent, 'id' | 'notBeforeMs'>) =>
    queue.enqueue(
      mailJob,
      `${introductionId}:${mail.id}`,
      { introductionId, mailId: mail.id },
      { delayMs: Math.max(0, mail.notBeforeMs - nowMs()) },
    );

  /**
   * Changes one mail of an introduction, whatever else happens to it meanwhile; `decide` sees the document as it is.
   * Returns undefined when the introduction is gone or nothing was decided.
   */
  const change = async (
    id: string,
    mailId: string,
    decide: (introduction: Introduction, mail: MailIntent) => Partial<MailIntent> | undefined,
  ): Promise<Stored<Introduction> | undefined> => {
    for (;;) {
      const found = await introductions.get(id);
      const mail = found?.doc.outbox.find((one) => one.id === mailId);
      const changed = mail && decide(found!.doc, mail);
      if (changed === undefined) return undefined;
      const outbox = found!.doc.outbox.map((one) => (one.id === mailId ? { ...one, ...changed } : one));
      try {
        return await introductions.replace(id, watched({ ...found!.doc, outbox }), found!.version);
      } catch (error) {
        if (!(error instanceof StoreError && error.code === 'stale')) throw error;
      }
    }
  };

  /** The mail as it leaves, or what becomes of it instead. */
  const compose = async (
    introduction: Introduction,
    mail: MailIntent,
  ): Promise<OutgoingMail | { state: 'dropped' | 'failed'; error: string }> => {
    const { to, template } = mail;
    if (!isStillWanted(introduction, mail)) return { state: 'dropped', error: 'It was not wanted any more.' };
    const parties = await readParties(store, [introduction]);
    const receiver = parties.member(introduction, to);
    if (receiver === undefined) return { state: 'dropped', error: 'The party was removed.' };
    const address = receiver.contact?.email;
    if (address === undefined) return { state: 'failed', error: 'There is no mail address.' };
    const other = otherSide(to);
    const lang = receiver.language ?? 'nb';
    const asks = template === 'request' || template === 'reminder';
    const text = mailText({
      template,
      to,
      introduction: withStandingReasons(introduction, parties.outdated(introduction)),
      lang,
      ownName: receiver.name,
      ownContactName: receiver.contact?.name,
      otherName: parties.name(introduction, other),
      needTitle: parties.needTitle(introduction),
      contact: showsContacts(introduction) ? parties.member(introduction, other)?.contact : undefined,
      link: asks ? await links.linkOf(introduction, to) : undefined,
      canReply,
    });
    return {
      ...text,
      messageId: `<${introduction.id}.${mail.id}@${messageIdHost}>`,
      to: { name: receiver.contact?.name, address },
      lang,
      date: new Date(mail.createdAt),
    };
  };

  const afterFailure = (mail: MailIntent, error: MailerError): Partial<MailIntent> => {
    if (error.permanent || mail.attempts >= maxAttempts) return { state: 'failed', error: error.message };
    const waitMs = Math.min(backoffMs * 2 ** (mail.attempts - 1), longestBackoffMs);
    return { state: 'waiting', error: error.message, notBeforeMs: nowMs() + waitMs };
  };

  const deliver = async (introductionId: string, mailId: string): Promise<Outcome> => {
    const mailOf = (introduction: Introduction) => introduction.outbox.find((one) => one.id === mailId)!;
    const found = await introductions.get(introductionId);
    const mail = found && found.doc.outbox.find((one) => one.id === mailId);
    if (mail === undefined) return { mail: 'gone' };
    if (mail.state !== 'waiting' && mail.state !== 'sending') return { mail: mail.state };
    if (mail.notBeforeMs > nowMs()) {
      if (mail.state === 'sending') return { mail: 'elsewhere' };
      await enqueue(introductionId, mail);
      return { mail: 'waiting' };
    }
    const outgoing = await compose(found!.doc, mail);
    if ('state' in outgoing) {
      await change(introductionId, mailId, (_doc, { state }) => (state === mail.state ? outgoing : undefined));
      return { mail: outgoing.state, error: outgoing.error };
    }
    // From here on undo is refused. Whoever claims it first sends it.
    const claimed = await change(introductionId, mailId, (doc, one) =>
      one.state === mail.state && one.notBeforeMs === mail.notBeforeMs && isStillWanted(doc, one)
        ? { state: 'sending', attempts: one.attempts + 1, notBeforeMs: nowMs() + leaseMs, error: undefined }
        : undefined,
    );
    if (claimed === undefined) return deliver(introductionId, mailId);
    const attempts = mailOf(claimed.doc).attempts;
    /** Only as long as the claim is ours: after the lease another may have taken it. */
    const settle = (what: (one: MailIntent) => Partial<MailIntent>) =>
      change(introductionId, mailId, (_doc, one) =>
        one.state === 'sending' && one.attempts === attempts ? what(one) : undefined,
      );
    try {
      await mailer.send(outgoing);
    } catch (error) {
      if (!(error instanceof MailerError)) throw error;
      const settled = await settle((one) => afterFailure(one, error));
      if (settled === undefined) return { mail: 'elsewhere' };
      const now = mailOf(settled.doc);
      if (now.state === 'waiting') await enqueue(introductionId, now);
      return { mail: now.state, error: error.message };
    }
    await settle(() => ({ state: 'sent', sentAt: new Date(nowMs()).toISOString() }));
    return { mail: 'sent' };
  };

  return {
    async request(introduction) {
      for (const mail of introduction.outbox) if (mail.state === 'waiting') await enqueue(introduction.id, mail);
    },
    async recover(introduction, sendersAreGone) {
      for (const mail of introduction.outbox) {
        const isOrphan = mail.state === 'sending' && sendersAreGone;
        const notBeforeMs = isOrphan ? 0 : mail.notBeforeMs;
        if (isOrphan)
          await change(introduction.id, mail.id, (_doc, { state }) =>
            state === 'sending' ? { notBeforeMs } : undefined,
          );
        if ((mail.state === 'waiting' || mail.state === 'sending') && notBeforeMs <= nowMs())
          await enqueue(introduction.id, { id: mail.id, notBeforeMs });
      }
    },
    handlers: {
      [mailJob]: async (input) => {
        const { introductionId, mailId } = jobInput.parse(input);
        return deliver(introductionId, mailId);
      },
    },
  };
}
