/** Clients that write without pause and keep book of what was acknowledged. */
import { setTimeout as pause } from 'node:timers/promises';

export interface Answered {
  /** 0 when the connection broke. */
  status: number;
  ms: number;
  kind: 'read' | 'match' | 'write' | 'import';
  /** Of a problem answer. */
  detail?: string;
}

export interface Book {
  /** Names that each member may have by now; undefined: it may be absent. One only, where the last answer is known. */
  possible: Map<string, (string | undefined)[]>;
  /** Prefixes of imports that were taken, with the number of their lines. */
  imports: Map<string, number>;
  answers: Answered[];
  /** Answers that should never be given. */
  faults: string[];
}

export interface Writers {
  book: Book;
  stop(): Promise<void>;
}

const importLines = 120;
const callWithinMs = 20_000;
const betweenTriesMs = 50;

/** `urls` is asked anew for every call: processes come and go. */
export function startWriters(urls: () => readonly string[], run: string, book: Book, signal: AbortSignal): Writers {
  let isStopped = false;
  signal.addEventListener('abort', () => (isStopped = true));
  let calls = 0;

  const call = async (kind: Answered['kind'], method: string, address: string, body?: string) => {
    const known = urls();
    const url = known[calls++ % known.length];
    if (url === undefined) {
      await pause(betweenTriesMs);
      return 0;
    }
    const startMs = performance.now();
    const done = (status: number, detail?: string) => {
      const ms = performance.now() - startMs;
      book.answers.push({ status, ms, kind, ...(detail === undefined ? {} : { detail }) });
      return status;
    };
    try {
      const answer = await fetch(url + address, {
        method,
        signal: AbortSignal.timeout(callWithinMs),
        headers: { 'Content-Type': kind === 'import' ? 'application/x-ndjson' : 'application/json', 'If-Match': '*' },
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.text();
      const detail = answer.ok ? undefined : /"detail":"([^"]*)"/u.exec(text)?.[1];
      const status = done(answer.status, detail);
      const isClear =
        answer.headers.get('retry-after') !== null &&
        / (?:does not answer now|are still being read from the database)\.$/u.test(detail ?? '');
      const isExpected = status < 300 || (status === 503 && isClear);
      if (!isExpected) book.faults.push(`${method} ${address}: ${status} ${text.slice(0, 300)}`);
      return status;
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') book.faults.push(`${method} ${address}: no answer`);
      await pause(betweenTriesMs);
      return done(0);
    }
  };

  const write = async (writer: number) => {
    for (let i = 0; !isStopped; i++) {
      const id = `w-${run}-${writer}-${i}`;
      let now: string | undefined;
      /** Before the answer both may be; a known answer leaves one. */
      const change = async (next: string | undefined, method: string, address: string, body?: object) => {
        book.possible.set(id, [now, next]);
        const status = await call('write', method, address, body === undefined ? undefined : JSON.stringify(body));
        if (status < 200 || status > 299) return false;
        now = next;
        book.possible.set(id, [next]);
        return true;
      };
      const fields = { kind: 'startup', offers: [`Fallsensor ${id}`, 'Digital heimeoppfølging'] };
      if (!(await change(`Name ${id}`, 'POST', '/api/v1/members', { id, name: `Name ${id}`, ...fields }))) continue;
      if (i % 3 === 1) await change('Changed', 'PATCH', `/api/v1/members/${id}`, { name: 'Changed', seeks: ['Pilot'] });
      else if (i % 3 === 2) await change(undefined, 'DELETE', `/api/v1/members/${id}`);
    }
  };
  const read = async () => {
    for (let i = 0; !isStopped; i++) {
      // Those that are never removed.
      const known = [...book.possible].filter(([, names]) => names.length === 1 && names[0] === 'Changed');
      const id = known[i % Math.max(known.length, 1)]?.[0];
      if (id === undefined) await pause(betweenTriesMs);
      else if (i % 2 === 0) await call('match', 'GET', `/api/v1/members/${id}/matches/partners?limit=5`);
      else await call('read', 'GET', '/api/v1/members?limit=20');
    }
  };
  const importSome = async () => {
    for (let i = 0; !isStopped; i++) {
      const prefix = `i-${run}-${i}`;
      const lines = Array.from({ length: importLines }, (_, n) =>
        // Padded to over a megabyte, so that it becomes a job.
        JSON.stringify({ id: `${prefix}-${n}`, kind: 'company', name: prefix }).padEnd(9000),
      );
      if ((await call('import', 'POST', '/api/v1/imports', lines.join('\n'))) === 202)
        book.imports.set(prefix, importLines);
      for (let waited = 0; waited < 5000 && !isStopped; waited += betweenTriesMs) await pause(betweenTriesMs);
    }
  };
  const running = Promise.all([write(0), write(1), read(), importSome()]);
  running.catch(() => undefined);
  return {
    book,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}
