/** One row of the route table: from it come the Express route, the parsing of everything from outside, and OpenAPI. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { ProblemCode } from '../domain/problem.ts';

export interface Call<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  request: Request;
  response: Response;
}

/** What a handler gives back; `undefined` when it has written the response itself. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Default application/json. */
  contentType?: string;
}

export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `{name}` for parameters. */
  path: string;
  summary: string;
  tag: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** A schema that documents the JSON body; the use-case itself parses it, so that every door has the same faults. */
  body?: { schema: z.ZodType; contentType: 'application/json' | 'application/merge-patch+json' };
  /** Every field has a default: no body at all will do. */
  bodyOptional?: boolean;
  /** The handler reads the stream itself. */
  rawBody?: readonly string[];
  needsIfMatch?: boolean;
  /** Reads the header X-Kobling-Actor. */
  takesActor?: boolean;
  answers: Record<
    number,
    { description: string; schema?: z.ZodType; contentType?: string; headers?: Record<string, string> }
  >;
  problems: readonly ProblemCode[];
  handle(call: Call<Record<string, string>, Record<string, unknown>, unknown>): Promise<Answer | undefined>;
}

/** Types a row's handler by its own schemas. */
export function route<P extends z.ZodObject, Q extends z.ZodObject>(
  row: Omit<Route, 'params' | 'query' | 'handle'> & {
    params?: P;
    query?: Q;
    handle(call: Call<z.infer<P>, z.infer<Q>, unknown>): Promise<Answer | undefined>;
  },
): Route {
  return row as unknown as Route;
}
