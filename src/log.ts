import pino from 'pino';

export type Log = pino.Logger;

/**
 * Structured logs, one JSON object a line, to standard output or to standard error for commands. What cannot be written,
 * because the disk is full or the reader has gone, is lost: a log never takes the service down with it.
 */
export function createLog(level: string, destination: 1 | 2 = 1): Log {
  const stream = pino.destination({ dest: destination, sync: true });
  stream.on('error', () => undefined);
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}
