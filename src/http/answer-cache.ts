/**
 * Answers that hold until something is written or the day changes, kept as the bytes that were sent: an adviser who
 * pages through the same matches, or a page that polls, costs no more than a look at the change log.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Request } from 'express';
import type { Answer } from './route.ts';

/** For the description of routes that answer from here. */
export const answerHeaders = { ETag: 'Digest of the answer; send it back as If-None-Match.' };
export const unchanged = { description: 'As you have it: nothing that it depends on has changed.' };

export interface AnswerCache {
  /** 200 with the body, or 304 when the request names its ETag. Equal requests at the same time are computed once. */
  answer(request: Pick<Request, 'path' | 'get'>, query: object, compute: () => Promise<unknown>): Promise<Answer>;
}

/** `stateOf`: everything the answers depend on, as one comparable text. Characters kept: `maxLength` at most. */
export function createAnswerCache(stateOf: () => Promise<string>, maxLength = 32_000_000): AnswerCache {
  const kept = new LRUCache<string, { body: string; etag: string }, () => Promise<unknown>>({
    maxSize: maxLength,
    sizeCalculation: ({ body }) => body.length,
    // An answer in the making is still given to those who wait for it when the state moves on; it is just not kept.
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: compute }) => {
      const body = JSON.stringify(await compute());
      return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
    },
  });
  let state = '';

  return {
    async answer(request, query, compute) {
      const now = await stateOf();
      if (now !== state) kept.clear();
      state = now;
      const { body, etag } = await kept.forceFetch(`${request.path} ${JSON.stringify(query)}`, { context: compute });
      const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' };
      if (request.get('if-none-match') === etag) return { status: 304, headers };
      return { status: 200, headers, contentType: 'application/json', body };
    },
  };
}
