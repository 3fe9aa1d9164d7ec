/**
 * Tells people their agenda by mail when a publication changed it. The wish stands in the programme's own document and is
 * drained by a job; at least once, under one Message-ID. A mail that a newer edition overtook is dropped.
 */
import { z } from 'zod';
import { messagesFor } from '../domain/programme/agenda.ts';
import { needIdsOf } from '../domain/programme/plan.ts';
import { escapeHtml } from '../domain/html.ts';
import { MailerError, type JobHandler, type JobQueue, type Mailer, type Store } from './ports.ts';
import type { Programme, ProgrammeMail, Published } from './programme.ts';
import { changeProgramme, eventOf, programmeOf } from './programme-store.ts';

export const programmeMailJob = 'programme-mail';
const jobInput = z.object({ eventId: z.string() });
const pageSize = 100;

export function withMails(programme: Programme, published: Published, attendeeIds: readonly string[]): Programme {
  if (attendeeIds.length === 0) return programme;
  const fresh = attendeeIds.map((attendeeId): ProgrammeMail => ({
    edition: published.edition,
    attendeeId,
    createdAt: published.publishedAt,
    state: 'waiting',
  }));
  const overtaken = new Set(attendeeIds);
  const before = (programme.outbox ?? []).map((mail) =>
    mail.state === 'waiting' && overtaken.has(mail.attendeeId) ? { ...mail, state: 'dropped' as const } : mail,
  );
  return { ...programme, outbox: [...before, ...fresh], watch: 'mail' };
}

export interface ProgrammeMailer {
  handlers: Record<string, JobHandler>;
  /** Asks again for mails whose job was never asked for: the process ended in between. */
  recover(): Promise<void>;
}

export function createProgrammeMail(deps: {
  store: Store;
  queue: JobQueue;
  mailer: Mailer;
  /** Right side of every Message-ID. */
  messageIdHost: string;
}): ProgrammeMailer {
  const { store, queue, mailer } = deps;

  const note = (eventId: string, { edition, attendeeId }: ProgrammeMail, outcome: Partial<ProgrammeMail>) =>
    changeProgramme(store, eventId, (programme) => {
      const outbox = (programme.outbox ?? []).map((mail) =>
        mail.edition === edition && mail.attendeeId === attendeeId ? { ...mail, ...outcome } : mail,
      );
      const waits = outbox.some(({ state }) => state === 'waiting');
      return { ...programme, outbox, watch: waits ? 'mail' : undefined };
    });

  const drain: JobHandler = async (input, context) => {
    const { eventId } = jobInput.parse(input);
    const [{ doc: event }, { doc: programme }] = await Promise.all([
      eventOf(store, eventId),
      programmeOf(store, eventId),
    ]);
    const members = new Map(
      (await store.collection('members').getMany(event.attendees)).map(({ id, doc }) => [id, doc]),
    );
    const reader = (id: string) => ({
      name: members.get(id)?.name ?? id,
      language: members.get(id)?.language ?? event.language ?? 'nb',
    });
    const topics = new Map(
      (await store.collection('needs').getMany(needIdsOf(programme.published?.meetings ?? []))).map(({ id, doc }) => [
        id,
        doc.title,
      ]),
    );
    const waiting = (programme.outbox ?? []).filter(({ state }) => state === 'waiting');
    let later: MailerError | undefined;
    for (const [i, mail] of waiting.entries()) {
      context.signal.throwIfAborted();
      const { attendeeId, edition, createdAt } = mail;
      const own = event.attendeeSettings?.find((one) => one.attendeeId === attendeeId)?.people ?? [];
      const contact = members.get(attendeeId)?.contact;
      const addresses = [
        ...own.flatMap(({ name, email }) => (email === undefined ? [] : [{ name, address: email }])),
        ...(contact?.email === undefined ? [] : [{ name: contact.name, address: contact.email }]),
      ].slice(0, Math.max(1, own.length));
      if (addresses.length === 0) {
        await note(eventId, mail, { state: 'failed', error: 'There is no mail address.' });
        continue;
      }
      const [message] = messagesFor(event, programme.published?.meetings ?? [], [attendeeId], reader, (id) =>
        topics.get(id),
      );
      try {
        for (const [k, to] of addresses.entries())
          await mailer.send({
            // No id has a plus in it: no two mails share a name.
            messageId: `<programme+${eventId}+${edition}+${attendeeId}+${k}@${deps.messageIdHost}>`,
            to,
            subject: message!.subject,
            text: message!.text,
            html: `<pre>${escapeHtml(message!.text)}</pre>`,
            lang: reader(attendeeId).language,
            date: new Date(createdAt),
          });
        await note(eventId, mail, { state: 'sent', error: undefined });
      } catch (error) {
        if (!(error instanceof MailerError)) throw error;
        if (error.permanent) await note(eventId, mail, { state: 'failed', error: error.message });
        else later = error;
      }
      context.progress(i + 1, waiting.length);
    }
    // The queue waits and tries again; those sent by now are noted.
    if (later !== undefined) throw later;
    return { mails: waiting.length };
  };

  return {
    handlers: { [programmeMailJob]: drain },
    async recover() {
      let after: string | undefined;
      do {
        const page = await store
          .collection('programmes')
          .find({ where: { watch: 'mail' }, limit: pageSize, ...(after === undefined ? {} : { after }) });
        for (const { id } of page.items) await queue.enqueue(programmeMailJob, id, { eventId: id });
        after = page.nextCursor;
      } while (after !== undefined);
    },
  };
}
