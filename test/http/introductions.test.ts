import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import PostalMime from 'postal-mime';
import request from 'supertest';
import {
  approveManyReport,
  introductionAnswer,
  introductionSummary,
  suggestReport,
} from '../../src/app/schemas/introduction.ts';
import { startService, type RunningService } from '../support/service.ts';
import { tempDir } from '../support/temp-dir.ts';

const folder = tempDir();
const mailFolder = path.join(folder, 'mail');
const publicUrl = 'https://kobling.example/under';
let service: RunningService;
beforeAll(async () => {
  service = await startService(folder, { seed: true, mail: { folder: mailFolder, publicUrl } });
  await service.idle();
});
afterAll(() => service.close());

const base = '/api/v1/introductions';
const api = () => request(service.app);
const send = (method: 'post' | 'patch', url: string, body: object | undefined, actor?: string) => {
  const call = api()
    [method](url)
    .set(actor === undefined ? {} : { 'X-Kobling-Actor': actor });
  return body === undefined ? call : call.send(body);
};
const act = (id: string, event: string, body?: object, actor?: string) =>
  send('post', `${base}/${id}/${event}`, body, actor);
/** As `act`, and it must have worked. */
const done = async (id: string, event: string, body?: object, actor?: string) => {
  const answer = await act(id, event, body, actor);
  expect([event, answer.status, answer.body.detail]).toEqual([event, 200, undefined]);
  return introductionAnswer.parse(answer.body);
};
const read = async (id: string, actor = 'adviser') => {
  const answer = await api().get(`${base}/${id}`).set('X-Kobling-Actor', actor);
  expect(answer.status).toBe(200);
  return introductionAnswer.parse(answer.body);
};

let number = 0;
/** A startup and an investor who are new here, with an introduction of theirs. */
async function newPair(fields: { startup?: object; investor?: object } = {}) {
  const n = ++number;
  const [startup, investor] = [`p${n}-s`, `p${n}-i`];
  const member = (id: string, kind: string, more: object = {}) =>
    api()
      .post('/api/v1/members')
      .send({
        id,
        kind,
        name: `Navn ${id}`,
        contact: { name: 'Kari', email: `${id}@example.org`, phone: `4000${n}` },
        ...more,
      });
  expect((await member(startup, 'startup', { offers: ['Vi måler fall i hjemmet'], ...fields.startup })).status).toBe(
    201,
  );
  expect(
    (await member(investor, 'investor', { thesis: 'Vi ser etter måling i hjemmet', ...fields.investor })).status,
  ).toBe(201);
  await service.idle();
  const made = await introduce(startup, investor);
  expect([made.status, made.body.detail]).toEqual([201, undefined]);
  return { id: made.body.id as string, startup, investor, etag: made.headers['etag'] as string };
}
const introduce = (subjectId: string, counterpartId: string, more: object = {}) =>
  api()
    .post(base)
    .send({ subjectType: 'member', subjectId, counterpartType: 'member', counterpartId, ...more });

/** Mails of one introduction, by receiver and subject. */
const mailsOf = async (id: string) => {
  await service.idle();
  const files = (await readdir(mailFolder).catch(() => [])).filter(
    (file) => file.includes(id) && file.endsWith('.eml'),
  );
  return Promise.all(
    files.toSorted().map(async (file) => PostalMime.parse(await readFile(path.join(mailFolder, file)))),
  );
};
const linkIn = (text: string | undefined) => {
  const url = /https:\/\/kobling\.example\/under(\/i\/\S+)/u.exec(text ?? '');
  expect(url).not.toBeNull();
  return url![1]!;
};

