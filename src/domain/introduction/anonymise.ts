import { watched } from './apply.ts';
import { erasedId, sides, type Introduction, type PartyOfIntroduction } from './introduction.ts';
import { partiesOf } from './new-introduction.ts';

const erasedText = '[erased]';

/**
 * What may be kept when a party is removed: that there was an introduction, how it went and what came of it. Names, texts,
 * quotations of both (they stand side by side) and the addressee of its mails go. Call it once the introduction has ended.
 */
export function anonymise(introduction: Introduction, type: 'member' | 'need', id: string): Introduction {
  const isGone = (party: PartyOfIntroduction) =>
    (party.type === type && party.id === id) || (type === 'member' && party.memberId === id);
  const erase = (party: PartyOfIntroduction): PartyOfIntroduction =>
    isGone(party) ? { type: party.type, id: erasedId, memberId: erasedId } : party;
  const a = erase(introduction.a);
  const b = erase(introduction.b);
  const goneSides = sides.filter((side) => isGone(introduction[side]));
  const actor = (text: string) => (text === `member:${id}` ? `member:${erasedId}` : text);
  const words = (text: string | undefined) => (text === undefined ? undefined : erasedText);
  const { suggestion, meeting } = introduction;
  return watched({
    ...introduction,
    a,
    b,
    subjectId: a.id,
    counterpartId: b.id,
    parties: partiesOf(a, b).filter((party) => !party.endsWith(`:${erasedId}`)),
    pairKey: undefined,
    capSlots: undefined,
    capMonths: [],
    message: words(introduction.message),
    reasonsShown: [],
    suggestion: suggestion && { ...suggestion, reasons: [], missing: [] },
    gate: undefined,
    meeting: meeting && { at: meeting.at },
    outcomes: introduction.outcomes.map((one) => ({ ...one, confirmedBy: erasedText, text: words(one.text) })),
    history: introduction.history.map((entry) => ({ ...entry, actor: actor(entry.actor), text: words(entry.text) })),
    outbox: introduction.outbox.map((mail) =>
      mail.state === 'waiting' && goneSides.includes(mail.to)
        ? { ...mail, state: 'dropped' as const, error: 'The party was removed.' }
        : mail,
    ),
    undo: undefined,
  });
}
