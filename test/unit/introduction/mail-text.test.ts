import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { languages, type Language } from '../../../src/domain/member.ts';
import { mailTemplates, type Introduction, type MailTemplate } from '../../../src/domain/introduction/introduction.ts';
import { mailText, type MailInput } from '../../../src/domain/introduction/mail-text.ts';
import { shownAtFirst } from '../../../src/domain/introduction/new-introduction.ts';
import type { Fact, Reason } from '../../../src/domain/match/explain.ts';
import { inState, suggested } from '../../support/introductions.ts';

const introduction = (): Introduction => ({ ...inState('scheduled'), answerBy: '2026-12-05T12:00:00.000Z' });
const input = (more: Partial<MailInput> = {}): MailInput => ({
  template: 'request',
  to: 'a',
  introduction: introduction(),
  lang: 'nb',
  ownName: 'Fallvakt',
  ownContactName: undefined,
  otherName: 'Fjordkapital',
  needTitle: undefined,
  contact: undefined,
  link: 'https://kobling.example/i/i1/token',
  canReply: false,
  ...more,
});
const all = mailTemplates.flatMap((template) => languages.map((lang) => [template, lang] as const));

describe.each(all)('the mail "%s" in %s', (template, lang) => {
  const mail = mailText(input({ template, lang, contact: { name: 'Kari', email: 'kari@example.org' } }));

  test('has a subject of one line, both bodies and its language', () => {
    expect(mail.subject).toMatch(/^[^\n]{10,120}$/u);
    expect(mail.html).toContain(`<html lang="${lang}">`);
    for (const body of [mail.text, mail.html]) {
      expect(body).toContain('Fallvakt');
      expect(body).not.toMatch(/undefined|\[object|Invalid/u);
    }
  });

  test('has texts of its own', () => {
    const others = languages.filter((other) => other !== lang);
    for (const other of others) expect(mailText(input({ template, lang: other })).text).not.toBe(mail.text);
  });

  test('names contact details only when both have accepted', () => {
    expect(mail.text.includes('kari@example.org')).toBe(template === 'accepted');
    expect(mail.html.includes('kari@example.org')).toBe(template === 'accepted');
  });

  test('has a link only where an answer is asked for', () => {
    const asks = (['request', 'reminder'] as MailTemplate[]).includes(template);
    expect(mail.html.includes('href="https://kobling.example/i/i1/token"')).toBe(asks);
    expect(mail.text.includes('https://kobling.example/i/i1/token')).toBe(asks);
  });

  test('does without the name of a party that was removed', () => {
    expect(mailText(input({ template, lang, otherName: undefined })).text).not.toContain('undefined');
  });
});

test('quotes both sides as each of them reads it', () => {
  const text = (to: 'a' | 'b') => mailText(input({ to })).text.replace(/\s+/gu, ' ');
  expect(text('a')).toContain('Fallvakt skriver: Vi måler <fall> i hjem Fjordkapital skriver: Vi ser etter måling');
  expect(text('b')).toContain('Fallvakt skriver: Vi ser etter måling Fjordkapital skriver: Vi måler <fall> i hjem');
});

test('shows only the reasons that the adviser left, with labels in the language of the reader', () => {
  const mail = mailText(input({ lang: 'en', introduction: { ...introduction(), reasonsShown: [1] } }));
  expect(mail.text).toContain('Same county');
  expect(mail.text).not.toContain('måler');
});

test('shows at first every fact and at most three quotations that are alike and repeat no sentence', () => {
  const base = suggested().suggestion!.reasons;
  const [quotation, fact] = [base[0]!, base[1]!];
  if (quotation.type !== 'quotation') throw new Error('The first reason is a quotation.');
  const of = (subject: number, candidate: number, similarity = 0.5): Reason => ({
    ...quotation,
    similarity,
    subject: { ...quotation.subject, field: `offers[${subject}]` },
    candidate: { ...quotation.candidate, field: `seeks[${candidate}]` },
  });
  expect(shownAtFirst([of(0, 0), of(0, 1), of(2, 0), of(3, 3, 0.21), of(4, 4), of(5, 5), of(6, 6), fact])).toEqual([
    0, 4, 5, 7,
  ]);
});

test('says which need it is about', () => {
  const mail = mailText(input({ needTitle: 'Fall <om natten>', lang: 'nn' }));
  expect(mail.text).toContain('Det gjeld behovet «Fall <om natten>».');
  expect(mail.html).toContain('«Fall &lt;om natten&gt;»');
});

test('asks to reply by mail where there is no public address and somebody reads replies, else to tell the adviser', () => {
  const mail = mailText(input({ link: undefined, canReply: true }));
  expect(mail.text).toContain('Svar på denne e-posten');
  expect(mail.html).not.toContain('href');
  const unread = mailText(input({ link: undefined }));
  expect(unread.text).not.toContain('Svar på denne e-posten');
  expect(unread.text).toContain('til rådgiveren');
});

test('greets the contact where there is one, and closes with the cluster', () => {
  expect(mailText(input({ ownContactName: 'Kari Lid' })).text).toMatch(/^Hei, Kari Lid i Fallvakt\.\n/u);
  expect(mailText(input()).text).toMatch(/^Hei, Fallvakt\.\n[^]*\nHilsen klyngen\n\nSendt med Kobling\n$/u);
});

test('says facts in words: stages, amounts with their unit, and places', () => {
  const base = introduction();
  const fact = (code: 'stage-named' | 'ticket-fits' | 'place-fits', subject: Fact, candidate: Fact): Reason => ({
    type: 'fact',
    code,
    label: '',
    subject,
    candidate,
  });
  const reasons = [
    fact('stage-named', { field: 'fundingStage', value: 'pre-seed' }, { field: 'stages', value: ['pre-seed', 'seed'] }),
    fact(
      'ticket-fits',
      { field: 'raisingNok', value: 12_000_000 },
      { field: 'ticketMinNok, ticketMaxNok', value: [null, 5_000_000] },
    ),
    fact('place-fits', { field: 'country', value: 'NO' }, { field: 'geographies', value: ['Norden'] }),
  ];
  const mail = (lang: Language) =>
    mailText(
      input({
        lang,
        introduction: { ...base, reasonsShown: [0, 1, 2], suggestion: { ...base.suggestion!, reasons } },
      }),
    ).text.replace(/\s+/gu, ' ');
  expect(mail('nb')).toContain('Fallvakt: førsåkorn Fjordkapital: førsåkorn, såkorn');
  expect(mail('nn')).toContain('Fallvakt: 12 000 000 kr Fjordkapital: inntil 5 000 000 kr');
  expect(mail('en')).toContain('Fallvakt: NOK 12,000,000 Fjordkapital: up to NOK 5,000,000');
  expect(mail('en')).toContain('Fallvakt: Norway Fjordkapital: Norden');
});

test('lets no text of anybody become markup, or a second line of the subject', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '\n', '\r', 'b', '/') }), (nasty) => {
      const base = introduction();
      const suggestion = structuredClone(base.suggestion!);
      for (const reason of suggestion.reasons) if (reason.type === 'quotation') reason.subject.quote = nasty;
      const hostile = { ...base, suggestion, message: nasty };
      const mail = mailText(input({ introduction: hostile, ownName: nasty, otherName: `${nasty}X`, link: undefined }));
      expect(mail.subject).not.toMatch(/[\r\n]/u);
      const tags = (html: string) => html.replace(/<br>/gu, '').match(/<[^>]*>/gu);
      const plain = mailText(input({ introduction: { ...base, message: 'x' }, link: undefined }));
      expect(tags(mail.html)).toEqual(tags(plain.html));
    }),
  );
});
