/** Reminders, expiry and the end of pauses: a sweep finds what is due, a job for each does it once. */
import { z } from 'zod';
import type { Introduction } from '../domain/introduction/introduction.ts';
import type { Introductions } from './introductions.ts';
import type { MailRelay } from './mail-relay.ts';
import { everyOf } from './pages.ts';
import type { Clock, JobHandler, JobQueue, Store } from './ports.ts';

export const introductionDueJob = 'introduction-due';

export interface IntroductionTimer {
  /**
   * Asks for jobs for everything that is due and for mails that nobody is sending. Cheap; call it every minute.
   * `sendersAreGone`: see the mail relay.
   */
  sweep(sendersAreGone?: boolean): Promise<void>;
  readonly handlers: Record<string, JobHandler>;
}

export function createIntroductionTimer(deps: {
  store: Store;
  queue: JobQueue;
  clock: Clock;
  introductions: Introductions;
  relay: MailRelay;
}): IntroductionTimer {
  const { store, queue, clock, introductions, relay } = deps;
  const collection = store.collection('introductions');

  const watchedFor = (what: Introduction['watch'][number]) =>
    everyOf((from) => collection.find({ where: { watch: what }, limit: 500, ...from }));

  return {
    async sweep(sendersAreGone = false) {
      const now = clock.now().toISOString();
      for await (const { id, doc } of watchedFor('time'))
        if (doc.dueAt !== undefined && doc.dueAt <= now) await queue.enqueue(introductionDueJob, id, { id });
      for await (const { doc } of watchedFor('mail')) await relay.recover(doc, sendersAreGone);
    },
    handlers: {
      [introductionDueJob]: async (input) => {
        const { id } = z.object({ id: z.string() }).parse(input);
        return { happened: await introductions.passTime(id) };
      },
    },
  };
}
