/** Routes of members, needs and events: the same six for each. */
import { z } from 'zod';
import { adviserOnly, parseActor } from '../app/actor.ts';
import { id } from '../app/schemas/common.ts';
import {
  decodeCursor,
  encodeCursor,
  eventListQuery,
  memberListQuery,
  needListQuery,
  removeQuery,
} from '../app/schemas/list.ts';
import { eventSchema, newEventSchema } from '../app/schemas/event.ts';
import { memberSchema, newMemberSchema } from '../app/schemas/member.ts';
import { needSchema, newNeedSchema } from '../app/schemas/need.ts';
import type { Records } from '../app/records.ts';
import type { Page, Stored, Where } from '../app/ports.ts';
import { Problem } from '../domain/problem.ts';
import { route, type Answer, type Route } from './route.ts';

export const idParams = z.strictObject({ id });
export const etagOf = (stored: Stored<unknown>) => `"${stored.version}"`;
export const etagHeader = { ETag: 'Version of the entry; send it back as If-Match.' };

/** The version that If-Match names; `undefined` for `*`. @throws Problem `precondition-required`, `stale`. */
export function versionOf(header: string | undefined): number | undefined {
  if (header === undefined)
    throw new Problem('precondition-required', 'Read the entry first and send its ETag as If-Match.');
  if (header.trim() === '*') return undefined;
  const version = /^"(\d{1,15})"$/u.exec(header.trim())?.[1];
  if (version === undefined) throw new Problem('stale', 'If-Match is not an ETag that was given out here.');
  return Number(version);
}

export const pageOf = <T>(page: Page<Stored<T>>, body: (stored: Stored<T>) => unknown) => ({
  items: page.items.map(body),
  nextCursor: page.nextCursor === undefined ? null : encodeCursor(page.nextCursor),
});

const changeProblems = [
  'malformed-json',
  'not-found',
  'taken',
  'stale',
  'too-large',
  'unsupported-media-type',
  'invalid',
  'precondition-required',
  'unavailable',
] as const;

interface Plan<T> {
  name: 'member' | 'need' | 'event';
  records: Records<T>;
  schema: z.ZodType;
  newSchema: z.ZodType;
  listQuery: z.ZodObject;
  whereOf(query: Record<string, unknown>): Where;
}

const article = (name: string) => (name === 'event' ? `an ${name}` : `a ${name}`);

