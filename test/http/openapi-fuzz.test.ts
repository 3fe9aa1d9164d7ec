import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openApiText } from '../../src/http/openapi-text.ts';
import { fitting, type JsonSchema } from '../support/json-schema-arbitrary.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

/** KOBLING_TEST_CALLS sets how many calls are made, KOBLING_TEST_SEED which. */
const calls = Number(process.env['KOBLING_TEST_CALLS'] ?? 1500);
const seed = Number(process.env['KOBLING_TEST_SEED'] ?? 20261121);
const atOnce = 8;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: JsonSchema;
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
}
interface Call {
  name: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  documented: string[];
}

const document = JSON.parse(openApiText()) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
};
const resolve = (ref: string) => document.components.schemas[ref.split('/').at(-1)!]!;
const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('..', '%', 'null', '-1', '1e99', "'", '*'),
);
const known = fc.constantFrom('s-m01', 's-m03', 's-m25', 's-n01', 's-n02', 'f1', 'f2', 'f3');
const introduced = Array.from({ length: 18 }, (_, i) => `i${i + 1}`);
const mostly = <T>(often: fc.Arbitrary<T>, seldom: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: often }, { weight: 1, arbitrary: seldom });

/** The one that is planned and published: with round tables, because those are seated at once. */
const eventId = 's-e03';
const pathValues = (path: string, name: string) => {
  if (name === 'file') return fc.constantFrom('s-m35.ics', 's-m35.html');
  if (path.includes('/events/')) return fc.constant(eventId);
  return path.includes('/introductions/') ? fc.constantFrom(...introduced) : known;
};
const pathValue = (path: string, name: string) =>
  mostly(pathValues(path, name), junk).map((value) => encodeURIComponent(value.toWellFormed()) || '-');
const queryOf = (parameters: Parameter[]) =>
  mostly(
    fc.record(
      Object.fromEntries(parameters.map(({ name, schema }) => [name, mostly(fitting(schema, resolve), junk)])),
      { requiredKeys: [] },
    ),
    fc.dictionary(junk, junk, { maxKeys: 2 }),
  ).map((query) =>
    new URLSearchParams(
      Object.entries(query).map(
        ([name, value]) => [name.toWellFormed(), String(value).toWellFormed()] as [string, string],
      ),
    ).toString(),
  );
const ifMatch = fc.constantFrom('*', '"1"', '"2"', 'W/"1"', '"x"');
const idOfBody = fc.option(known, { nil: undefined });
const jsonBody = (schema: JsonSchema) =>
  mostly(
    fc
      .tuple(fitting(schema, resolve), idOfBody)
      .map(([value, id]) =>
        id === undefined || typeof value !== 'object' || value === null ? value : { ...value, id },
      ),
    fc.jsonValue(),
  ).map((value) => JSON.stringify(value));
const lineOf = fc.oneof(jsonBody(resolve('Member')), jsonBody(resolve('Need')), junk);
const bodyOf = (type: string, schema: JsonSchema) =>
  type.includes('ndjson')
    ? fc.array(lineOf, { maxLength: 5 }).map((lines) => lines.join('\n'))
    : mostly(jsonBody(schema), junk);

function callsOf(path: string, method: string, operation: Operation): fc.Arbitrary<Call> {
  const parameters = operation.parameters ?? [];
  const names = parameters.filter((one) => one.in === 'path').map((one) => one.name);
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  return fc
    .record({
      values: fc.tuple(...names.map((name) => pathValue(path, name))),
      query: queryOf(parameters.filter((one) => one.in === 'query')),
      ifMatch: parameters.some((one) => one.name === 'If-Match')
        ? fc.option(ifMatch, { nil: undefined })
        : fc.option(ifMatch, { nil: undefined, freq: 1 }),
      body: type === undefined ? fc.constant(undefined) : bodyOf(type, media!.schema),
      type: fc.constantFrom(type, type, type, 'application/json', 'text/plain'),
    })
    .map(({ values, query, ifMatch, body, type: sentType }) => ({
      name: operation.operationId,
      method: method.toUpperCase(),
      url: `${names.reduce((url, name, i) => url.replace(`{${name}}`, values[i]!), path)}${query === '' ? '' : `?${query}`}`,
      headers: {
        ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
        ...(body === undefined || sentType === undefined ? {} : { 'Content-Type': sentType }),
      },
      ...(body === undefined ? {} : { body }),
      documented: Object.keys(operation.responses),
    }));
}

const folder = tempDir();
let service: RunningService;
let server: Server;
beforeAll(async () => {
  service = await startService(folder, { seed: true });
  for (const part of ['store', 'seed', 'model'] as const) service.readiness.set(part, 'ready');
  await service.idle();
  const adviser = { name: 'adviser', role: 'adviser' } as const;
  const { introductions, introduceByHand } = service.engine;
  for (const [i, id] of introduced.entries()) {
    const ends = { subjectId: `x${i}`, counterpartId: `y${i}` };
    for (const memberId of Object.values(ends))
      await service.engine.records.members.create({ id: memberId, kind: 'company', name: memberId });
    await introduceByHand({ id, subjectType: 'member', counterpartType: 'member', ...ends }, adviser);
    // Each of six is a step further than the one before.
    const steps = i % 6;
    if (steps > 0) await introductions.act(id, 'approve', {}, adviser);
    if (steps > 1) await introductions.act(id, 'send', { to: 'both', withoutMail: true }, adviser);
    if (steps > 2) await introductions.act(id, 'accept', { side: 'a' }, adviser);
    if (steps > 3) await introductions.act(id, 'accept', { side: 'b' }, adviser);
    if (steps > 4) await introductions.act(id, 'met', {}, adviser);
  }
  await service.engine.programmes.plan(eventId, { seed: 1, steps: 1000, seconds: 60, offers: true });
  await service.idle();
  await service.engine.programmes.publish(eventId, false);
  server = createServer(service.app);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await service.close();
});

test(
  `${calls} random calls are answered as described, and never with a fault of the server`,
  async () => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => callsOf(path, method, operation)),
    );
    const queue = fc.sample(fc.oneof(...operations), { numRuns: calls, seed }).values();
    const wrong: unknown[] = [];
    const statuses = new Map<string, Set<number>>();
    const work = async () => {
      for (const { name, url, documented, ...call } of queue) {
        const answer = await fetch(base + url, { ...call, signal: AbortSignal.timeout(20_000) });
        const text = await answer.text();
        statuses.set(name, (statuses.get(name) ?? new Set()).add(answer.status));
        // An empty path segment or `..` leads to another address, which answers for itself.
        const isElsewhere = answer.status === 404 || answer.status === 405;
        const isTold = documented.includes(String(answer.status)) || answer.status === 400 || isElsewhere;
        const type = answer.headers.get('content-type') ?? '';
        // What people open in a browser answers with a page.
        const isProblem =
          type.startsWith('application/problem+json') || (url.startsWith('/i/') && type.startsWith('text/html'));
        if (answer.status >= 500 || !isTold || (answer.status >= 400 && !isProblem))
          wrong.push({ name, url, ...call, status: answer.status, text: text.slice(0, 300) });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    expect(wrong.slice(0, 5)).toEqual([]);
    // Not only refusals: most operations must have been reached.
    const reached = [...statuses.values()].filter((seen) => [...seen].some((status) => status < 400));
    expect(reached.length).toBeGreaterThan(operations.length / 2);
  },
  60_000 + calls * 50,
);