describe('an introduction', () => {
  test('goes from a suggestion by hand to an outcome, with mails, contact details and history', async () => {
    const { id, startup, investor } = await newPair();
    await done(id, 'approve', undefined, 'adviser:kari');
    await done(id, 'send', {});
    let mails = await mailsOf(id);
    expect(mails.map((mail) => mail.to?.[0]?.address)).toEqual([`${startup}@example.org`]);
    expect(mails[0]!.text).toContain('Vi måler fall i hjemmet');
    expect(mails[0]!.text).not.toContain(`${investor}@example.org`);

    const asked = await done(id, 'accept', { side: 'a' });
    expect([asked.state, asked.contacts]).toEqual(['accepted-by-a', undefined]);
    mails = await mailsOf(id);
    expect(mails.map((mail) => mail.to?.[0]?.address)).toEqual([`${startup}@example.org`, `${investor}@example.org`]);

    const accepted = await done(id, 'accept', {}, `member:${investor}`);
    expect(accepted.state).toBe('accepted');
    expect(accepted.contacts).toMatchObject({
      a: { email: `${startup}@example.org` },
      b: { email: `${investor}@example.org` },
    });
    mails = await mailsOf(id);
    expect(mails).toHaveLength(4);
    expect(mails[2]!.text).toContain(`${investor}@example.org`);

    await done(id, 'schedule', { at: '2026-12-01T10:00:00+01:00', place: 'Bord 4' });
    expect((await done(id, 'schedule', { at: '2026-12-02T10:00:00+01:00' })).meeting?.place).toBe('Bord 4');
    const early = await act(id, 'met', {});
    expect(early.body).toMatchObject({
      status: 409,
      reason: 'date',
      detail: 'The meeting is on 2026-12-02, which has not come yet. If they met earlier, name the day in "on".',
      allowedEvents: ['schedule', 'met', 'withdraw'],
    });
    expect((await act(id, 'met', { on: '2026-12-02' })).body).toMatchObject({ status: 409, reason: 'date' });
    await done(id, 'met', { on: '2026-11-21' });
    expect((await act(id, 'outcome', { outcome: 'investment', date: '2026-11-21', confirmedBy: 'begge' })).status).toBe(
      422,
    );
    const outcome = { outcome: 'investment', amountNok: 4_000_000, date: '2026-11-21', confirmedBy: 'begge' };
    expect((await act(id, 'outcome', { ...outcome, date: '2027-02-01' })).body).toMatchObject({
      status: 409,
      reason: 'date',
    });
    const ended = await done(id, 'outcome', outcome);
    expect((await done(id, 'outcome', outcome)).outcomes).toEqual([expect.objectContaining(outcome)]);
    const none = await act(id, 'outcome', { outcome: 'none', date: '2026-11-21', confirmedBy: 'begge' });
    expect(none.body).toMatchObject({ status: 409, reason: 'outcome' });
    expect(ended.history.map(({ event, actor }) => `${event} ${actor}`)).toEqual([
      'create adviser',
      'approve adviser:kari',
      'send adviser',
      'accept adviser',
      `accept member:${investor}`,
      'schedule adviser',
      'schedule adviser',
      'met adviser',
      'outcome adviser',
    ]);
  });

  test('freezes the reasons as they were, whatever the member writes later', async () => {
    const { id, startup } = await newPair();
    const before = (await read(id)).suggestion!;
    expect(before.reasons.length).toBeGreaterThan(0);
    expect(before.featuresDigest).toMatch(/^[0-9a-f]{64}$/);
    await api()
      .patch(`/api/v1/members/${startup}`)
      .set('If-Match', '*')
      .send({ offers: ['Noe helt annet'] });
    expect((await read(id)).suggestion).toEqual(before);
  });

  test('is not approved or sent with a sentence that its member has removed, which no later mail repeats', async () => {
    const { id, startup, investor } = await newPair();
    const said = { startup: 'Vi måler fall i hjemmet', investor: 'Vi ser etter måling i hjemmet' };
    const rewrite = async (memberId: string, body: object) => {
      const answer = await api().patch(`/api/v1/members/${memberId}`).set('If-Match', '*').send(body);
      expect(answer.status).toBe(200);
    };
    const { suggestion, reasons, outdated } = await read(id);
    expect(outdated).toBeUndefined();
    expect(JSON.stringify(reasons)).toContain(said.startup);
    await rewrite(startup, { offers: ['Noe nytt', said.startup] });
    expect((await read(id)).outdated).toBeUndefined();
    await rewrite(startup, { offers: ['Noe nytt'] });
    const now = await read(id);
    expect(now.outdated).toEqual([{ reason: 0, side: 'a', quote: said.startup }]);
    expect(now.suggestion).toEqual(suggestion);

    const refusal = { status: 409, reason: 'outdated', detail: expect.stringContaining(`"${said.startup}"`) };
    expect((await act(id, 'approve')).body).toMatchObject(refusal);
    for (const dryRun of [true, false])
      expect(
        (
          await api()
            .post(`${base}/approve-many`)
            .send({ ids: [id], dryRun })
        ).body,
      ).toMatchObject({
        approved: [],
        refused: [{ id, code: 'outdated', sentence: expect.stringContaining(said.startup) }],
      });

    const shown = suggestion!.reasons.flatMap((reason, i) => (reason.type === 'fact' ? [i] : []));
    await send('patch', `${base}/${id}`, { reasonsShown: shown }).set('If-Match', '*');
    await done(id, 'approve');
    await send('patch', `${base}/${id}`, { reasonsShown: [0] }).set('If-Match', '*');
    expect((await act(id, 'send')).body).toMatchObject(refusal);

    await rewrite(startup, { offers: [said.startup] });
    await done(id, 'send', { to: 'a' });
    expect((await mailsOf(id))[0]!.text).toContain(said.investor);
    await rewrite(investor, { thesis: 'Vi har ombestemt oss' });
    await done(id, 'accept', { side: 'a' });
    const later = (await mailsOf(id)).at(-1)!;
    expect(later.to?.[0]?.address).toBe(`${investor}@example.org`);
    expect(later.text).not.toContain(said.investor);
    expect(JSON.stringify((await read(id, `member:${startup}`)).reasons)).not.toContain(said.investor);
  });

  test('answers 409 with the allowed events to what its state does not allow', async () => {
    const { id } = await newPair();
    const refused = await act(id, 'send', {});
    expect([refused.status, refused.body.type]).toEqual([409, '/problems/not-allowed-now']);
    expect(refused.body).toMatchObject({
      reason: 'not-in-this-state',
      allowedEvents: ['edit', 'approve', 'reject', 'postpone', 'withdraw'],
    });
    expect((await read(id)).allowedEvents).toEqual(refused.body.allowedEvents);
  });

  test('is edited before it is sent, with the ETag that was read, and not after', async () => {
    const { id, etag } = await newPair();
    const patch = (body: object, match: string) => send('patch', `${base}/${id}`, body).set('If-Match', match);
    expect((await send('patch', `${base}/${id}`, { message: 'x' })).status).toBe(428);
    expect((await patch({ message: 'Snakk sammen', reasonsShown: [0] }, etag)).body).toMatchObject({
      message: 'Snakk sammen',
      reasons: [expect.any(Object)],
    });
    expect((await patch({ message: 'Sent' }, etag)).status).toBe(412);
    expect((await patch({ reasonsShown: [99] }, '*')).body).toMatchObject({ status: 409, reason: 'reasons' });
    expect((await patch({ colour: 'red' }, '*')).status).toBe(422);
    expect((await patch({ message: null }, '*')).body.message).toBeUndefined();
    await done(id, 'approve');
    await done(id, 'send');
    expect((await patch({ message: 'For sent' }, '*')).status).toBe(409);
  });

  test('is one for each pair, whichever of the two asks', async () => {
    const { id, startup, investor } = await newPair();
    const again = await introduce(investor, startup);
    expect([again.status, again.body.introductionId, again.body.state]).toEqual([409, id, 'suggested']);
    await done(id, 'withdraw');
    expect((await introduce(investor, startup)).status).toBe(201);
  });

  test('that was postponed comes back as suggested on its day', async () => {
    const { id } = await newPair();
    expect((await act(id, 'postpone', { until: '2026-11-21' })).body).toMatchObject({ status: 409, reason: 'date' });
    await done(id, 'postpone', { until: '2026-11-22', text: 'Ikke nå' });
    expect(await service.engine.introductions.passTime(id)).toEqual([]);
    expect((await read(id)).state).toBe('postponed');
  });

  test('lets an adviser take back the last step until a mail of it has left', async () => {
    const { id } = await newPair();
    await done(id, 'reject', { code: 'conflict', text: 'Feil knapp' });
    expect((await done(id, 'undo')).state).toBe('suggested');
    expect((await act(id, 'undo')).status).toBe(409);
    await done(id, 'approve');
    await done(id, 'send');
    await service.idle();
    expect((await act(id, 'undo')).body).toMatchObject({ status: 409, reason: 'seen' });
  });
});