function recordRoutes<T>({ name, records, schema, newSchema, listQuery, whereOf }: Plan<T>): Route[] {
  const base = `/api/v1/${name}s`;
  const tag = `${name}s`;
  const one = (stored: Stored<T>, status = 200): Answer => ({
    status,
    body: stored.doc,
    headers: { ETag: etagOf(stored), ...(status === 201 ? { Location: `${base}/${stored.id}` } : {}) },
  });
  const expected = async (idText: string, header: string | undefined) =>
    versionOf(header) ?? (await records.get(idText)).version;
  return [
    route({
      method: 'get',
      path: base,
      summary: `List ${name}s`,
      tag,
      query: listQuery,
      answers: {
        200: {
          description: `A page of ${name}s, by id.`,
          schema: z.object({ items: z.array(schema), nextCursor: z.string().nullable() }),
        },
      },
      problems: ['invalid', 'unavailable'],
      async handle({ query }) {
        const { limit, cursor, q } = query as { limit: number; cursor?: string; q?: string };
        const page = await records.list({
          where: whereOf(query),
          limit,
          text: q,
          after: cursor === undefined ? undefined : decodeCursor(cursor),
        });
        return { status: 200, body: pageOf(page, (stored) => stored.doc) };
      },
    }),
    route({
      method: 'post',
      path: base,
      summary: `Add ${article(name)}`,
      tag,
      body: { schema: newSchema, contentType: 'application/json' },
      answers: {
        201: { description: 'Added.', schema, headers: { ...etagHeader, Location: 'Address of the entry.' } },
      },
      problems: ['malformed-json', 'taken', 'too-large', 'unsupported-media-type', 'invalid', 'unavailable'],
      handle: async ({ body }) => one(await records.create(body), 201),
    }),
    route({
      method: 'get',
      path: `${base}/{id}`,
      summary: `Read ${article(name)}`,
      tag,
      params: idParams,
      answers: {
        200: { description: 'The entry.', schema, headers: etagHeader },
        304: { description: 'Not changed.' },
      },
      problems: ['not-found', 'invalid', 'unavailable'],
      async handle({ params, request }) {
        const stored = await records.get(params.id);
        if (request.headers['if-none-match'] === etagOf(stored))
          return { status: 304, headers: { ETag: etagOf(stored) } };
        return one(stored);
      },
    }),
    route({
      method: 'put',
      path: `${base}/{id}`,
      summary: `Replace ${article(name)}`,
      tag,
      params: idParams,
      body: { schema, contentType: 'application/json' },
      needsIfMatch: true,
      answers: { 200: { description: 'Replaced.', schema, headers: etagHeader } },
      problems: changeProblems,
      handle: async ({ params, body, request }) =>
        one(await records.replace(params.id, body, await expected(params.id, request.headers['if-match']))),
    }),
    route({
      method: 'patch',
      path: `${base}/{id}`,
      summary: `Change fields of ${article(name)} (JSON merge patch, null removes a field)`,
      tag,
      params: idParams,
      body: { schema: z.record(z.string(), z.unknown()), contentType: 'application/merge-patch+json' },
      needsIfMatch: true,
      answers: { 200: { description: 'Changed.', schema, headers: etagHeader } },
      problems: changeProblems,
      handle: async ({ params, body, request }) =>
        one(await records.patch(params.id, body, await expected(params.id, request.headers['if-match']))),
    }),
    route({
      method: 'delete',
      path: `${base}/{id}`,
      summary:
        name === 'event'
          ? 'Remove an event that has no programme'
          : `Remove a ${name}, its vectors${name === 'member' ? ' and its past rounds and awards' : ''}; refused while it is in introductions or events, unless they are ended with it`,
      tag,
      params: idParams,
      query: removeQuery,
      takesActor: true,
      answers: { 204: { description: 'Removed.' } },
      problems: ['forbidden', 'not-found', 'not-allowed-now', 'stale', 'invalid', 'unavailable'],
      async handle({ params, query, request }) {
        const header = request.headers['if-match'];
        const withdrawBy = query.cascade === undefined ? undefined : parseActor(request.get('x-kobling-actor'));
        if (withdrawBy !== undefined) adviserOnly(withdrawBy, 'Introductions are ended with a removal by advisers.');
        await records.remove(params.id, header === undefined ? undefined : versionOf(header), withdrawBy);
        return { status: 204 };
      },
    }),
  ];
}

export const picked = (query: Record<string, unknown>, names: Record<string, string>): Where =>
  Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) => (query[from] === undefined ? [] : [[to, query[from] as string]])),
  );

export function memberAndNeedRoutes(records: {
  members: Records<never>;
  needs: Records<never>;
  events: Records<never>;
}): Route[] {
  return [
    ...recordRoutes({
      name: 'member',
      records: records.members,
      schema: memberSchema,
      newSchema: newMemberSchema,
      listQuery: memberListQuery,
      whereOf: (query) => picked(query, { kind: 'kind', cluster: 'clusters', county: 'county', sector: 'sectors' }),
    }),
    ...recordRoutes({
      name: 'need',
      records: records.needs,
      schema: needSchema,
      newSchema: newNeedSchema,
      listQuery: needListQuery,
      whereOf: (query) => picked(query, { ownerId: 'ownerId', county: 'county', sector: 'sectors' }),
    }),
    ...recordRoutes({
      name: 'event',
      records: records.events,
      schema: eventSchema,
      newSchema: newEventSchema,
      listQuery: eventListQuery,
      whereOf: (query) => picked(query, { date: 'date', county: 'county', attendee: 'attendees' }),
    }),
  ];
}
