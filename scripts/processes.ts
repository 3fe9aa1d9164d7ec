/** Kobling processes from the sources, over servers of one's own. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../src/project-root.ts';

export interface KoblingProcess {
  role: 'api' | 'worker' | 'all';
  pid: number;
  url: string;
  ended: Promise<void>;
  /** Lines of its log that tell of an unforeseen fault. */
  faults: readonly string[];
  kill(signal: NodeJS.Signals): Promise<void>;
}

const tsx = import.meta.resolve('tsx');

/** Resolves when it is ready, on a free port. @throws Error with what it said when it ends before. */
export async function startKobling(
  role: KoblingProcess['role'],
  dataDir: string,
  settings: Record<string, string>,
): Promise<KoblingProcess> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:KOBLING_|NODE_OPTIONS$)/u.test(name));
  const child = spawn(process.execPath, ['--import', tsx, path.join(projectRoot(), 'src/main.ts')], {
    cwd: dataDir,
    env: {
      ...Object.fromEntries(inherited),
      KOBLING_DATA_DIR: dataDir,
      KOBLING_PORT: '0',
      KOBLING_LOG_LEVEL: 'error',
      KOBLING_ROLE: role,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const faults: string[] = [];
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-5000);
      faults.push(
        ...chunk
          .toString()
          .split('\n')
          .filter((line) => line.includes('unforeseen fault')),
      );
      const ready = /ready at (http:\S+)/u.exec(said)?.[1];
      if (ready !== undefined) resolve(ready);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    void ended.then(() => reject(new Error(`A Kobling process ended before it was ready:\n${said}`)));
  });
  return {
    role,
    pid: child.pid!,
    url,
    ended,
    faults,
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** Resident memory of a process in bytes. Linux. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(/^VmRSS:\s+(\d+)/mu.exec(status)![1]);
}