describe('whoever acts', () => {
  test('as a member sees and answers only what it was asked, in its own name', async () => {
    const { id, startup, investor } = await newPair();
    const as = (memberId: string) => `member:${memberId}`;
    const status = async (actor: string) => (await api().get(`${base}/${id}`).set('X-Kobling-Actor', actor)).status;
    await done(id, 'approve');
    expect(await status(as(startup))).toBe(404);
    await done(id, 'send', { to: 'a' });
    expect([await status(as(startup)), await status(as(investor)), await status(as('s-m01'))]).toEqual([200, 404, 404]);
    expect((await act(id, 'accept', { side: 'b' }, as(startup))).status).toBe(403);
    expect((await act(id, 'reject', { code: 'other' }, as(startup))).status).toBe(403);
    await done(id, 'accept', {}, as(startup));
    await done(id, 'decline', { code: 'no-capacity', text: 'Hemmelig grunn' }, as(investor));
    const seen = await read(id, as(startup));
    expect(JSON.stringify(seen)).not.toMatch(/Hemmelig|no-capacity/);
    expect([seen.suggestion, seen.mails, seen.score]).toEqual([undefined, undefined, undefined]);
    expect(JSON.stringify((await mailsOf(id)).at(-1))).not.toMatch(/Hemmelig|no-capacity/);
    expect((await read(id)).history.at(-1)).toMatchObject({ code: 'no-capacity', text: 'Hemmelig grunn' });
    const list = await api().get(base).query({ limit: 200 }).set('X-Kobling-Actor', as(startup));
    expect((list.body.items as { id: string }[]).map((item) => item.id)).toEqual([id]);
  });

  test('is said in a header that must be understood', async () => {
    const { id } = await newPair();
    const answer = await act(id, 'approve', {}, 'somebody');
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, 'X-Kobling-Actor']);
    const nameless = await act(id, 'accept', {});
    expect([nameless.status, nameless.body.errors[0].field]).toEqual([422, 'side']);
  });
});

