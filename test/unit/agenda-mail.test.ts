import { expect, test } from '@jest/globals';
import { agendaChanges, agendaMail } from '../../src/domain/programme/agenda-mail.ts';
import { timed, type PlannedMeeting, type TimedMeeting } from '../../src/domain/programme/plan.ts';
import type { Language } from '../../src/domain/member.ts';

const times = { date: '2027-01-12', rounds: 4, slotMinutes: 20, breakAfterRounds: [2] };
const meeting = (other: string, round: number, more: Partial<PlannedMeeting> = {}): TimedMeeting =>
  timed(times, [{ id: `a~${other}`, people: ['a', other], origin: 'request', value: 0, round, table: 1, ...more }])[0]!;
const before = [meeting('b', 1), meeting('c', 2), meeting('d', 3), meeting('e', 4)];
const after = [meeting('b', 1), meeting('f', 2, { needId: 'n' }), meeting('d', 3, { table: 2 }), meeting('c', 4)];
const names: Record<string, string> = { a: 'Alfa AS', b: 'Beta AS', c: 'Gamma', d: 'Delta', e: 'Eta', f: '<Phi> & co' };
const mailOf = (language: Language, told: TimedMeeting[], meetings: TimedMeeting[], contactName?: string) =>
  agendaMail({
    ...{ event: { name: 'Helsedagen' }, times, attendeeId: 'a', language, contactName, told, meetings },
    nameOf: (id) => names[id]!,
    topicOf: () => 'Fallsensor',
  });

test('each change of an agenda has its kind, and what stayed is none', () => {
  expect(agendaChanges(before, after).map(({ kind, meeting }) => `${kind} ${meeting.id}`)).toEqual([
    'added a~f',
    'changed a~d',
    'moved a~c',
    'cancelled a~e',
  ]);
  expect(agendaChanges(before, before)).toEqual([]);
});

test.each([
  ['nb', 'er endret', ['Nytt møte', 'Endret', 'Flyttet', 'Avlyst'], 'tirsdag 12. januar 2027', 'før'],
  ['nn', 'er endra', ['Nytt møte', 'Endra', 'Flytta', 'Avlyst'], 'tysdag 12. januar 2027', 'før'],
  ['en', 'has changed', ['New meeting', 'Changed', 'Moved', 'Cancelled'], 'Tuesday, 12 January 2027', 'before'],
] as const)('a mail in %s greets, names the event and tells each change', (language, said, kinds, day, was) => {
  const { subject, text, html } = mailOf(language, before, after, 'Kari');
  expect(subject).toContain('Helsedagen');
  expect(text).toMatch(/^(Hei|Hello), Kari (i|at) Alfa AS\./);
  expect(text).toContain(said);
  const [added, changed, moved, cancelled] = kinds;
  expect(text).toContain(`- ${added}: <Phi> & co: Fallsensor, ${day} 09:20–09:40 (`);
  expect(text).toContain(`- ${changed}: Delta, ${day} 09:55–10:15 (`);
  expect(text).toMatch(new RegExp(`- ${moved}: Gamma, ${day} 10:15–10:35 .*, ${was} ${day} 09:20–09:40`));
  expect(text).toContain(`- ${cancelled}: Eta, ${day} 10:15–10:35 (`);
  expect(html).toContain(`<html lang="${language}">`);
  expect(html).toContain(`<li>${added}: &lt;Phi&gt; &amp; co: Fallsensor`);
  expect(html).not.toMatch(/<pre>|<Phi>/);
});

test('the agenda stands day by day with its pauses, the first time without a list of changes', () => {
  const { text } = mailOf('nb', [], before);
  expect(text).toContain('Hei, Alfa AS.\n\nMøteprogrammet ditt for «Helsedagen» er klart.');
  expect(text).toContain(
    'tirsdag 12. januar 2027\n\n- 09:00–09:20 Beta AS (runde 1, bord 1)\n- 09:20–09:40 Gamma (runde 2, bord 1)\n- 09:40–09:55 pause\n',
  );
  expect(text).not.toMatch(/Nytt møte|Dette er endret/);
});

test('somebody whose meetings are all called off is told each, and that none is left', () => {
  const { text } = mailOf('nb', before, []);
  expect(text.match(/- Avlyst: /g)).toHaveLength(4);
  expect(text).toContain('Du har ingen møter i programmet nå.');
});
