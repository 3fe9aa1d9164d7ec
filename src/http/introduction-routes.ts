/** Introductions over HTTP: reading, making, editing, and one route for each event of the state table. */
import { z } from 'zod';
import { parseActor } from '../app/actor.ts';
import type { IntroduceByHand } from '../app/introduction-by-hand.ts';
import { readParties } from '../app/introduction-parties.ts';
import { introductionSummaryOf, introductionViewOf } from '../app/introduction-view.ts';
import type { Introductions } from '../app/introductions.ts';
import type { Store, Stored } from '../app/ports.ts';
import {
  eventBodies,
  introductionAnswer,
  introductionListQuery,
  introductionPatch,
  introductionQuery,
  introductionSummary,
  newIntroductionSchema,
  type EventRoute,
} from '../app/schemas/introduction.ts';
import { decodeCursor, encodeCursor } from '../app/schemas/list.ts';
import type { Introduction } from '../domain/introduction/introduction.ts';
import type { Language } from '../domain/member.ts';
import { etagHeader, etagOf, idParams, picked, versionOf } from './record-routes.ts';
import { route, type Answer, type Route } from './route.ts';
import type { Request } from 'express';

export interface IntroductionRoutesDeps {
  store: Store;
  introductions: Introductions;
  introduceByHand: IntroduceByHand;
}

const base = '/api/v1/introductions';
const tag = 'introductions';
export const bodyProblems = [
  'malformed-json',
  'too-large',
  'unsupported-media-type',
  'invalid',
  'forbidden',
  'unavailable',
] as const;

export const actorOf = (request: Request) => parseActor(request.get('x-kobling-actor'));

const eventSummaries: Readonly<Record<EventRoute, string>> = {
  approve: 'Approve a suggestion; blocked by the caps of the month',
  reject: 'Reject it: the pair is not suggested again',
  send: 'Ask side a, or both sides at once',
  accept: 'A side says yes; once both have, contact details are shown',
  decline: 'A side says no with a coded reason: the pair is not suggested again',
  postpone: 'Not now: it comes back as suggested on a later day',
  schedule: 'Note or move the meeting',
  met: 'They met, or did not',
  outcome: 'What came of it, with date and who confirmed it; a later outcome may follow',
  withdraw: 'Take it back at any time',
  undo: "Take back an adviser's last step while nobody outside has seen it",
};

export function introductionRoutes({ store, introductions, introduceByHand }: IntroductionRoutesDeps): Route[] {
  const viewed = async (
    stored: Stored<Introduction>,
    request: Request,
    lang: Language,
    status = 200,
  ): Promise<Answer> => ({
    status,
    body: introductionViewOf(stored.doc, await readParties(store, [stored.doc]), actorOf(request), lang),
    headers: { ETag: etagOf(stored), ...(status === 201 ? { Location: `${base}/${stored.id}` } : {}) },
  });
  const expected = (request: Request) => {
    const header = request.headers['if-match'];
    return header === undefined ? undefined : versionOf(header);
  };
  return [
    route({
      method: 'get',
      path: base,
      summary: 'List introductions, oldest first',
      tag,
      query: introductionListQuery,
      takesActor: true,
      answers: {
        200: {
          description: 'A page of introductions. A member gets those that it has been asked about.',
          schema: z.object({ items: z.array(introductionSummary), nextCursor: z.string().nullable() }),
        },
      },
      problems: ['invalid', 'unavailable'],
      async handle({ query, request }) {
        const actor = actorOf(request);
        const { limit, cursor, lang } = query;
        const names = {
          state: 'state',
          subject: 'subjectId',
          counterpart: 'counterpartId',
          event: 'eventId',
          mail: 'watch',
        };
        const page = await introductions.list(
          { where: picked(query, names), limit, after: cursor === undefined ? undefined : decodeCursor(cursor) },
          actor,
        );
        const docs = page.items.map(({ doc }) => doc);
        const parties = await readParties(store, docs);
        return {
          status: 200,
          body: {
            items: docs.map((doc) => introductionSummaryOf(doc, parties, actor, lang)),
            nextCursor: page.nextCursor === undefined ? null : encodeCursor(page.nextCursor),
          },
        };
      },
    }),
    route({
      method: 'post',
      path: base,
      summary: 'Make an introduction by hand',
      tag,
      takesActor: true,
      body: { schema: newIntroductionSchema, contentType: 'application/json' },
      answers: {
        201: {
          description: 'Made; it is suggested.',
          schema: introductionAnswer,
          headers: { ...etagHeader, Location: 'Address of the introduction.' },
        },
      },
      problems: [...bodyProblems, 'taken', 'not-allowed-now', 'not-found', 'match-not-applicable'],
      handle: async ({ body, request }) => viewed(await introduceByHand(body, actorOf(request)), request, 'nb', 201),
    }),
    route({
      method: 'get',
      path: `${base}/{id}`,
      summary: 'Read an introduction with its history',
      tag,
      params: idParams,
      query: introductionQuery,
      takesActor: true,
      answers: {
        200: { description: 'The introduction.', schema: introductionAnswer, headers: etagHeader },
      },
      problems: ['not-found', 'invalid', 'unavailable'],
      handle: async ({ params, query, request }) =>
        viewed(await introductions.get(params.id, actorOf(request)), request, query.lang),
    }),
    route({
      method: 'patch',
      path: `${base}/{id}`,
      summary: 'Edit the message and the reasons shown, before sending',
      tag,
      params: idParams,
      takesActor: true,
      body: { schema: introductionPatch, contentType: 'application/merge-patch+json' },
      needsIfMatch: true,
      answers: { 200: { description: 'Edited.', schema: introductionAnswer, headers: etagHeader } },
      problems: [...bodyProblems, 'not-found', 'not-allowed-now', 'stale', 'precondition-required'],
      async handle({ params, body, request }) {
        const version = versionOf(request.headers['if-match']);
        return viewed(await introductions.edit(params.id, body, actorOf(request), version), request, 'nb');
      },
    }),
    ...(Object.keys(eventBodies) as EventRoute[]).map((event) =>
      route({
        method: 'post',
        path: `${base}/{id}/${event}`,
        summary: eventSummaries[event],
        tag,
        params: idParams,
        takesActor: true,
        body: { schema: eventBodies[event], contentType: 'application/json' },
        bodyOptional: eventBodies[event].safeParse({}).success,
        answers: { 200: { description: 'As it is now.', schema: introductionAnswer, headers: etagHeader } },
        problems: [...bodyProblems, 'not-found', 'not-allowed-now', 'taken', 'stale'],
        async handle({ params, body, request }) {
          const stored = await introductions.act(params.id, event, body, actorOf(request), expected(request));
          return viewed(stored, request, 'nb');
        },
      }),
    ),
  ];
}