test('whoever wants no suggestions is not asked, although it was suggested before', async () => {
  const { id, startup } = await newPair();
  const optOut = (optedOut: boolean) =>
    api().patch(`/api/v1/members/${startup}`).set('If-Match', '*').send({ matching: { optedOut } });
  await optOut(true);
  expect((await act(id, 'approve')).body).toMatchObject({ status: 409, reason: 'opted-out' });
  await optOut(false);
  await done(id, 'approve');
  await optOut(true);
  expect((await act(id, 'send')).body).toMatchObject({ status: 409, detail: `Navn ${startup} wants no suggestions.` });
});

test('nobody is asked without a mail address unless the adviser says so; then the mail is shown to the adviser, who can find it in the list', async () => {
  const { id, startup } = await newPair({ startup: { contact: undefined } });
  const listed = (await api().get(base).query({ subject: startup })).body.items as object[];
  expect(listed).toEqual([expect.objectContaining({ withoutAddress: ['a'] })]);
  const look = await api()
    .post(`${base}/approve-many`)
    .send({ ids: [id], dryRun: true });
  expect(look.body).toMatchObject({ approved: [id], withoutAddress: [{ id, sides: ['a'] }] });
  await done(id, 'approve');
  const refused = await act(id, 'send');
  expect(refused.body).toMatchObject({ status: 409, reason: 'no-address' });
  expect(refused.body.detail).toContain(`The contact of Navn ${startup} has no mail address.`);
  const sent = await done(id, 'send', { withoutMail: true });
  expect(sent.withoutAddress).toEqual(['a']);
  await service.idle();
  expect((await read(id)).mails).toEqual([
    expect.objectContaining({ to: 'a', state: 'failed', error: 'There is no mail address.' }),
  ]);
  const list = await api().get(base).query({ mail: 'undelivered' });
  expect((list.body.items as { id: string }[]).map((item) => item.id)).toContain(id);
});

test('the list is filtered by state, subject, counterpart and event, and paged oldest first', async () => {
  const { startup, investor, id } = await newPair();
  const others: string[] = [];
  for (let i = 0; i < 3; i++) {
    const other = await newPair();
    await done(other.id, 'withdraw');
    others.push((await introduce(startup, other.investor, { eventId: 'messen' })).body.id as string);
  }
  await done(id, 'approve');
  const ids = async (query: object) => {
    const found: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: request.Response = await api()
        .get(base)
        .query({ limit: 2, ...query, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.status).toBe(200);
      found.push(...(page.body.items as { id: string }[]).map((item) => item.id));
      cursor = page.body.nextCursor as string | null;
    }
    return found;
  };
  expect(await ids({ subject: startup })).toEqual([id, ...others]);
  expect(await ids({ subject: startup, state: 'approved' })).toEqual([id]);
  expect(await ids({ counterpart: investor })).toEqual([id]);
  expect(await ids({ event: 'messen' })).toEqual(others);
  expect(await ids({ subject: investor })).toEqual([]);
  expect((await api().get(`${base}?state=sent`)).status).toBe(422);
});

