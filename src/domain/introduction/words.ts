/** What people outside read, in their language: mails and the page behind their link. Plain words, no pressure. */
import { defaultTimeZone } from '../day.ts';
import type { Language } from '../member.ts';
import type { DeclineCode, MailTemplate } from './introduction.ts';

/** Values that the sentences take. Names are as stored; dates already in words. */
export interface MailFacts {
  own: string;
  other: string;
  answerBy: string;
  until: string;
  meetingAt: string;
  place: string | undefined;
}
interface MailWords {
  subject(facts: MailFacts): string;
  paragraphs(facts: MailFacts): string[];
}

export interface PageWords {
  /** To the contact where there is one, and to the party. */
  greeting(contact: string | undefined, name: string): string;
  about(needTitle: string): string;
  reasons: string;
  writes(name: string): string;
  message: string;
  answer: string;
  replyToAnswer: string;
  /** Where a reply would reach nobody. */
  tellAdviser: string;
  contact: string;
  noContact: string;
  signature: string;
  sentWith: string;
  /** When the other party is not here any more. */
  someone: string;
  accept: string;
  decline: string;
  declineWhy: string;
  withdraw: string;
  postpone: string;
  postponeUntil: string;
  addText: string;
  thanksAccepted: string;
  waitsForOther: string;
  invalidLink: string;
  notNow: string;
  closed: string;
  postponedUntil(date: string): string;
  chooseDay: string;
}

const placeOf = (before: string, place: string | undefined) => (place === undefined ? '' : ` ${before}: ${place}.`);

