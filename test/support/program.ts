import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../src/project-root.ts';

export interface Program {
  process: ChildProcess;
  /** Resolves with the first match in what was printed. @throws when the program ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

const tsx = import.meta.resolve('tsx');

/** A program of the project as its own process, from the sources; `cwd` is also where it looks for `.env`. */
export function startProgram(file: string, args: string[], cwd: string, settings: Record<string, string>): Program {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(KOBLING_|NODE_OPTIONS$)/u.test(name));
  const child = spawn(process.execPath, ['--import', tsx, path.join(projectRoot(), file), ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const lookers = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const look of lookers) look();
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  return {
    process: child,
    ended,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stdout);
          if (found === null) return;
          lookers.delete(look);
          resolve(found);
        };
        lookers.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended before it printed ${pattern}:\n${stdout}\n${stderr}`)));
      }),
    async kill(signal) {
      child.kill(signal);
      return (await ended).code;
    },
  };
}
