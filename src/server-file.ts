/**
 * `server.json` in the data folder says which process serves it: one server per folder, and commands that find it go
 * through it. Left behind by a killed process it is recognised as such, because nothing answers at its address.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const schema = z.object({ url: z.url(), pid: z.number().int() });
export type ServerFile = z.infer<typeof schema>;

const fileOf = (dataDir: string) => path.join(dataDir, 'server.json');
const answerWithinMs = 2000;

/** The server that serves this folder now, if one does. */
export async function runningServer(dataDir: string): Promise<ServerFile | undefined> {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let parsed: ServerFile;
  try {
    parsed = schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
  if (!isAlive(parsed.pid)) return undefined;
  const answers = await fetch(new URL('/health/live', parsed.url), {
    signal: AbortSignal.timeout(answerWithinMs),
  }).then(
    (response) => response.ok,
    () => false,
  );
  return answers ? parsed : undefined;
}

export async function announceServer(dataDir: string, server: ServerFile): Promise<void> {
  const part = `${fileOf(dataDir)}.${server.pid}`;
  await writeFile(part, JSON.stringify(server));
  await rename(part, fileOf(dataDir));
}

export const withdrawServer = (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
