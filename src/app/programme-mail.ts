/**
 * Tells people their agenda by mail when a publication changed it. The wish stands in the programme's own document and is
 * drained by a job; at least once, under one Message-ID. A mail that a newer edition overtook is dropped: the newer one tells
 * both changes.
 */
import { z } from 'zod';
import type { MatchEvent } from '../domain/event.ts';
import type { Language, Member } from '../domain/member.ts';
import { agendaMail } from '../domain/programme/agenda-mail.ts';
import { needIdsOf } from '../domain/programme/plan.ts';
import { everyOf } from './pages.ts';
import { MailerError, type JobHandler, type JobQueue, type Mailer, type Store } from './ports.ts';
import type { Programme, ProgrammeMail, Published } from './programme.ts';
import { changeProgramme, eventOf, programmeOf } from './programme-store.ts';

export const programmeMailJob = 'programme-mail';
const jobInput = z.object({ eventId: z.string() });
const pageSize = 100;

export function withMails(
  programme: Programme,
  before: Published | undefined,
  published: Published,
  attendeeIds: readonly string[],
): Programme {
  if (attendeeIds.length === 0) return programme;
  const affected = new Set(attendeeIds);
  const overtaken = new Map(
    (programme.outbox ?? [])
      .filter(({ state, attendeeId }) => state === 'waiting' && affected.has(attendeeId))
      .map((mail) => [mail.attendeeId, mail]),
  );
  const fresh = attendeeIds.map((attendeeId): ProgrammeMail => ({
    edition: published.edition,
    attendeeId,
    createdAt: published.publishedAt,
    state: 'waiting',
    told: overtaken.get(attendeeId)?.told ?? ownMeetings(before?.meetings ?? [], attendeeId),
  }));
  const kept = (programme.outbox ?? []).map((mail) =>
    overtaken.get(mail.attendeeId) === mail ? { ...mail, state: 'dropped' as const, told: undefined } : mail,
  );
  return { ...programme, outbox: [...kept, ...fresh], watch: 'mail' };
}

const ownMeetings = <M extends { people: string[] }>(meetings: readonly M[], attendeeId: string): M[] =>
  meetings.filter(({ people }) => people.includes(attendeeId));

/** What the job answers. Ids are those of attendees. */
interface MailReport {
  /** Mails sent; several where several people come for one attendee. */
  mails: number;
  reached: string[];
  withoutAddress: string[];
  /** Where the mail server refused a mail for good, to one of several people or to all. */
  refused: string[];
}

function reportOf(mails: readonly ProgrammeMail[]): MailReport {
  const idsOf = (state: ProgrammeMail['state']) =>
    mails.filter((mail) => mail.state === state).map(({ attendeeId }) => attendeeId);
  return {
    mails: mails.reduce((sum, { sentTo = 0 }) => sum + sentTo, 0),
    reached: idsOf('sent'),
    withoutAddress: idsOf('no-address'),
    refused: mails.filter(({ error }) => error !== undefined).map(({ attendeeId }) => attendeeId),
  };
}

/** The people of an attendee who have an address; else, and where somebody has none, the contact of the member. */
function addressesOf(event: MatchEvent, attendeeId: string, contact: Member['contact']) {
  const own = event.attendeeSettings?.find((one) => one.attendeeId === attendeeId)?.people ?? [];
  return [
    ...own.flatMap(({ name, email }) => (email === undefined ? [] : [{ name, address: email }])),
    ...(contact?.email === undefined ? [] : [{ name: contact.name, address: contact.email }]),
  ].slice(0, Math.max(1, own.length));
}

/** One agenda as iCalendar. */
export type AgendaCalendar = (
  words: {
    event: MatchEvent;
    nameOf: (id: string) => string;
    languageOf: (id: string) => Language;
    topicOf: (needId: string) => string | undefined;
  },
  published: Published,
  attendeeId: string,
) => string;

export interface ProgrammeMailer {
  handlers: Record<string, JobHandler>;
  /** Asks again for mails whose job was never asked for: the process ended in between. */
  recover(): Promise<void>;
}