export const mailWords: Readonly<Record<Language, Readonly<Record<MailTemplate, MailWords>>>> = {
  nb: {
    request: {
      subject: ({ other }) => `Forslag: bli kjent med ${other}?`,
      paragraphs: ({ own, other, answerBy }) => [
        `Vi tror at ${own} og ${other} kan ha nytte av å snakke sammen.`,
        `Dere velger selv. Kontaktopplysninger deles først når begge har sagt ja. Svar gjerne innen ${answerBy}; hører vi ikke noe, lar vi saken ligge.`,
      ],
    },
    reminder: {
      subject: ({ other }) => `Påminnelse: bli kjent med ${other}?`,
      paragraphs: ({ other, answerBy }) => [
        `Vi spurte nylig om dere vil bli kjent med ${other}, og har ikke sett noe svar.`,
        `Det holder å svare innen ${answerBy}. Dette er den eneste påminnelsen. Et nei er helt i orden.`,
      ],
    },
    accepted: {
      subject: ({ other }) => `Begge har sagt ja: ${other}`,
      paragraphs: ({ own, other }) => [
        `Både ${own} og ${other} har sagt ja til å bli kjent. Her er kontaktopplysningene; dere kan ta kontakt direkte.`,
      ],
    },
    declined: {
      subject: ({ other }) => `Det ble ikke noe møte med ${other} denne gangen`,
      paragraphs: ({ other }) => [`${other} takket nei denne gangen. Dere trenger ikke gjøre noe.`],
    },
    expired: {
      subject: ({ other }) => `Ikke noe svar fra ${other}`,
      paragraphs: ({ other }) => [
        `${other} har ikke svart innen fristen, så vi lar saken ligge. Takk for at dere svarte.`,
      ],
    },
    postponed: {
      subject: ({ other }) => `Introduksjonen til ${other} er utsatt`,
      paragraphs: ({ until }) => [
        `Introduksjonen er satt på vent til ${until}. Vi spør dere igjen da; dere trenger ikke gjøre noe nå.`,
      ],
    },
    withdrawn: {
      subject: ({ other }) => `Introduksjonen til ${other} er trukket tilbake`,
      paragraphs: () => ['Introduksjonen er trukket tilbake. Dere trenger ikke gjøre noe.'],
    },
    scheduled: {
      subject: ({ other, meetingAt }) => `Møte med ${other}: ${meetingAt}`,
      paragraphs: ({ other, meetingAt, place }) => [
        `Møtet med ${other} er satt til ${meetingAt}.${placeOf('Sted', place)}`,
      ],
    },
  },
  nn: {
    request: {
      subject: ({ other }) => `Framlegg: verte kjend med ${other}?`,
      paragraphs: ({ own, other, answerBy }) => [
        `Vi trur at ${own} og ${other} kan ha nytte av å snakke saman.`,
        `De vel sjølve. Kontaktopplysningar vert ikkje delte før båe har sagt ja. Svar gjerne innan ${answerBy}; høyrer vi ikkje noko, lèt vi saka liggje.`,
      ],
    },
    reminder: {
      subject: ({ other }) => `Påminning: verte kjend med ${other}?`,
      paragraphs: ({ other, answerBy }) => [
        `Vi spurde nyleg om de vil verte kjende med ${other}, og har ikkje sett noko svar.`,
        `Det held å svare innan ${answerBy}. Dette er den einaste påminninga. Eit nei er heilt i orden.`,
      ],
    },
    accepted: {
      subject: ({ other }) => `Båe har sagt ja: ${other}`,
      paragraphs: ({ own, other }) => [
        `Både ${own} og ${other} har sagt ja til å verte kjende. Her er kontaktopplysningane; de kan ta kontakt direkte.`,
      ],
    },
    declined: {
      subject: ({ other }) => `Det vart ikkje noko møte med ${other} denne gongen`,
      paragraphs: ({ other }) => [`${other} takka nei denne gongen. De treng ikkje gjere noko.`],
    },
    expired: {
      subject: ({ other }) => `Ikkje noko svar frå ${other}`,
      paragraphs: ({ other }) => [
        `${other} har ikkje svart innan fristen, så vi lèt saka liggje. Takk for at de svara.`,
      ],
    },
    postponed: {
      subject: ({ other }) => `Introduksjonen til ${other} er utsett`,
      paragraphs: ({ until }) => [
        `Introduksjonen er sett på vent til ${until}. Vi spør dykk att då; de treng ikkje gjere noko no.`,
      ],
    },
    withdrawn: {
      subject: ({ other }) => `Introduksjonen til ${other} er trekt attende`,
      paragraphs: () => ['Introduksjonen er trekt attende. De treng ikkje gjere noko.'],
    },
    scheduled: {
      subject: ({ other, meetingAt }) => `Møte med ${other}: ${meetingAt}`,
      paragraphs: ({ other, meetingAt, place }) => [
        `Møtet med ${other} er sett til ${meetingAt}.${placeOf('Stad', place)}`,
      ],
    },
  },
  en: {
    request: {
      subject: ({ other }) => `Suggestion: meet ${other}?`,
      paragraphs: ({ own, other, answerBy }) => [
        `We think that ${own} and ${other} could gain from talking to each other.`,
        `It is your choice. Contact details are shared only once both have said yes. Please answer by ${answerBy}; if we hear nothing, we leave it there.`,
      ],
    },
    reminder: {
      subject: ({ other }) => `Reminder: meet ${other}?`,
      paragraphs: ({ other, answerBy }) => [
        `We asked lately whether you would like to meet ${other}, and have not seen an answer.`,
        `An answer by ${answerBy} is fine. This is the only reminder. A no is quite all right.`,
      ],
    },
    accepted: {
      subject: ({ other }) => `Both have said yes: ${other}`,
      paragraphs: ({ own, other }) => [
        `Both ${own} and ${other} have said yes to meeting. Here are the contact details; you can get in touch directly.`,
      ],
    },
    declined: {
      subject: ({ other }) => `No meeting with ${other} this time`,
      paragraphs: ({ other }) => [`${other} said no this time. You need not do anything.`],
    },
    expired: {
      subject: ({ other }) => `No answer from ${other}`,
      paragraphs: ({ other }) => [
        `${other} has not answered in time, so we leave it there. Thank you for your answer.`,
      ],
    },
    postponed: {
      subject: ({ other }) => `The introduction to ${other} is postponed`,
      paragraphs: ({ until }) => [
        `The introduction waits until ${until}. We will ask you again then; you need not do anything now.`,
      ],
    },
    withdrawn: {
      subject: ({ other }) => `The introduction to ${other} has been withdrawn`,
      paragraphs: () => ['The introduction has been withdrawn. You need not do anything.'],
    },
    scheduled: {
      subject: ({ other, meetingAt }) => `Meeting with ${other}: ${meetingAt}`,
      paragraphs: ({ other, meetingAt, place }) => [
        `The meeting with ${other} is set for ${meetingAt}.${placeOf('Place', place)}`,
      ],
    },
  },
};

