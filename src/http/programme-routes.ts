/** Routes of an event's programme: plan it, change it, publish it, print it. */
import { z } from 'zod';
import { faultsOf } from '../app/faults.ts';
import type { Collection, Store, Stored } from '../app/ports.ts';
import type { Programme, Published } from '../app/programme.ts';
import { programmeOf, eventOf } from '../app/programme-store.ts';
import type { Programmes } from '../app/programmes.ts';
import { id } from '../app/schemas/common.ts';
import { job } from '../app/schemas/list.ts';
import {
  attendancePatch,
  consentRequest,
  meetingIdSchema,
  planRequest,
  programmeAnswer,
  programmePatch,
  replanRequest,
} from '../app/schemas/programme.ts';
import { attendeeOf } from '../domain/programme/agenda.ts';
import { needIdsOf, type PlannedMeeting } from '../domain/programme/plan.ts';
import { Problem } from '../domain/problem.ts';
import { jobBody } from './job-routes.ts';
import { agendaIcs } from './programme/ics.ts';
import { agendaHtml, moderatorHtml, programmeCsv, tablePlanHtml, type SheetInput } from './programme/sheets.ts';
import { etagHeader, etagOf, idParams, versionOf } from './record-routes.ts';
import { route, type Answer, type Route } from './route.ts';

const base = '/api/v1/events/{id}';
const bodyProblems = ['malformed-json', 'too-large', 'unsupported-media-type', 'invalid'] as const;
const json = 'application/json' as const;
const sheetQuery = z.strictObject({
  view: z.enum(['published', 'draft']).default('published').describe('Which programme.'),
});

/** Sheets come from stored names only; nothing on them may run or call out. */
const sheetHeaders = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  'Cache-Control': 'no-store',
};

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Problem('invalid', 'The body is not valid.', { faults: faultsOf(result.error, body) });
}

