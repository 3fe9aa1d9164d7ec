/**
 * The page behind a link in a mail. Opening it, by a person or a mail scanner, changes nothing: an answer is a form that is
 * sent. Sending it twice, or when it is too late, leads to the page as things stand.
 */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { memberActor } from '../app/actor.ts';
import type { AnswerLinks } from '../app/answer-links.ts';
import { readParties } from '../app/introduction-parties.ts';
import type { Introductions } from '../app/introductions.ts';
import type { Clock, Store } from '../app/ports.ts';
import { id } from '../app/schemas/common.ts';
import { dayAt } from '../domain/day.ts';
import {
  daysAfter,
  declineCodes,
  otherSide,
  type Introduction,
  type Side,
} from '../domain/introduction/introduction.ts';
import { withStandingReasons } from '../domain/introduction/standing.ts';
import { pageWords } from '../domain/introduction/words.ts';
import { Problem } from '../domain/problem.ts';
import { answerPage, invalidLinkPage } from './answer-page.ts';
import { route, type Answer, type Route } from './route.ts';

export interface AnswerRoutesDeps {
  store: Store;
  clock: Clock;
  introductions: Introductions;
  links: AnswerLinks;
}

const params = z.strictObject({ id, token: z.string().regex(/^[A-Za-z0-9_-]{20,100}$/) });
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
};
const formType = 'application/x-www-form-urlencoded';
const longestForm = 20_000;

/** As the forms of the page send it; what is left empty counts as absent. */
const answerForm = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('accept') }),
  z.object({ answer: z.literal('decline'), code: z.enum(declineCodes), text: z.string().max(2000).optional() }),
  z.object({ answer: z.literal('withdraw'), text: z.string().max(2000).optional() }),
  z.object({ answer: z.literal('postpone'), until: z.iso.date(), text: z.string().max(2000).optional() }),
]);

export function answerRoutes({ store, clock, introductions, links }: AnswerRoutesDeps): Route[] {
  const html = (status: number, body: string): Answer => ({ status, body, contentType: 'text/html', headers });

  const find = async ({ id: introductionId, token }: z.infer<typeof params>) => {
    const introduction = (await store.collection('introductions').get(introductionId))?.doc;
    const side = introduction && (await links.sideOf(introduction, token));
    return side === undefined ? undefined : { introduction: introduction!, side };
  };
  const page = async (introduction: Introduction, side: Side, fault?: (lang: 'nb' | 'nn' | 'en') => string) => {
    const parties = await readParties(store, [introduction]);
    const member = parties.member(introduction, side);
    const other = otherSide(side);
    const lang = member?.language ?? 'nb';
    return answerPage({
      introduction: withStandingReasons(introduction, parties.outdated(introduction)),
      side,
      lang,
      ownName: member?.name ?? '',
      otherName: parties.name(introduction, other),
      needTitle: parties.needTitle(introduction),
      contact: parties.member(introduction, other)?.contact,
      tomorrow: dayAt(daysAfter(clock.now().toISOString(), 1)),
      fault: fault?.(lang),
    });
  };

  return [
    route({
      method: 'get',
      path: '/i/{id}/{token}',
      summary: 'The page behind a link in a mail; opening it answers nothing',
      tag: 'answers',
      params,
      answers: {
        200: { description: 'The suggestion, or how things stand.', schema: z.string(), contentType: 'text/html' },
        404: { description: 'The link is not valid any more.', schema: z.string(), contentType: 'text/html' },
      },
      problems: ['invalid', 'unavailable'],
      async handle({ params: address }) {
        const found = await find(address);
        return found === undefined
          ? html(404, invalidLinkPage())
          : html(200, await page(found.introduction, found.side));
      },
    }),
    route({
      method: 'post',
      path: '/i/{id}/{token}',
      summary: 'The answer of a side, from the forms of that page',
      tag: 'answers',
      params,
      rawBody: [formType],
      answers: {
        303: { description: 'Taken, or answered before: back to the page.' },
        404: { description: 'The link is not valid any more.', schema: z.string(), contentType: 'text/html' },
        422: { description: 'The form is not complete.', schema: z.string(), contentType: 'text/html' },
      },
      problems: ['too-large', 'unsupported-media-type', 'invalid', 'unavailable'],
      async handle({ params: address, request }) {
        const found = await find(address);
        if (found === undefined) return html(404, invalidLinkPage());
        const { introduction, side } = found;
        const fields = [...new URLSearchParams(await readForm(request))].filter(([, value]) => value.trim() !== '');
        const form = answerForm.safeParse(Object.fromEntries(fields));
        if (!form.success) return html(422, await page(introduction, side, (lang) => pageWords[lang].notNow));
        const { answer, ...body } = form.data;
        const actor = memberActor(introduction[side].memberId);
        try {
          await introductions.act(address.id, answer, { ...body, side }, actor);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.extra['reason'] === 'date')
            return html(422, await page(introduction, side, (lang) => pageWords[lang].chooseDay));
          // Too late or said before: the page tells how things stand.
          if (error.code !== 'not-allowed-now' && error.code !== 'not-found') throw error;
        }
        return { status: 303, headers: { ...headers, Location: address.token } };
      },
    }),
  ];
}

async function readForm(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    parts.push(chunk);
    length += chunk.length;
    if (length > longestForm) throw new Problem('too-large', 'The form is too large.');
  }
  return Buffer.concat(parts).toString('utf8');
}
