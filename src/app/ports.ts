/**
 * What the use-cases need from the outside, written from the callers. Adapters implement these; one contract suite
 * per port (test/contract) runs against every adapter.
 */
import type { Introduction } from '../domain/introduction/introduction.ts';
import type { Member } from '../domain/member.ts';
import type { MatchEvent } from '../domain/event.ts';
import type { Need } from '../domain/need.ts';
import type { PastEvent } from '../domain/past-event.ts';
import type { ScheduleProblem } from '../domain/schedule/problem.ts';
import type { ScheduleScore } from '../domain/schedule/score.ts';
import type { Programme } from './programme.ts';

/** A document as stored. `version` starts at 1 and grows by 1 with every replace. Times are ISO 8601 UTC. */
export interface Stored<T> {
  id: string;
  version: number;
  createdAt: string;
  storedAt: string;
  doc: T;
}

export interface Page<T> {
  items: T[];
  /** Opaque; pass as `after` to go on. Absent on the last page. */
  nextCursor?: string;
}

/** Every named declared index must equal the value, or contain it where the indexed value is an array. */
export type Where = Record<string, string>;

export type WriteOp<T> =
  | { op: 'insert'; id: string; doc: T }
  | { op: 'replace'; id: string; doc: T; expectedVersion: number }
  | { op: 'remove'; id: string; expectedVersion?: number };
export type WriteResult<T> = { ok: true; stored?: Stored<T> } | { ok: false; error: StoreError };

/** One collection of JSON documents. Writes are atomic and durable per document once acknowledged. */
export interface Collection<T> {
  get(id: string): Promise<Stored<T> | undefined>;
  /** In the order asked; ids that do not exist are left out. */
  getMany(ids: readonly string[]): Promise<Stored<T>[]>;
  /** @throws StoreError `taken` when the id or a unique index value exists (names the index). */
  insert(id: string, doc: T): Promise<Stored<T>>;
  /** @throws StoreError `stale` when the version differs, `missing` when there is none, `taken` on a unique index. */
  replace(id: string, doc: T, expectedVersion: number): Promise<Stored<T>>;
  /** @throws StoreError `stale`, `missing`. */
  remove(id: string, expectedVersion?: number): Promise<void>;
  /** Each op stands alone: one refused never stops the others. Results in the order given. */
  writeMany(ops: readonly WriteOp<T>[]): Promise<WriteResult<T>[]>;
  /** Ascending by id; stays right while rows are inserted. `text`: case-insensitive substring of the declared text fields. limit 1-1000. */
  find(query: { where?: Where; text?: string; after?: string; limit: number }): Promise<Page<Stored<T>>>;
  count(where?: Where): Promise<number>;
}

/** One entry of the store's change log; `seq` grows strictly, gaps are allowed. */
export interface Change {
  seq: number;
  collection: string;
  id: string;
  /** Version after the change; 0 when removed. */
  version: number;
}

export interface Store {
  collection<K extends keyof Collections>(name: K): Collection<Collections[K]>;
  /** Changes with seq > after, ascending. @throws StoreError `gone` when the log was trimmed past `after`. */
  changes(after: number, limit: number): Promise<Change[]>;
  /** The newest seq, 0 on an empty store. */
  headSeq(): Promise<number>;
  /**
   * Counts the breaks in the way to the data. A database that went down may come back without what it had not yet
   * acknowledged to its writer, but had let others read: whoever follows the log makes sure of that after a break.
   */
  breaks(): number;
  /** Resolves when the store answers. @throws StoreError `unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type StoreErrorCode = 'taken' | 'stale' | 'missing' | 'gone' | 'unavailable';
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** For `taken`: `id` or the name of the unique index. */
  readonly index: string | undefined;
  /** For `unavailable`: which part is away, or not there yet. */
  readonly part: 'store' | 'queue' | 'catalog';
  constructor(
    code: StoreErrorCode,
    message: string,
    index?: string,
    cause?: unknown,
    part: StoreError['part'] = 'store',
  ) {
    super(message, { cause });
    this.name = 'StoreError';
    this.code = code;
    this.index = index;
    this.part = part;
  }
}

/** Vectors of one owner, one document: so that deleting the owner deletes them in one write. */
export interface OwnerVectors {
  modelDigest: string;
  dimension: number;
  /** textDigest (see domain/facet.ts) -> base64 of float32 little-endian. */
  vectors: Record<string, string>;
}

export interface JobRecord {
  kind: string;
  /** Jobs of one kind with equal keys are one job while waiting. */
  key: string;
  input: unknown;
  state: 'waiting' | 'active' | 'done' | 'dead';
  attempts: number;
  /** Not to be started before (ISO 8601). */
  runAt: string;
  /** Done and total units of work, when known. */
  progress?: { done: number; total: number } | undefined;
  result?: unknown;
  error?: string | undefined;
}

/** The collections and what each holds. A new entity is a row here and in adapters/store/tables.ts. */
export interface Collections {
  members: Member;
  needs: Need;
  events: MatchEvent;
  /** By event id. */
  programmes: Programme;
  introductions: Introduction;
  /** Past rounds and awards; the id is a digest of the content, so that the same one is kept once. */
  history: PastEvent;
  vectors: OwnerVectors;
  jobs: JobRecord;
  meta: Record<string, unknown>;
}