export function programmeRoutes({ store, programmes }: { store: Store; programmes: Programmes }): Route[] {
  const whole = async (eventId: string, status = 200): Promise<Answer> => {
    const { stored, view } = await programmes.get(eventId);
    return { status, body: view, headers: { ETag: etagOf(stored), 'Cache-Control': 'no-store' } };
  };
  const changed = async (change: Promise<Stored<Programme>>): Promise<Answer> => whole((await change).id);
  const expected = (header: string | undefined) => (header === undefined ? undefined : versionOf(header));
  const started = async (planning: ReturnType<Programmes['plan']>): Promise<Answer> => {
    const stored = await planning;
    return { status: 202, body: jobBody(stored), headers: { Location: `/api/v1/jobs/${stored.id}` } };
  };
  const startedAnswer = {
    202: { description: 'A job plans it.', schema: job, headers: { Location: 'Address of the job.' } },
  };
  const wholeAnswer = { 200: { description: 'The programme.', schema: programmeAnswer, headers: etagHeader } };
  const sheet = async (eventId: string, view: 'published' | 'draft') => sheetInput(store, eventId, view);
  const printed = (path: string, summary: string, render: (input: SheetInput) => string, contentType = 'text/html') =>
    route({
      method: 'get',
      path: `${base}/${path}`,
      summary,
      tag: 'programmes',
      params: idParams,
      query: sheetQuery,
      answers: { 200: { description: 'The sheet.', schema: z.string(), contentType } },
      problems: ['not-found', 'not-allowed-now', 'invalid', 'unavailable'],
      handle: async ({ params, query }) => ({
        status: 200,
        body: render(await sheet(params.id, query.view)),
        contentType: `${contentType}; charset=utf-8`,
        headers: sheetHeaders,
      }),
    });

  return [
    route({
      method: 'post',
      path: `${base}/programme`,
      summary: 'Plan the programme of an event, as a draft',
      tag: 'programmes',
      params: idParams,
      body: { schema: planRequest, contentType: json },
      answers: startedAnswer,
      problems: [...bodyProblems, 'not-found', 'not-allowed-now', 'unavailable'],
      handle: async ({ params, body }) => started(programmes.plan(params.id, parsed(planRequest, body))),
    }),
    route({
      method: 'get',
      path: `${base}/programme`,
      summary: 'The draft, what is published, the difference, and what waits',
      tag: 'programmes',
      params: idParams,
      answers: wholeAnswer,
      problems: ['not-found', 'invalid', 'unavailable'],
      handle: async ({ params }) => whole(params.id),
    }),
    route({
      method: 'patch',
      path: `${base}/programme`,
      summary: 'Lock meetings: planning leaves them where they are',
      tag: 'programmes',
      params: idParams,
      body: { schema: programmePatch, contentType: 'application/merge-patch+json' },
      needsIfMatch: true,
      answers: wholeAnswer,
      problems: [...bodyProblems, 'not-found', 'stale', 'precondition-required', 'unavailable'],
      async handle({ params, body, request }) {
        const version = versionOf(request.headers['if-match']);
        return changed(programmes.lock(params.id, parsed(programmePatch, body).locks, version));
      },
    }),
    route({
      method: 'delete',
      path: `${base}/programme`,
      summary: 'Remove a programme that nobody has in a calendar',
      tag: 'programmes',
      params: idParams,
      answers: { 204: { description: 'Removed.' } },
      problems: ['not-found', 'not-allowed-now', 'stale', 'invalid', 'unavailable'],
      async handle({ params }) {
        await programmes.remove(params.id);
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: `${base}/programme/publish`,
      summary: 'Make the draft what people see',
      tag: 'programmes',
      params: idParams,
      query: z.strictObject({
        mail: z.enum(['true', 'false']).default('false').describe('Whether everybody affected gets a mail.'),
      }),
      answers: {
        200: {
          description: 'Published, with what it changed for whom.',
          schema: z.object({ edition: z.number(), difference: programmeAnswer.shape.difference }),
          headers: etagHeader,
        },
      },
      problems: ['not-found', 'not-allowed-now', 'stale', 'invalid', 'unavailable'],
      async handle({ params, query, request }) {
        const version = expected(request.headers['if-match']);
        const { stored, difference } = await programmes.publish(params.id, query.mail === 'true', version);
        return {
          status: 200,
          body: { edition: stored.doc.published!.edition, difference },
          headers: { ETag: etagOf(stored) },
        };
      },
    }),
    route({
      method: 'post',
      path: `${base}/programme/replan`,
      summary: 'Plan again around locks and absences, moving as few published meetings as possible',
      tag: 'programmes',
      params: idParams,
      body: { schema: replanRequest, contentType: json },
      answers: startedAnswer,
      problems: [...bodyProblems, 'not-found', 'not-allowed-now', 'stale', 'unavailable'],
      handle: async ({ params, body }) => started(programmes.replan(params.id, parsed(replanRequest, body))),
    }),
    route({
      method: 'post',
      path: `${base}/programme/stop`,
      summary: 'End the running planning with the best so far',
      tag: 'programmes',
      params: idParams,
      answers: { 202: { description: 'It will end within seconds.', schema: programmeAnswer } },
      problems: ['not-found', 'not-allowed-now', 'invalid', 'unavailable'],
      async handle({ params }) {
        await programmes.stop(params.id);
        return whole(params.id, 202);
      },
    }),
    route({
      method: 'patch',
      path: `${base}/attendance`,
      summary: 'Who is here, and which meetings took place',
      tag: 'programmes',
      params: idParams,
      body: { schema: attendancePatch, contentType: 'application/merge-patch+json' },
      answers: wholeAnswer,
      problems: [...bodyProblems, 'not-found', 'unavailable'],
      handle: async ({ params, body }) => {
        const { checkedIn, met } = parsed(attendancePatch, body);
        return changed(
          programmes.attend(params.id, {
            ...(checkedIn === undefined ? {} : { checkedIn }),
            ...(met === undefined ? {} : { met }),
          }),
        );
      },
    }),
    route({
      method: 'post',
      path: `${base}/programme/waiting/{meetingId}/consent`,
      summary: 'One side takes a freed slot; with both sides the meeting is published',
      tag: 'programmes',
      params: z.strictObject({ id, meetingId: meetingIdSchema }),
      body: { schema: consentRequest, contentType: json },
      answers: wholeAnswer,
      problems: [...bodyProblems, 'not-found', 'unavailable'],
      handle: async ({ params, body }) =>
        changed(programmes.consent(params.id, params.meetingId, parsed(consentRequest, body).side)),
    }),
    route({
      method: 'get',
      path: `${base}/agenda/{file}`,
      summary: 'One agenda to print (.html) or for a calendar (.ics)',
      tag: 'programmes',
      params: z.strictObject({
        id,
        file: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.(ics|html)$/, 'must be a person id with .ics or .html'),
      }),
      query: sheetQuery,
      answers: {
        200: {
          description: 'HTML, or iCalendar with cancelled meetings in it.',
          schema: z.string(),
          contentType: 'text/html',
        },
      },
      problems: ['not-found', 'not-allowed-now', 'invalid', 'unavailable'],
      async handle({ params, query }) {
        const dot = params.file.lastIndexOf('.');
        const [personId, kind] = [params.file.slice(0, dot), params.file.slice(dot + 1)];
        const input = await sheet(params.id, kind === 'ics' ? 'published' : query.view);
        const { published } = input;
        const hasBeenTold = [...(published?.meetings ?? []), ...(published?.cancelled ?? [])].some(({ people }) =>
          people.includes(personId),
        );
        // Whoever was taken out of the event still has the meetings in a calendar that asks here.
        const attendee = attendeeOf(input.event, personId) ?? (kind === 'ics' && hasBeenTold ? personId : undefined);
        if (attendee === undefined) throw new Problem('not-found', `Nobody with the id ${personId} attends.`);
        if (kind === 'html')
          return {
            status: 200,
            body: agendaHtml(input, attendee, personId),
            contentType: 'text/html; charset=utf-8',
            headers: sheetHeaders,
          };
        return {
          status: 200,
          body: agendaIcs(input, published!, attendee),
          contentType: 'text/calendar; charset=utf-8',
          headers: { 'Cache-Control': 'no-store' },
        };
      },
    }),
    printed('programme.csv', 'The programme as CSV, one row a person and meeting', programmeCsv, 'text/csv'),
    printed('tables.html', 'The table plan, to print', tablePlanHtml),
    printed('moderator.html', "The moderator's list with the door list, to print", moderatorHtml),
  ];
}