describe('the cap of a month', () => {
  test('blocks the approval with a clear message, also of two at once', async () => {
    const first = await newPair({ investor: { matching: { introductionsPerMonth: 2 } } });
    const ids = [first.id];
    for (let i = 0; i < 4; i++) {
      const { startup, id } = await newPair();
      await done(id, 'withdraw');
      ids.push((await introduce(startup, first.investor)).body.id as string);
    }
    const answers = await Promise.all(ids.map((id) => act(id, 'approve')));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 409, 409, 409]);
    const refused = answers.find((answer) => answer.status === 409)!;
    expect(refused.body).toMatchObject({
      reason: 'cap-reached',
      detail: `Navn ${first.investor} takes 2 introductions a month, and that many are approved for 2026-11.`,
    });
    const approved = ids.filter((_, i) => answers[i]!.status === 200);
    await done(approved[0]!, 'reject', { code: 'other' });
    await done(
      ids.find((_, i) => answers[i]!.status === 409)!,
      'approve',
    );
  });
});

describe('the link in a mail', () => {
  const asked = async () => {
    const pair = await newPair({ startup: { language: 'nn' } });
    await done(pair.id, 'approve');
    await done(pair.id, 'send');
    return { ...pair, link: linkIn((await mailsOf(pair.id))[0]!.text) };
  };
  const post = (link: string, fields: Record<string, string>) => api().post(link).type('form').send(fields);

  test('answers nothing however often it is opened', async () => {
    const { id, link } = await asked();
    for (const method of ['get', 'get', 'head'] as const) expect((await api()[method](link)).status).toBe(200);
    expect((await read(id)).state).toBe('sent-to-a');
    const page = (await api().get(link)).text;
    expect(page).toContain('lang="nn"');
    expect(page.match(/<form method="post">/gu)).toHaveLength(3);
    expect(page).not.toContain('example.org');
  });

  test('takes an answer once, and repeating it is harmless', async () => {
    const { id, link, investor } = await asked();
    const answers = await Promise.all([1, 2, 3].map(() => post(link, { answer: 'accept' })));
    expect(answers.map(({ status, headers }) => [status, headers['location']])).toEqual(
      answers.map(() => [303, link.split('/').at(-1)]),
    );
    const { state, history } = await read(id);
    expect([state, history.filter(({ event }) => event === 'accept')]).toEqual(['accepted-by-a', [expect.anything()]]);
    expect((await api().get(link)).text).toContain('Takk, de har sagt ja.');
    await done(id, 'accept', { side: 'b' });
    expect((await api().get(link)).text).toContain(`${investor}@example.org`);
    expect((await post(link, { answer: 'decline', code: 'other' })).status).toBe(303);
    expect((await read(id)).state).toBe('accepted');
  });

  test('lets a side change its mind after a yes, and tells the other', async () => {
    const { id, link, investor } = await asked();
    await post(link, { answer: 'accept' });
    expect((await api().get(link)).text).toContain('value="withdraw"');
    await mailsOf(id);
    expect((await post(link, { answer: 'withdraw' })).status).toBe(303);
    expect((await read(id)).state).toBe('withdrawn');
    expect((await mailsOf(id)).at(-1)).toMatchObject({ to: [{ address: `${investor}@example.org` }] });
    expect((await api().get(link)).text).not.toContain('<form');
  });

  test('takes "not now" with a day, and a no with a coded reason', async () => {
    const later = await asked();
    expect((await post(later.link, { answer: 'postpone', until: '2026-11-01' })).status).toBe(422);
    expect((await post(later.link, { answer: 'postpone', until: '2027-03-01', text: '' })).status).toBe(303);
    expect(await read(later.id)).toMatchObject({ state: 'postponed', postponedUntil: '2027-03-01' });
    const no = await asked();
    expect((await post(no.link, { answer: 'decline' })).status).toBe(422);
    expect((await post(no.link, { answer: 'decline', code: 'bad-timing', text: 'Kanskje neste år' })).status).toBe(303);
    expect((await read(no.id)).history.at(-1)).toMatchObject({
      event: 'decline',
      code: 'bad-timing',
      text: 'Kanskje neste år',
    });
  });

  test('that is guessed, or of an earlier asking, opens nothing', async () => {
    const { id, link } = await asked();
    for (const wrong of [`/i/${id}/${'x'.repeat(43)}`, link.replace(id, 'i-other')]) {
      expect((await api().get(wrong)).status).toBe(404);
      expect((await post(wrong, { answer: 'accept' })).status).toBe(404);
    }
    expect((await read(id)).state).toBe('sent-to-a');
  });
});

