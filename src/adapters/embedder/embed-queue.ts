/** What waits to be embedded, and in which order it goes. Knows nothing of processes. */
import { EmbedderError } from '../../app/ports.ts';

/** A handful of texts of one call, for one message to a child. */
export interface Work {
  readonly texts: readonly string[];
  /** How often a child was lost over it. */
  readonly attempts: number;
}

export interface EmbedQueue {
  /** Resolves with one vector a text, in order. Rejects with EmbedderError, or with the signal's reason. */
  add(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** The next piece of work: calls of few texts go first, else first come first served. */
  take(): Work | undefined;
  finish(work: Work, vectors: readonly Float32Array[]): void;
  /** Work that was taken and not begun: it goes first in its lane. */
  putBack(work: Work): void;
  /** Work that a child was lost over: it goes again text by text, until the text that is to blame is refused. */
  blame(work: Work, why: string): void;
  /** Refuses everything that waits or is in hand. */
  rejectAll(error: Error): void;
}

/** Small enough that a text somebody waits for is not held up for long. */
const textsPerWork = 8;
const charactersPerWork = 2000;
/** Calls of up to so many texts go ahead of larger ones: somebody waits for them. */
const urgentUpTo = 4;
const maxAttempts = 3;

interface Call {
  texts: readonly string[];
  vectors: Float32Array[];
  /** The first text that was never taken. */
  next: number;
  missing: number;
  lane: Lane;
  open: boolean;
  resolve(vectors: Float32Array[]): void;
  reject(error: Error): void;
}
interface Piece extends Work {
  call: Call;
  first: number;
}
interface Lane {
  again: Piece[];
  calls: Call[];
}

/** A lane in which `maxWaitingTexts` already wait refuses further calls; one call may be larger than that. */
export function createEmbedQueue(maxWaitingTexts: number): EmbedQueue {
  const urgent: Lane = { again: [], calls: [] };
  const bulk: Lane = { again: [], calls: [] };
  const openCalls = new Set<Call>();

  const end = (call: Call) => {
    call.open = false;
    openCalls.delete(call);
    call.lane.calls = call.lane.calls.filter((other) => other !== call);
    call.lane.again = call.lane.again.filter((piece) => piece.call !== call);
  };
  const refuse = (call: Call, error: Error) => {
    end(call);
    call.reject(error);
  };
  const takeFrom = (lane: Lane): Piece | undefined => {
    const piece = lane.again.shift();
    if (piece !== undefined) return piece;
    const [call] = lane.calls;
    if (call === undefined) return undefined;
    const first = call.next;
    for (let characters = 0; call.next < call.texts.length && call.next - first < textsPerWork; call.next++) {
      characters += call.texts[call.next]!.length;
      if (call.next > first && characters > charactersPerWork) break;
    }
    if (call.next === call.texts.length) lane.calls.shift();
    return { call, first, texts: call.texts.slice(first, call.next), attempts: 0 };
  };

  return {
    add(texts, signal) {
      signal?.throwIfAborted();
      if (texts.length === 0) return Promise.resolve([]);
      const lane = texts.length <= urgentUpTo ? urgent : bulk;
      const waiting = lane.calls.reduce((sum, call) => sum + call.texts.length - call.next, 0);
      if (waiting >= maxWaitingTexts) throw new EmbedderError('Too many texts wait to be embedded.');
      return new Promise((resolve, reject) => {
        const abort = () => refuse(call, signal!.reason as Error);
        const call: Call = {
          texts,
          vectors: new Array<Float32Array>(texts.length),
          next: 0,
          missing: texts.length,
          lane,
          open: true,
          resolve(vectors) {
            signal?.removeEventListener('abort', abort);
            resolve(vectors);
          },
          reject(error) {
            signal?.removeEventListener('abort', abort);
            reject(error);
          },
        };
        signal?.addEventListener('abort', abort, { once: true });
        lane.calls.push(call);
        openCalls.add(call);
      });
    },
    take: () => takeFrom(urgent) ?? takeFrom(bulk),
    finish(work, vectors) {
      const { call, first } = work as Piece;
      if (!call.open) return;
      vectors.forEach((vector, i) => (call.vectors[first + i] = vector));
      call.missing -= vectors.length;
      if (call.missing > 0) return;
      end(call);
      call.resolve(call.vectors);
    },
    putBack(work) {
      const piece = work as Piece;
      if (piece.call.open) piece.call.lane.again.unshift(piece);
    },
    blame(work, why) {
      const { call, first, texts, attempts } = work as Piece;
      if (!call.open) return;
      if (attempts + 1 >= maxAttempts) {
        const which = `Text ${first + 1} of ${call.texts.length} (${texts[0]!.length} characters)`;
        return refuse(call, new EmbedderError(`${which} cannot be embedded: ${why}.`));
      }
      const singles = texts.map((text, i) => ({ call, first: first + i, texts: [text], attempts: attempts + 1 }));
      call.lane.again.unshift(...singles);
    },
    rejectAll(error) {
      for (const call of openCalls) refuse(call, error);
    },
  };
}