export function createProgrammeMail(deps: {
  store: Store;
  queue: JobQueue;
  mailer: Mailer;
  calendarOf: AgendaCalendar;
  /** Right side of every Message-ID. */
  messageIdHost: string;
}): ProgrammeMailer {
  const { store, queue, mailer } = deps;

  const note = (eventId: string, { edition, attendeeId }: ProgrammeMail, outcome: Partial<ProgrammeMail>) =>
    changeProgramme(store, eventId, (programme) => {
      const outbox = (programme.outbox ?? []).map((mail) =>
        mail.edition === edition && mail.attendeeId === attendeeId ? { ...mail, told: undefined, ...outcome } : mail,
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
    const { published, outbox = [] } = programme;
    const waiting = outbox.filter(({ state }) => state === 'waiting');
    if (published === undefined || waiting.length === 0) return reportOf([]);
    // Also those whom an earlier try has told.
    const editions = new Set(waiting.map(({ edition }) => edition));
    const ours = (mail: ProgrammeMail) => editions.has(mail.edition) && mail.state !== 'dropped';

    const known = [...published.meetings, ...published.cancelled, ...waiting.flatMap(({ told = [] }) => told)];
    const memberIds = new Set([
      ...waiting.map(({ attendeeId }) => attendeeId),
      ...known.flatMap(({ people }) => people),
    ]);
    const members = new Map(
      (await store.collection('members').getMany([...memberIds])).map(({ id, doc }) => [id, doc]),
    );
    const topics = new Map(
      (await store.collection('needs').getMany(needIdsOf(known))).map(({ id, doc }) => [id, doc.title]),
    );
    const words = {
      event,
      nameOf: (id: string) => members.get(id)?.name ?? id,
      languageOf: (id: string) => members.get(id)?.language ?? event.language ?? 'nb',
      topicOf: (id: string) => topics.get(id),
    };
    const send = async ({ attendeeId, edition, createdAt, told = [] }: ProgrammeMail) => {
      const addresses = addressesOf(event, attendeeId, members.get(attendeeId)?.contact);
      const lang = words.languageOf(attendeeId);
      const content = deps.calendarOf(words, published, attendeeId);
      let sentTo = 0;
      let error: string | undefined;
      for (const [k, to] of addresses.entries())
        try {
          await mailer.send({
            // No id has a plus in it: no two mails share a name.
            messageId: `<programme+${eventId}+${edition}+${attendeeId}+${k}@${deps.messageIdHost}>`,
            to,
            ...agendaMail({
              ...words,
              times: published.times,
              attendeeId,
              language: lang,
              contactName: to.name,
              told,
              meetings: ownMeetings(published.meetings, attendeeId),
            }),
            attachments: [
              { fileName: `${eventId}.ics`, contentType: 'text/calendar; charset=utf-8; method=PUBLISH', content },
            ],
            lang,
            date: new Date(createdAt),
          });
          sentTo++;
        } catch (fault) {
          if (!(fault instanceof MailerError && fault.permanent)) throw fault;
          error = fault.message;
        }
      const state = sentTo > 0 ? 'sent' : error === undefined ? 'no-address' : 'refused';
      return { state, sentTo, error } as const;
    };

    const total = outbox.filter(ours).length;
    let done = total - waiting.length;
    let later: MailerError | undefined;
    for (const mail of waiting) {
      context.signal.throwIfAborted();
      try {
        await note(eventId, mail, await send(mail));
        context.progress(++done, total);
      } catch (error) {
        if (!(error instanceof MailerError)) throw error;
        later = error;
      }
    }
    // The queue waits and tries again; those sent by now are noted.
    if (later !== undefined) throw later;
    return reportOf(((await programmeOf(store, eventId)).doc.outbox ?? []).filter(ours));
  };

  return {
    handlers: { [programmeMailJob]: drain },
    async recover() {
      const programmes = store.collection('programmes');
      const where = { watch: 'mail' };
      for await (const { id } of everyOf((from) => programmes.find({ where, limit: pageSize, ...from })))
        await queue.enqueue(programmeMailJob, id, { eventId: id });
    },
  };
}
