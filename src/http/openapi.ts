/** OpenAPI 3.1 from the route table. */
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import { problems } from '../domain/problem.ts';
import { actorHeader } from '../app/schemas/introduction.ts';
import { problem } from '../app/schemas/list.ts';
import { groupBy } from './group-by.ts';
import type { Route } from './route.ts';

const problemResponse = (codes: readonly (keyof typeof problems)[]) => ({
  description: codes.map((code) => problems[code].title).join('; '),
  content: { 'application/problem+json': { schema: problem } },
});

function operation(row: Route): ZodOpenApiOperationObject {
  const byStatus = groupBy(row.problems, (code) => problems[code].status);
  const requestBody = row.body
    ? { required: row.bodyOptional !== true, content: { [row.body.contentType]: { schema: row.body.schema } } }
    : row.rawBody
      ? { required: true, content: { [row.rawBody[0]!]: { schema: z.string() } } }
      : undefined;
  const headers = {
    ...(row.needsIfMatch ? { 'If-Match': z.string().describe('The ETag that was read, or *.') } : {}),
    ...(row.takesActor ? { 'X-Kobling-Actor': actorHeader } : {}),
  };
  const headerSchema = Object.keys(headers).length === 0 ? undefined : z.object(headers);
  return {
    operationId: `${row.method}${row.path.replace(/[^A-Za-z]+(\w)?/gu, (_all, letter?: string) => letter?.toUpperCase() ?? '')}`,
    summary: row.summary,
    tags: [row.tag],
    ...(row.params || row.query || headerSchema
      ? {
          requestParams: {
            ...(row.params ? { path: row.params } : {}),
            ...(row.query ? { query: row.query } : {}),
            ...(headerSchema ? { header: headerSchema } : {}),
          },
        }
      : {}),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      ...Object.fromEntries(
        Object.entries(row.answers).map(([status, { description, schema, contentType, headers }]) => [
          status,
          {
            description,
            ...(schema === undefined ? {} : { content: { [contentType ?? 'application/json']: { schema } } }),
            ...(headers === undefined
              ? {}
              : {
                  headers: z.object(
                    Object.fromEntries(
                      Object.entries(headers).map(([name, text]) => [name, z.string().describe(text)]),
                    ),
                  ),
                }),
          },
        ]),
      ),
      ...Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), problemResponse(codes)])),
    },
  };
}

export function openApiDocument(routes: readonly Route[]): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const row of routes) paths[row.path] = { ...paths[row.path], [row.method]: operation(row) };
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Kobling',
      version: '1',
      description:
        'Matches between startups, investors, municipalities, hospitals and researchers of a health cluster. Lists are paged by cursor; ' +
        'writes need the ETag that was read; every error is an RFC 9457 problem; amounts are whole Norwegian kroner.',
    },
    servers: [{ url: '/' }],
    paths,
  });
}