describe('suggestions', () => {
  const suggest = (body: object) => api().post(`${base}/suggest`).send(body);
  const fromMatches = { from: 'matches', subjectType: 'member', subjectId: 's-m01', kind: 'investors' };

  test('come from a match list, once however often asked, and never again after a no', async () => {
    const list = await api().get('/api/v1/members/s-m01/matches/investors?limit=3');
    const first = suggestReport.parse((await suggest({ ...fromMatches, perSubject: 3 })).body);
    expect(first.created.map((one) => one.counterpartId)).toEqual(
      (list.body.items as { candidate: { id: string } }[]).map((item) => item.candidate.id),
    );
    const again = await Promise.all([1, 2].map(() => suggest({ ...fromMatches, perSubject: 3 })));
    for (const answer of again) {
      expect(answer.body.created).toEqual([]);
      expect((answer.body.skipped as { why: string }[]).map((one) => one.why)).toEqual(
        first.created.map(() => 'pair-taken'),
      );
    }
    const { id, counterpartId } = first.created[0]!;
    await done(id, 'reject', { code: 'poor-match' });
    const later = await api().get('/api/v1/members/s-m01/matches/investors?limit=50');
    expect((later.body.items as { candidate: { id: string } }[]).map((item) => item.candidate.id)).not.toContain(
      counterpartId,
    );
    const direct = await suggest({ ...fromMatches, candidateIds: [counterpartId] });
    expect(direct.body).toEqual({ created: [], skipped: [], pendingTexts: 0 });
    const why = await api().get(`/api/v1/members/s-m01/matches/investors/${counterpartId}`);
    expect(why.body.closed).toMatchObject({ code: 'rejected' });

    const other = first.created[1]!;
    await done(other.id, 'approve');
    await done(other.id, 'send', { to: 'both', withoutMail: true });
    await done(other.id, 'accept', { side: 'b' });
    await done(other.id, 'accept', { side: 'a' });
    const marked = await api().get('/api/v1/members/s-m01/matches/investors?limit=50');
    expect(
      (marked.body.items as { candidate: { id: string }; workingTogether?: true }[]).filter(
        (item) => item.workingTogether,
      ),
    ).toEqual([
      expect.objectContaining({
        candidate: expect.objectContaining({ id: other.counterpartId }),
      }),
    ]);
  });

  test('nobody turned down stay open when nothing came of them, marked and not suggested again but by an adviser', async () => {
    const { id, startup, investor } = await newPair();
    await done(id, 'approve');
    await done(id, 'send', { to: 'both' });
    for (const side of ['a', 'b']) await done(id, 'accept', { side });
    await done(id, 'met');
    await done(id, 'outcome', { outcome: 'none', date: '2026-11-21', confirmedBy: 'Kari' });
    const why = await api().get(`/api/v1/members/${startup}/matches/investors/${investor}`);
    expect([why.body.closed, why.body.match.introducedBefore, why.body.match.workingTogether]).toEqual([
      undefined,
      true,
      undefined,
    ]);
    const again = await suggest({ ...fromMatches, subjectId: startup, candidateIds: [investor] });
    expect(again.body).toEqual({
      created: [],
      skipped: [{ subjectId: startup, counterpartId: investor, why: 'introduced-before' }],
      pendingTexts: 0,
    });
    expect((await introduce(startup, investor)).status).toBe(201);
  });

  test('come among those at an event, and from everything that is new, as a job that can run twice', async () => {
    const members = (await api().get('/api/v1/members?limit=200')).body.items as { id: string }[];
    const memberIds = members
      .map((one) => one.id)
      .filter((id) => id.startsWith('s-'))
      .slice(0, 20);
    for (const body of [
      { from: 'event', eventId: 'messe', memberIds, perSubject: 2 },
      { from: 'everything-new', minScore: 0.3, perSubject: 2 },
    ]) {
      const reports = [];
      for (let round = 0; round < 2; round++) {
        const taken = await suggest(body);
        expect(taken.status).toBe(202);
        await service.idle();
        const job = await api().get(taken.headers['location']!);
        expect(job.body.state).toBe('done');
        reports.push(suggestReport.parse(job.body.result));
      }
      expect(reports[0]!.created.length).toBeGreaterThan(0);
      expect(reports[1]!.created).toEqual([]);
      if (body.from === 'event')
        for (const { subjectId, counterpartId } of reports[0]!.created) {
          expect(memberIds).toContain(subjectId);
          expect([...memberIds, expect.stringMatching(/^s-n/)]).toContainEqual(counterpartId);
        }
    }
    const atEvent = await api().get(base).query({ event: 'messe', state: 'suggested', limit: 1 });
    expect(introductionSummary.parse(atEvent.body.items[0])).toMatchObject({ eventId: 'messe', origin: 'engine' });
    expect(atEvent.body.nextCursor).not.toBeNull();
  });

  test('of an event need to know who attends', async () => {
    expect((await suggest({ from: 'event' })).body).toMatchObject({ status: 422, errors: [{ field: 'memberIds' }] });
    expect((await suggest({ from: 'nowhere' })).status).toBe(422);
    expect((await suggest({ ...fromMatches, kind: 'startups' })).status).toBe(422);
  });
});

