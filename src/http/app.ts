/** The Express application: built from the route table, parsing everything from outside, answering problems. */
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { z } from 'zod';
import { faultsOf } from '../app/faults.ts';
import { depthFault } from '../app/json-depth.ts';
import { forACaller } from '../app/patience.ts';
import { Problem } from '../domain/problem.ts';
import type { Log } from '../log.ts';
import { groupBy } from './group-by.ts';
import type { HttpMetrics } from './metrics.ts';
import { problemAnswer, problemOf } from './problem-answer.ts';
import type { Route } from './route.ts';

const maxBodyBytes = 1_000_000;
const jsonTypes = ['application/json', 'application/merge-patch+json'];

export interface HttpAppDeps {
  routes: readonly Route[];
  log: Log;
  metrics: HttpMetrics;
  /** Refuses requests before anything else looks at them. */
  guards?: readonly RequestHandler[];
  /** Middleware for files, such as the documentation page. */
  statics?: readonly (readonly [string, RequestHandler])[];
}

export function createHttpApp({ routes, log, metrics, guards = [], statics = [] }: HttpAppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  // Never a stack trace, even where an answer of our own fails.
  app.set('env', 'production');
  app.set('query parser', 'simple');
  app.use(firstThings(log, metrics), ...guards);
  for (const [path, handler] of statics) app.use(path, handler);
  const byPath = groupBy(routes, (row) => row.path);
  for (const [path, rows] of byPath) {
    const expressPath = path.replace(/\{(\w+)\}/gu, ':$1');
    for (const row of rows) app[row.method](expressPath, ...bodyParsers(row), handlerOf(row));
    const allowed = [
      ...new Set(rows.flatMap((row) => (row.method === 'get' ? ['GET', 'HEAD'] : [row.method.toUpperCase()]))),
    ];
    app.all(expressPath, (request, response) => {
      response.set('Allow', allowed.join(', '));
      throw new Problem('method-not-allowed', `${request.method} is not for this address; ${allowed.join(', ')} are.`);
    });
  }
  app.use((request) => {
    throw new Problem('not-found', `Nothing lives at ${request.path}.`);
  });
  app.use(lastThing(log));
  return app;
}

const firstThings =
  (log: Log, metrics: HttpMetrics): RequestHandler =>
  (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given !== undefined && /^[\w.-]{1,100}$/u.test(given) ? given : randomUUID();
    response.set({ 'X-Request-Id': requestId, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
    response.locals['requestId'] = requestId;
    const started = process.hrtime.bigint();
    response.on('finish', () => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      metrics.observe(request.method, route, response.statusCode, seconds);
      log.debug({ requestId, method: request.method, route, status: response.statusCode, seconds }, 'answered');
    });
    next();
  };

/** Refuses a body of another type before it is read; strict, because a wrong type is a wrong client. */
const mediaType =
  (types: readonly string[], optional = false): RequestHandler =>
  (request, _response, next) => {
    if (!(optional && hasNoBody(request)) && !request.is([...types]))
      throw new Problem('unsupported-media-type', `Send ${types.join(' or ')}.`);
    next();
  };

const hasNoBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

function bodyParsers(row: Route): RequestHandler[] {
  if (row.rawBody !== undefined) return [mediaType(row.rawBody), unencoded];
  if (row.body === undefined) return [];
  return [
    mediaType(jsonTypes, row.bodyOptional),
    express.json({ type: jsonTypes, limit: maxBodyBytes, strict: false, verify: utf8Only }),
    shallowBody,
  ];
}

/** Else a letter of another encoding would be kept as a question mark. The reader of bodies passes the type on. */
const utf8Only = (_request: unknown, _response: unknown, body: Buffer, charset: string): void => {
  if (charset === 'utf-8' && !isUtf8(body))
    throw Object.assign(new Error('The body is not valid UTF-8.'), { type: 'entity.parse.failed' });
};

const unencoded: RequestHandler = (request, _response, next) => {
  if (!['identity', undefined].includes(request.get('content-encoding')))
    throw new Problem('unsupported-media-type', 'Send the lines without a content encoding.');
  next();
};

const shallowBody: RequestHandler = (request, _response, next) => {
  const fault = depthFault(request.body);
  if (fault !== undefined) throw new Problem('invalid', 'The body is nested too deeply.', { faults: [fault] });
  next();
};

const parse = (schema: z.ZodType | undefined, input: unknown, what: string): unknown => {
  if (schema === undefined) return {};
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid', `The ${what} is not valid.`, { faults: faultsOf(parsed.error, input) });
};

const handlerOf = (row: Route) => async (request: Request, response: Response) => {
  const call = {
    params: parse(row.params, request.params, 'address') as Record<string, string>,
    query: parse(row.query, request.query, 'query') as Record<string, unknown>,
    body: request.body as unknown,
    request,
    response,
  };
  const answer = await forACaller(() => row.handle(call));
  if (answer === undefined) return;
  response.status(answer.status).set(answer.headers ?? {});
  if (answer.body === undefined) response.end();
  else if (answer.contentType !== undefined) response.type(answer.contentType).send(answer.body);
  else response.type('application/json').send(JSON.stringify(answer.body));
};

const lastThing =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    // Nobody is there to hear it.
    if (request.socket.destroyed) return;
    const problem = problemOf(error);
    const requestId = response.locals['requestId'] as string;
    if (problem.code === 'internal')
      log.error({ err: error as Error, requestId, url: request.originalUrl }, 'unforeseen fault');
    else if (problem.code === 'unavailable') log.warn({ err: error as Error, requestId }, 'a part is away');
    // Too late for an answer: end the connection, so that the client sees that the body is not whole.
    if (response.headersSent) return next(error);
    // The rest of a body that is refused on the way is read and dropped: a sender that is cut off never sees the answer.
    if (!request.complete) request.resume();
    const { status, headers, body } = problemAnswer(problem, request.originalUrl);
    response.status(status).set(headers).type('application/problem+json').send(JSON.stringify(body));
  };
