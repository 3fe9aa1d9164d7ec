/** Words on the sheets. */
import type { Language } from '../../domain/member.ts';

export const sheetWords: Readonly<
  Record<
    Language,
    Record<
      | 'agenda'
      | 'tablePlan'
      | 'moderator'
      | 'round'
      | 'time'
      | 'table'
      | 'with'
      | 'free'
      | 'who'
      | 'here'
      | 'meetings'
      | 'notPublished'
      | 'pause'
      | 'about',
      string
    >
  >
> = {
  nb: {
    agenda: 'Møteprogram',
    tablePlan: 'Bordplan',
    moderator: 'Møteleders liste',
    round: 'Runde',
    time: 'Tid',
    table: 'Bord',
    with: 'Møter',
    free: 'ledig',
    who: 'Deltaker',
    here: 'Møtt fram',
    meetings: 'Møter',
    notPublished: 'Utkast – ikke publisert',
    pause: 'Pause',
    about: 'Tema',
  },
  nn: {
    agenda: 'Møteprogram',
    tablePlan: 'Bordplan',
    moderator: 'Lista til møteleiaren',
    round: 'Runde',
    time: 'Tid',
    table: 'Bord',
    with: 'Møter',
    free: 'ledig',
    who: 'Deltakar',
    here: 'Møtt fram',
    meetings: 'Møte',
    notPublished: 'Utkast – ikkje publisert',
    pause: 'Pause',
    about: 'Tema',
  },
  en: {
    agenda: 'Meeting programme',
    tablePlan: 'Table plan',
    moderator: "Moderator's list",
    round: 'Round',
    time: 'Time',
    table: 'Table',
    with: 'Meets',
    free: 'free',
    who: 'Attendee',
    here: 'Here',
    meetings: 'Meetings',
    notPublished: 'Draft – not published',
    pause: 'Break',
    about: 'Topic',
  },
};