export const pageWords: Readonly<Record<Language, PageWords>> = {
  nb: {
    greeting: (contact, name) => (contact === undefined ? `Hei, ${name}` : `Hei, ${contact} i ${name}`),
    about: (title) => `Det gjelder behovet «${title}».`,
    reasons: 'Hvorfor vi tenkte på dere',
    writes: (name) => `${name} skriver`,
    message: 'Fra rådgiveren',
    answer: 'Se forslaget og svar',
    replyToAnswer: 'Svar på denne e-posten med ja, nei eller senere, så ordner rådgiveren resten.',
    tellAdviser: 'Si ja, nei eller senere til rådgiveren i klyngen, som ordner resten.',
    contact: 'Kontakt',
    noContact: 'Den andre parten har ikke lagt inn kontaktopplysninger; rådgiveren hjelper dere videre.',
    signature: 'Hilsen klyngen',
    sentWith: 'Sendt med Kobling',
    someone: 'den andre parten',
    accept: 'Ja, vi vil bli kjent',
    decline: 'Nei takk',
    declineWhy: 'Grunn (vises bare for rådgiveren)',
    withdraw: 'Vi har ombestemt oss',
    postpone: 'Ikke nå, spør igjen senere',
    postponeUntil: 'Spør igjen fra',
    addText: 'Noen ord til rådgiveren (kan stå tomt)',
    thanksAccepted: 'Takk, dere har sagt ja.',
    waitsForOther: 'Nå venter vi på svar fra den andre parten.',
    invalidLink: 'Lenken gjelder ikke lenger. Bruk lenken i den nyeste e-posten, eller spør rådgiveren.',
    notNow: 'Det svaret kan ikke gis nå.',
    closed: 'Saken er avsluttet. Dere trenger ikke gjøre noe.',
    postponedUntil: (date) => `Saken er satt på vent til ${date}.`,
    chooseDay: 'Velg en dag etter i dag.',
  },
  nn: {
    greeting: (contact, name) => (contact === undefined ? `Hei, ${name}` : `Hei, ${contact} i ${name}`),
    about: (title) => `Det gjeld behovet «${title}».`,
    reasons: 'Kvifor vi tenkte på dykk',
    writes: (name) => `${name} skriv`,
    message: 'Frå rådgjevaren',
    answer: 'Sjå framlegget og svar',
    replyToAnswer: 'Svar på denne e-posten med ja, nei eller seinare, så ordnar rådgjevaren resten.',
    tellAdviser: 'Sei ja, nei eller seinare til rådgjevaren i klynga, som ordnar resten.',
    contact: 'Kontakt',
    noContact: 'Den andre parten har ikkje lagt inn kontaktopplysningar; rådgjevaren hjelper dykk vidare.',
    signature: 'Helsing klynga',
    sentWith: 'Sendt med Kobling',
    someone: 'den andre parten',
    accept: 'Ja, vi vil verte kjende',
    decline: 'Nei takk',
    declineWhy: 'Grunn (syner berre for rådgjevaren)',
    withdraw: 'Vi har ombestemt oss',
    postpone: 'Ikkje no, spør att seinare',
    postponeUntil: 'Spør att frå',
    addText: 'Nokre ord til rådgjevaren (kan stå tomt)',
    thanksAccepted: 'Takk, de har sagt ja.',
    waitsForOther: 'No ventar vi på svar frå den andre parten.',
    invalidLink: 'Lenkja gjeld ikkje lenger. Bruk lenkja i den nyaste e-posten, eller spør rådgjevaren.',
    notNow: 'Det svaret kan ikkje gjevast no.',
    closed: 'Saka er avslutta. De treng ikkje gjere noko.',
    postponedUntil: (date) => `Saka er sett på vent til ${date}.`,
    chooseDay: 'Vel ein dag etter i dag.',
  },
  en: {
    greeting: (contact, name) => (contact === undefined ? `Hello, ${name}` : `Hello, ${contact} at ${name}`),
    about: (title) => `It is about the need “${title}”.`,
    reasons: 'Why we thought of you',
    writes: (name) => `${name} writes`,
    message: 'From the adviser',
    answer: 'See the suggestion and answer',
    replyToAnswer: 'Reply to this mail with yes, no or later, and the adviser does the rest.',
    tellAdviser: 'Say yes, no or later to the adviser of the cluster, who does the rest.',
    contact: 'Contact',
    noContact: 'The other party has given no contact details; the adviser will help you on.',
    signature: 'Regards from the cluster',
    sentWith: 'Sent with Kobling',
    someone: 'the other party',
    accept: 'Yes, we would like to meet',
    decline: 'No, thank you',
    declineWhy: 'Reason (only the adviser sees it)',
    withdraw: 'We have changed our minds',
    postpone: 'Not now, ask again later',
    postponeUntil: 'Ask again from',
    addText: 'A few words to the adviser (may be left empty)',
    thanksAccepted: 'Thank you, you have said yes.',
    waitsForOther: 'Now we wait for the other party to answer.',
    invalidLink: 'The link is not valid any more. Use the one in the newest mail, or ask the adviser.',
    notNow: 'That answer cannot be given now.',
    closed: 'This has ended. You need not do anything.',
    postponedUntil: (date) => `This waits until ${date}.`,
    chooseDay: 'Choose a day after today.',
  },
};

