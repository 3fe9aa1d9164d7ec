import pino from 'pino';

export type Log = pino.Logger;

/** Structured logs, one JSON object a line, to standard output or to standard error for commands. */
export const createLog = (level: string, destination: 1 | 2 = 1): Log =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: destination, sync: true }),
  );