describe('many approvals at once', () => {
  test('are looked at first: who would get how many, and what the caps stop', async () => {
    const first = await newPair({ investor: { matching: { introductionsPerMonth: 2 } } });
    const ids = [first.id];
    for (let i = 0; i < 2; i++) {
      const { startup, id } = await newPair();
      await done(id, 'withdraw');
      ids.push((await introduce(startup, first.investor)).body.id as string);
    }
    const other = await newPair();
    ids.push(other.id, 'nobody');
    const many = (body: object, query = '') => api().post(`${base}/approve-many${query}`).send(body);
    const look = await many({ ids }, '?dryRun=true');
    expect(look.body).toMatchObject({
      dryRun: true,
      selected: 4,
      exposure: [
        {
          memberId: first.investor,
          gets: 3,
          of: 4,
          blocked: 1,
          approved: 2,
          sentence: `Navn ${first.investor} would get 2 of 4; 1 is over its cap of 2 a month.`,
        },
        { memberId: other.investor, gets: 1, of: 4, blocked: 0 },
      ],
    });
    expect((await read(first.id)).state).toBe('suggested');
    const real = await many({ ids });
    expect(JSON.stringify(real.body)).toBe(
      JSON.stringify(look.body).replace('"dryRun":true', '"dryRun":false').replaceAll(' would get ', ' gets '),
    );
    const { approved, refused, withoutAddress } = approveManyReport.parse(real.body);
    expect(withoutAddress).toEqual([]);
    expect(approved).toHaveLength(3);
    expect(refused.map((one) => one.code).sort()).toEqual(['cap-reached', 'not-found']);
    for (const id of approved) expect((await read(id)).state).toBe('approved');
    expect((await many({ ids, dryRun: true })).body.approved).toEqual([]);
  });
});

test('what concerns others or the whole service is refused to a member', async () => {
  const { id, startup, investor } = await newPair();
  await done(id, 'approve');
  await done(id, 'send');
  const job = (await api().get('/api/v1/jobs?limit=1')).body.items[0].id as string;
  const calls = [
    api().get(`${base}/events`),
    api().get('/api/v1/jobs'),
    api().get(`/api/v1/jobs/${job}`),
    api().get(`/api/v1/jobs/${job}/events`),
    api().post(`/api/v1/jobs/${job}/retry`),
    api().delete(`/api/v1/members/${investor}?cascade=withdraw`),
    api().post(`${base}/suggest`).send({ from: 'everything-new' }),
    api().post(`${base}/approve-many`).send({}),
    api()
      .post(base)
      .send({ subjectType: 'member', subjectId: startup, counterpartType: 'member', counterpartId: 's-m25' }),
  ];
  for (const call of calls) expect((await call.set('X-Kobling-Actor', `member:${startup}`)).status).toBe(403);
  expect((await read(id)).state).toBe('sent-to-a');
});

test.each(['events', 'suggest', 'approve-many'])('the id "%s" is refused, for it could not be read', async (id) => {
  const { startup, id: first } = await newPair();
  await done(first, 'withdraw');
  const { investor } = await newPair();
  expect((await introduce(startup, investor, { id })).body).toMatchObject({ status: 422, errors: [{ field: 'id' }] });
});