/** Turns text into unit vectors. */
export interface Embedder {
  /** sha256 over the model files: a vector is only comparable with vectors of the same digest. */
  readonly modelDigest: string;
  readonly dimension: number;
  /** Unit-length vectors, in the order given. @throws EmbedderError when it cannot. Texts longer than the model's window are cut. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** Resolves once the model is loaded. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
export class EmbedderError extends Error {
  override readonly name = 'EmbedderError';
}

export interface Neighbour {
  key: string;
  /** Cosine, -1 to 1. */
  similarity: number;
}

/** Nearest neighbours by cosine. Synchronous: the caller decides where it runs. */
export interface VectorIndex {
  readonly size: number;
  /** Adds or replaces. @throws RangeError on a wrong dimension or a non-finite number. */
  set(key: string, vector: Float32Array): void;
  delete(key: string): boolean;
  /** Best first; equal similarity in ascending key order. */
  search(vector: Float32Array, k: number, accept?: (key: string) => boolean): Neighbour[];
}

export interface JobContext {
  jobId: string;
  attempt: number;
  progress(done: number, total: number): void;
  signal: AbortSignal;
}
export type JobHandler = (input: unknown, context: JobContext) => Promise<unknown>;

/** Durable jobs. At least once: handlers must be idempotent. */
export interface JobQueue {
  /** Returns the id of the job; an equal waiting job of that kind and key is returned instead of a second one. */
  enqueue(kind: string, key: string, input: unknown, options?: { delayMs?: number }): Promise<string>;
  get(jobId: string): Promise<Stored<JobRecord> | undefined>;
  list(filter: { state?: JobRecord['state']; after?: string; limit: number }): Promise<Page<Stored<JobRecord>>>;
  /** Puts a dead job back. @throws StoreError `missing`. */
  retry(jobId: string): Promise<void>;
  /** Called with every change of a job in this process; returns the way to stop. */
  onChange(listener: (job: Stored<JobRecord>) => void): () => void;
  counts(): Promise<Record<JobRecord['state'], number>>;
  /** Resolves when the queue answers. @throws StoreError `unavailable`. */
  ping(): Promise<void>;
  start(handlers: Record<string, JobHandler>): void;
  /** Lets active jobs finish (up to graceMs), then stops. */
  close(graceMs: number): Promise<void>;
}

export interface SolveRequest {
  problem: ScheduleProblem;
  seed: number;
  /**
   * Budget of moves. With `steps` alone the answer depends on the problem, the seed and the steps only; with `seconds`
   * alone the search and the proof race on two threads; with both, `seconds` only cuts off.
   */
  steps?: number;
  seconds?: number;
  /** A valid programme to begin with. */
  start?: readonly number[];
  /** Of equally good programmes one with early meetings. */
  early?: boolean;
}

/** What no programme can beat: the bound of `gaps` holds for the meetings that are held. */
export interface SolveBounds {
  unmet: readonly [number, number, number];
  value: number;
  gaps: number;
}

export interface SolveProgress {
  slots: readonly number[];
  score: ScheduleScore;
  bounds: SolveBounds;
}

export interface SolveResult extends SolveProgress {
  /** Whether the score reaches all three bounds: no programme is better. */
  provenOptimal: boolean;
  /** Ended by the signal or by `seconds` before its budget was used. */
  cutOff: boolean;
  steps: number;
  seconds: number;
}

/** Searches meeting programmes off the event loop. */
export interface ProgrammeSolver {
  /** Always a valid programme, the best found so far when the signal ends it. @throws SolverError when it cannot. */
  solve(
    request: SolveRequest,
    options?: { onProgress?: (progress: SolveProgress) => void; signal?: AbortSignal },
  ): Promise<SolveResult>;
  close(): Promise<void>;
}
export class SolverError extends Error {
  override readonly name = 'SolverError';
}

export interface Clock {
  now(): Date;
}

/** One mail to one person. Nothing in it can become a header or markup that it was not meant to be. */
export interface OutgoingMail {
  /** `<LOCAL@HOST>`: the same for every try, so that the receiving side can tell a repetition. */
  messageId: string;
  to: { name?: string | undefined; address: string };
  subject: string;
  text: string;
  html: string;
  attachments?: { fileName: string; contentType: string; content: string }[];
  lang: string;
  /** When it was asked for, not when it leaves. */
  date: Date;
}

/** Takes mails over. At least once: the same mail may come again, with the same `messageId`. */
export interface Mailer {
  /** Resolves once somebody else answers for the mail, or it lies on disk. @throws MailerError. */
  send(mail: OutgoingMail): Promise<void>;
  close(): Promise<void>;
}
export class MailerError extends Error {
  override readonly name = 'MailerError';
  /** No use in trying again: the address or the mail was refused for good. */
  readonly permanent: boolean;
  constructor(message: string, permanent: boolean, cause?: unknown) {
    super(message, { cause });
    this.permanent = permanent;
  }
}
