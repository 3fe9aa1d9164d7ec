/** A mail as subject, plain text and HTML, both made from the same blocks. */
import { escapeHtml } from '../html.ts';
import type { Language, Member } from '../member.ts';
import type { Reason } from '../match/explain.ts';
import { labelOf } from '../match/labels.ts';
import { valueInWords } from '../match/value-words.ts';
import type { Introduction, MailTemplate, Side } from './introduction.ts';
import { dayInWords, mailWords, momentInWords, pageWords } from './words.ts';

export interface MailInput {
  template: MailTemplate;
  to: Side;
  introduction: Introduction;
  lang: Language;
  ownName: string;
  /** The person at the receiver who is written to. */
  ownContactName: string | undefined;
  /** Absent once the other party has been removed. */
  otherName: string | undefined;
  /** Of the need that it is about. */
  needTitle: string | undefined;
  /** Of the other party; given only when it may be shown. */
  contact: Member['contact'];
  /** Where to answer; absent where the service has no public address. */
  link: string | undefined;
  /** Whether somebody reads what is sent back to the sender. */
  canReply: boolean;
}
export interface MailText {
  subject: string;
  text: string;
  html: string;
}

export type Block =
  | { kind: 'paragraph' | 'heading' | 'note'; text: string }
  | { kind: 'list'; items: string[] }
  | { kind: 'message'; title: string; text: string }
  | { kind: 'quotes'; title: string; quotes: { who: string; text: string }[] }
  | { kind: 'link'; text: string; href: string };

export function mailText(input: MailInput): MailText {
  const { template, lang, introduction, ownName, link } = input;
  const words = pageWords[lang];
  const { answerBy, postponedUntil, meeting } = introduction;
  const facts = {
    own: ownName,
    other: input.otherName ?? words.someone,
    answerBy: answerBy === undefined ? '' : dayInWords(answerBy, lang),
    until: postponedUntil === undefined ? '' : dayInWords(postponedUntil, lang),
    meetingAt: meeting === undefined ? '' : momentInWords(meeting.at, lang),
    place: meeting?.place,
  };
  const { subject, paragraphs } = mailWords[lang][template];
  const asks = template === 'request' || template === 'reminder';
  const blocks: Block[] = [
    { kind: 'paragraph', text: `${words.greeting(input.ownContactName, ownName)}.` },
    ...paragraphs(facts).map((text): Block => ({ kind: 'paragraph', text })),
    ...aboutBlocks(input.needTitle, lang),
    ...(asks ? pitchBlocks(introduction, input.to, lang, facts) : []),
    ...(template === 'accepted' ? contactBlocks(input.contact, facts.other, lang) : []),
    ...(!asks
      ? []
      : [
          link === undefined
            ? ({ kind: 'paragraph', text: input.canReply ? words.replyToAnswer : words.tellAdviser } as const)
            : ({ kind: 'link', text: words.answer, href: link } as const),
        ]),
    { kind: 'paragraph', text: words.signature },
    { kind: 'note', text: words.sentWith },
  ];
  const title = oneLine(subject(facts));
  return { subject: title, text: textOf(blocks), html: pageOf(title, lang, htmlOf(blocks)) };
}

export const aboutBlocks = (needTitle: string | undefined, lang: Language): Block[] =>
  needTitle === undefined ? [] : [{ kind: 'paragraph', text: pageWords[lang].about(needTitle) }];

/** Of the side that reads, and of the other. */
export interface PartyNames {
  own: string;
  other: string;
}

/** The adviser's message and the reasons shown, as one side reads them. */
export function pitchBlocks(introduction: Introduction, side: Side, lang: Language, names: PartyNames): Block[] {
  const words = pageWords[lang];
  const { message, suggestion, reasonsShown } = introduction;
  const reasons = reasonsShown.flatMap((index) => suggestion?.reasons[index] ?? []);
  return [
    ...(message === undefined ? [] : [{ kind: 'message', title: words.message, text: message } as const]),
    ...(reasons.length === 0 ? [] : [{ kind: 'heading', text: words.reasons } as const]),
    ...reasons.map((reason) => reasonBlock(reason, side, lang, names)),
  ];
}

