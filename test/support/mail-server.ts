import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  port: number;
  /** Every mail that came, also one whose sender was not told so. */
  arrived: Uint8Array[];
  /** From now on mails are taken and never acknowledged; false: acknowledged again. */
  holdAnswers(hold: boolean): void;
  /** Resolves once so many have come. */
  count(mails: number): Promise<void>;
  close(): Promise<void>;
}

/** A mail server on a free port; `unknown@` it refuses for good, `later@` for now. */
export async function startMailServer(): Promise<MailServer> {
  const arrived: Uint8Array[] = [];
  const waiting = new Set<() => void>();
  let holds = false;
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
          arrived.push(bytes);
          for (const look of waiting) look();
          if (!holds) callback();
        },
        (error: Error) => callback(error),
      );
    },
  });
  // A client that is killed is no fault here.
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  return {
    port: (server.server.address() as AddressInfo).port,
    arrived,
    holdAnswers: (hold) => {
      holds = hold;
    },
    count: (mails) =>
      new Promise((resolve) => {
        const look = () => {
          if (arrived.length < mails) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}