export const declineWords: Readonly<Record<DeclineCode, Readonly<Record<Language, string>>>> = {
  'not-relevant': { nb: 'Ikke relevant for oss', nn: 'Ikkje relevant for oss', en: 'Not relevant for us' },
  'bad-timing': { nb: 'Passer ikke i tid', nn: 'Passar ikkje i tid', en: 'Not the right time' },
  'stage-or-size': {
    nb: 'Fase eller beløp passer ikke',
    nn: 'Fase eller beløp passar ikkje',
    en: 'Stage or amount does not fit',
  },
  'no-capacity': { nb: 'Vi har ikke kapasitet', nn: 'Vi har ikkje kapasitet', en: 'We have no capacity' },
  'already-in-contact': { nb: 'Vi er allerede i kontakt', nn: 'Vi er alt i kontakt', en: 'We are in contact already' },
  conflict: { nb: 'Interessekonflikt', nn: 'Interessekonflikt', en: 'Conflict of interest' },
  other: { nb: 'Annet', nn: 'Anna', en: 'Other' },
};

/** A day, or a moment, in words; Norwegian time. */
export const dayInWords = (at: string, lang: Language): string =>
  new Intl.DateTimeFormat(localeOf[lang], { dateStyle: 'long', timeZone: defaultTimeZone }).format(new Date(at));
export const momentInWords = (at: string, lang: Language): string =>
  new Intl.DateTimeFormat(localeOf[lang], { dateStyle: 'long', timeStyle: 'short', timeZone: defaultTimeZone }).format(
    new Date(at),
  );
const localeOf: Readonly<Record<Language, string>> = { nb: 'nb-NO', nn: 'nn-NO', en: 'en-GB' };
