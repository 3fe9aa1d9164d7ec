/** What a side sees behind its link: the suggestion with the three answers, or how things stand. */
import { allowedEvents } from '../domain/introduction/apply.ts';
import { escapeHtml } from '../domain/html.ts';
import {
  declineCodes,
  otherSide,
  showsContacts,
  type Introduction,
  type Side,
} from '../domain/introduction/introduction.ts';
import {
  aboutBlocks,
  contactBlocks,
  htmlOf,
  pageOf,
  pitchBlocks,
  type Block,
} from '../domain/introduction/mail-text.ts';
import { dayInWords, declineWords, mailWords, momentInWords, pageWords } from '../domain/introduction/words.ts';
import type { Language, Member } from '../domain/member.ts';

export interface AnswerPageInput {
  introduction: Introduction;
  side: Side;
  lang: Language;
  ownName: string;
  otherName: string | undefined;
  needTitle: string | undefined;
  /** Of the other party; shown only when it may be. */
  contact: Member['contact'];
  /** YYYY-MM-DD, the first day that can be chosen. */
  tomorrow: string;
  /** Why the answer just given was not taken. */
  fault?: string | undefined;
}

export function answerPage(input: AnswerPageInput): string {
  const { introduction, side, lang, ownName, fault } = input;
  const words = pageWords[lang];
  const other = input.otherName ?? words.someone;
  const allowed = allowedEvents(introduction, side);
  const asks = allowed.includes('accept');
  const mayWithdraw =
    !asks &&
    allowed.includes('withdraw') &&
    ['accepted-by-a', 'accepted-by-b', 'accepted', 'scheduled'].includes(introduction.state);
  const { subject, paragraphs } = mailWords[lang].request;
  const facts = {
    own: ownName,
    other,
    answerBy: introduction.answerBy === undefined ? '' : dayInWords(introduction.answerBy, lang),
    until: '',
    meetingAt: '',
    place: undefined,
  };
  const title = subject(facts);
  const blocks: Block[] = asks
    ? [
        ...paragraphs(facts).map((text): Block => ({ kind: 'paragraph', text })),
        ...aboutBlocks(input.needTitle, lang),
        ...pitchBlocks(introduction, side, lang, { own: ownName, other }),
      ]
    : standing(input, other);
  const body = [
    `<h1>${escapeHtml(asks ? title : other)}</h1>`,
    fault === undefined ? '' : `<p role="alert"><strong>${escapeHtml(fault)}</strong></p>`,
    htmlOf(blocks),
    asks ? answerForms(lang, input.tomorrow) : '',
    mayWithdraw ? formOf('withdraw', words.withdraw, textField(lang)) : '',
  ];
  return pageOf(title, lang, body.join('\n'));
}

/** How things stand, for a side that is not asked for anything. */
function standing({ introduction, side, lang, contact }: AnswerPageInput, other: string): Block[] {
  const words = pageWords[lang];
  const say = (text: string): Block => ({ kind: 'paragraph', text });
  if (showsContacts(introduction)) {
    const { meeting } = introduction;
    const met =
      meeting &&
      mailWords[lang].scheduled.paragraphs({
        ...noFacts,
        other,
        meetingAt: momentInWords(meeting.at, lang),
        place: meeting.place,
      });
    return [...contactBlocks(contact, other, lang), ...(met ?? []).map(say)];
  }
  if (introduction.postponedUntil !== undefined)
    return [say(words.postponedUntil(dayInWords(introduction.postponedUntil, lang)))];
  if (
    introduction.accepted[side] !== undefined &&
    introduction.accepted[otherSide(side)] === undefined &&
    introduction.answerBy !== undefined
  )
    return [say(words.thanksAccepted), say(words.waitsForOther)];
  return [say(words.closed)];
}
const noFacts = { own: '', other: '', answerBy: '', until: '', meetingAt: '', place: undefined };

/** Each answer is a form of its own, sent only by its button. */
const formOf = (answer: string, button: string, fields = ''): string =>
  `<form method="post"><input type="hidden" name="answer" value="${answer}">${fields}<button>${escapeHtml(button)}</button></form>`;

const textField = (lang: Language): string =>
  `<label>${escapeHtml(pageWords[lang].addText)}<textarea name="text" rows="2" maxlength="2000"></textarea></label>`;

function answerForms(lang: Language, tomorrow: string): string {
  const words = pageWords[lang];
  const day = `<label>${escapeHtml(words.postponeUntil)} <input type="date" name="until" required min="${tomorrow}"></label>`;
  const codes = declineCodes
    .map((code) => `<option value="${code}">${escapeHtml(declineWords[code][lang])}</option>`)
    .join('');
  const why = `<label>${escapeHtml(words.declineWhy)} <select name="code">${codes}</select></label>`;
  return [
    formOf('accept', words.accept),
    formOf('postpone', words.postpone, day + textField(lang)),
    formOf('decline', words.decline, why + textField(lang)),
  ].join('\n');
}

export const invalidLinkPage = (): string =>
  pageOf(
    'Kobling',
    'nb',
    `<h1>Kobling</h1>\n${htmlOf([...(['nb', 'en'] as const)].map((lang) => ({ kind: 'paragraph', text: pageWords[lang].invalidLink })))}`,
  );