test('many approvals leave out what was made by hand past a closed gate, unless it is asked for', async () => {
  const { startup, id: first } = await newPair({ startup: { matching: { openForDeals: false } } });
  await done(first, 'withdraw');
  const other = await newPair({ investor: { matching: { openForDeals: false } } });
  await done(other.id, 'withdraw');
  const id = (await introduce(startup, other.investor, { eventId: 'stengt' })).body.id as string;
  expect((await read(id)).gate).toBeDefined();
  const many = (body: object) =>
    api()
      .post(`${base}/approve-many`)
      .send({ eventId: 'stengt', ...body });
  expect((await many({})).body).toMatchObject({
    selected: 1,
    approved: [],
    refused: [{ id, code: 'gate-closed', sentence: expect.stringContaining('withClosedGate') }],
    exposure: [],
  });
  expect((await many({ withClosedGate: true })).body).toMatchObject({ approved: [id], refused: [] });
});

describe('removing a party', () => {
  test('is refused with the list, or ends its introductions and leaves nothing that names it', async () => {
    const { id, startup, investor } = await newPair();
    await done(id, 'approve');
    await done(id, 'send', { to: 'both' });
    await done(id, 'decline', { side: 'a', code: 'other', text: `Ikke ${startup}` }, 'adviser');
    const live = await newPair();
    await done(live.id, 'withdraw');
    const second = (await introduce(startup, live.investor)).body.id as string;
    await done(second, 'approve');
    await done(second, 'send', { to: 'both' });
    await service.idle();

    const refused = await api().delete(`/api/v1/members/${startup}`);
    expect([refused.status, refused.body.introductions]).toEqual([
      409,
      [
        { id, state: 'declined' },
        { id: second, state: 'sent-to-both' },
      ],
    ]);
    expect((await api().delete(`/api/v1/members/${startup}?cascade=withdraw`)).status).toBe(204);
    expect((await api().get(`/api/v1/members/${startup}`)).status).toBe(404);
    for (const [kept, state] of [
      [id, 'declined'],
      [second, 'withdrawn'],
    ] as const) {
      const stored = JSON.stringify(await service.engine.store.collection('introductions').get(kept));
      expect(stored).not.toContain(startup);
      expect(stored).not.toContain('måler fall');
      expect((await read(kept)).state).toBe(state);
    }
    expect((await mailsOf(second)).at(-1)).toMatchObject({ to: [{ address: `${live.investor}@example.org` }] });
    expect((await api().delete(`/api/v1/members/${investor}?cascade=withdraw`)).status).toBe(204);
  });
});

test('what was decided is exported a JSON line each, without what was taken back', async () => {
  const { id, startup, investor } = await newPair();
  await done(id, 'reject', { code: 'poor-match' });
  await done(id, 'undo');
  await done(id, 'approve');
  await done(id, 'send');
  await done(id, 'accept', { side: 'a' });
  await done(id, 'decline', { side: 'b', code: 'stage-or-size' });
  const ended = await newPair();
  await done(ended.id, 'approve');
  await done(ended.id, 'send', { to: 'both' });
  for (const side of ['a', 'b']) await done(ended.id, 'accept', { side });
  await done(ended.id, 'met');
  await done(ended.id, 'outcome', { outcome: 'none', date: '2026-11-21', confirmedBy: 'Kari' });
  const answer = await api()
    .get(`${base}/events`)
    .buffer(true)
    .parse((response, callback) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => callback(null, text));
    });
  expect(answer.headers['content-type']).toMatch('application/x-ndjson');
  const lines = (answer.body as string)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const pair = {
    task: 'investor_for_startup',
    queryId: startup,
    candidateId: investor,
    at: '2026-11-21T12:00:00.000Z',
  };
  expect(lines.filter((line) => line['queryId'] === startup)).toEqual([
    { ...pair, event: 'accept', by: 'query' },
    { ...pair, event: 'decline', by: 'candidate', code: 'stage-or-size' },
  ]);
  expect(lines.filter((line) => line['queryId'] === ended.startup).at(-1)).toEqual({
    ...pair,
    queryId: ended.startup,
    candidateId: ended.investor,
    event: 'no-outcome',
    by: 'adviser',
    code: 'none',
  });
});
