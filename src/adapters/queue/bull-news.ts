/** What becomes of jobs, told to whoever listens in this process and in the others. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { JobRecord, Stored } from '../../app/ports.ts';

type Listener = (job: Stored<JobRecord>) => void;

export interface NewsDeps {
  client: Redis;
  channel: string;
  /** A connection of its own, asked for by the first listener. */
  subscriber: () => Redis;
  report: (error: unknown) => void;
}

export function createNews({ client, channel, subscriber, report }: NewsDeps) {
  const me = randomUUID();
  const listeners = new Set<Listener>();
  let hearing: Redis | undefined;
  let closed = false;

  const tellHere = (job: Stored<JobRecord>) => {
    for (const listener of listeners)
      try {
        listener(job);
      } catch (error) {
        report(error);
      }
  };
  const hear = () => {
    if (hearing !== undefined || closed) return;
    hearing = subscriber();
    hearing.on('message', (_channel, message: string) => {
      const { from, job } = JSON.parse(message) as { from: string; job: Stored<JobRecord> };
      if (from !== me) tellHere(job);
    });
    hearing.subscribe(channel).catch(report);
  };
  return {
    /** Other processes hear of it too, unless Redis is away: then they find it when they look. */
    tell(job: Stored<JobRecord>) {
      tellHere(job);
      if (!closed) client.publish(channel, JSON.stringify({ from: me, job })).catch(report);
    },
    listen(listener: Listener): () => void {
      listeners.add(listener);
      hear();
      return () => listeners.delete(listener);
    },
    /** From here on only this process is told. */
    close() {
      closed = true;
    },
  };
}