async function sheetInput(
  store: Store,
  eventId: string,
  view: 'published' | 'draft',
): Promise<SheetInput & { published: Published | undefined }> {
  const [{ doc: event }, { doc: programme }] = await Promise.all([
    eventOf(store, eventId),
    programmeOf(store, eventId),
  ]);
  const meetings: readonly PlannedMeeting[] | undefined = programme[view]?.meetings;
  if (meetings === undefined)
    throw new Problem(
      'not-allowed-now',
      view === 'draft' ? 'There is no draft yet.' : 'Nothing is published yet. Add ?view=draft to see the draft.',
    );
  const told = [...meetings, ...(programme.published?.cancelled ?? [])];
  const people = new Set([...event.attendees, ...told.flatMap((meeting) => meeting.people)]);
  const [members, needs] = await Promise.all([
    docsOf(store.collection('members'), [...people]),
    docsOf(store.collection('needs'), needIdsOf(told)),
  ]);
  return {
    event,
    published: programme.published,
    times: view === 'published' ? programme.published!.times : event,
    meetings,
    isDraft: view === 'draft',
    nameOf: (id) => members.get(id)?.name ?? id,
    languageOf: (id) => members.get(id)?.language ?? event.language ?? 'nb',
    topicOf: (id) => needs.get(id)?.title,
  };
}

async function docsOf<T>(collection: Collection<T>, ids: readonly string[]): Promise<Map<string, T>> {
  return new Map((await collection.getMany(ids)).map(({ id, doc }) => [id, doc]));
}