function reasonBlock(reason: Reason, side: Side, lang: Language, names: PartyNames): Block {
  const [own, other] = side === 'a' ? [reason.subject, reason.candidate] : [reason.candidate, reason.subject];
  const said = (one: typeof own): string | undefined =>
    one === undefined ? undefined : 'quote' in one ? one.quote : valueInWords(one, lang);
  const who = (name: string) => (reason.type === 'quotation' ? pageWords[lang].writes(name) : name);
  const quotes = [
    { who: who(names.own), text: said(own) },
    { who: who(names.other), text: said(other) },
  ].flatMap(({ who, text }) => (text === undefined ? [] : [{ who, text }]));
  return { kind: 'quotes', title: labelOf(reason.code, lang), quotes };
}

export function contactBlocks(contact: Member['contact'], name: string, lang: Language): Block[] {
  const words = pageWords[lang];
  const lines = [contact?.name, contact?.email, contact?.phone].flatMap((line) => line ?? []);
  return [
    { kind: 'heading', text: `${words.contact}: ${name}` },
    ...(lines.length === 0 ? [words.noContact] : lines).map((text): Block => ({ kind: 'paragraph', text })),
  ];
}

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim();
const indented = (text: string): string => text.replace(/^/gmu, '  ');

export function textOf(blocks: readonly Block[]): string {
  const parts = blocks.map((block) => {
    switch (block.kind) {
      case 'list':
        return block.items.map((item) => `- ${item}`).join('\n');
      case 'message':
        return `${block.title}:\n${indented(block.text)}`;
      case 'quotes':
        return [
          `- ${block.title}`,
          ...block.quotes.map(({ who, text }) => `${indented(who)}:\n${indented(indented(text))}`),
        ].join('\n');
      case 'link':
        return `${block.text}:\n${block.href}`;
      default:
        return block.text;
    }
  });
  return `${parts.join('\n\n')}\n`;
}

export function htmlOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      switch (block.kind) {
        case 'heading':
          return `<h2>${escapeHtml(block.text)}</h2>`;
        case 'note':
          return `<p><small>${escapeHtml(block.text)}</small></p>`;
        case 'list':
          return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
        case 'message':
          return `<h2>${escapeHtml(block.title)}</h2><blockquote>${lines(block.text)}</blockquote>`;
        case 'quotes':
          return `<p><strong>${escapeHtml(block.title)}</strong></p>${block.quotes
            .map(({ who, text }) => `<p>${escapeHtml(who)}:</p><blockquote>${lines(text)}</blockquote>`)
            .join('')}`;
        case 'link':
          return `<p><a href="${escapeHtml(block.href)}">${escapeHtml(block.text)}</a></p>`;
        default:
          return `<p>${lines(block.text)}</p>`;
      }
    })
    .join('\n');
}

const lines = (text: string): string => escapeHtml(text).replace(/\r?\n/gu, '<br>');

/** No images, scripts or addresses to fetch: opening a mail or the page tells nobody anything. */
export const pageOf = (title: string, lang: Language, body: string): string => `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>
:root { color-scheme: light dark; } body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; } blockquote { margin: .25rem 0 .75rem; border-left: .2rem solid #8886; padding-left: .75rem; }
form { border-top: 1px solid #8886; padding: .5rem 0 1rem; } label { display: block; margin: .5rem 0; }
button, select, input, textarea { font: inherit; } textarea { width: 100%; box-sizing: border-box; }
button { padding: .5rem 1rem; } :focus-visible { outline: 3px solid #0062ba; outline-offset: 2px; }
</style></head><body><main>
${body}
</main></body></html>
`;
