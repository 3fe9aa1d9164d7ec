/** Words of the mails about a programme. */
import type { Language } from '../member.ts';
import type { AgendaChange } from './agenda-mail.ts';

interface MailWords extends Record<AgendaChange['kind'], string> {
  subject: (event: string) => string;
  isReady: (event: string) => string;
  hasChanged: (event: string) => string;
  changes: string;
  /** Goes before the time at which a meeting was. */
  before: string;
  now: string;
  attached: string;
}

export const mailWords: Readonly<Record<Language, MailWords>> = {
  nb: {
    subject: (event) => `Møteprogrammet ditt: ${event}`,
    isReady: (event) => `Møteprogrammet ditt for «${event}» er klart.`,
    hasChanged: (event) => `Møteprogrammet ditt for «${event}» er endret.`,
    changes: 'Dette er endret',
    added: 'Nytt møte',
    moved: 'Flyttet',
    changed: 'Endret',
    cancelled: 'Avlyst',
    before: 'før',
    now: 'Slik er møteprogrammet ditt nå',
    attached: 'Programmet ligger ved som kalenderfil.',
  },
  nn: {
    subject: (event) => `Møteprogrammet ditt: ${event}`,
    isReady: (event) => `Møteprogrammet ditt for «${event}» er klart.`,
    hasChanged: (event) => `Møteprogrammet ditt for «${event}» er endra.`,
    changes: 'Dette er endra',
    added: 'Nytt møte',
    moved: 'Flytta',
    changed: 'Endra',
    cancelled: 'Avlyst',
    before: 'før',
    now: 'Slik er møteprogrammet ditt no',
    attached: 'Programmet ligg ved som kalenderfil.',
  },
  en: {
    subject: (event) => `Your meeting programme: ${event}`,
    isReady: (event) => `Your meeting programme for “${event}” is ready.`,
    hasChanged: (event) => `Your meeting programme for “${event}” has changed.`,
    changes: 'What has changed',
    added: 'New meeting',
    moved: 'Moved',
    changed: 'Changed',
    cancelled: 'Cancelled',
    before: 'before',
    now: 'This is your meeting programme now',
    attached: 'The programme is attached as a calendar file.',
  },
};
