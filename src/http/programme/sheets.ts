/** Sheets to print: one person's agenda, the table plan, the moderator's list; and the same as CSV. */
import type { MatchEvent } from '../../domain/event.ts';
import type { Language } from '../../domain/member.ts';
import { escapeHtml } from '../../domain/html.ts';
import { agendaWords, daysOf, spokenDate } from '../../domain/programme/agenda.ts';
import type { PlannedMeeting } from '../../domain/programme/plan.ts';
import { roundsOf, type EventTimes } from '../../domain/programme/rounds.ts';
import { sheetWords } from './words.ts';

export interface SheetInput {
  event: MatchEvent;
  /** Of what is shown: the published programme keeps its own. */
  times: EventTimes;
  meetings: readonly PlannedMeeting[];
  isDraft: boolean;
  nameOf: (id: string) => string;
  /** Of an attendee, else of the event. */
  languageOf: (id: string) => Language;
  /** What the need of a round table is called. */
  topicOf: (needId: string) => string | undefined;
}

const style = `
  :root { color-scheme: light; }
  body { font: 12pt/1.4 system-ui, sans-serif; margin: 2rem; }
  table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; padding: .5rem 0; }
  th, td { border: 1px solid #888; padding: .25rem .5rem; text-align: left; vertical-align: top; }
  thead { display: table-header-group; } tr { break-inside: avoid; } .box { width: 4rem; }
  section { break-after: page; } section:last-child { break-after: auto; }
  @media print { body { margin: 0; } }`;

const languageOf = (event: MatchEvent): Language => event.language ?? 'nb';
const say = (event: MatchEvent) => sheetWords[languageOf(event)];

function page(
  { event, times, isDraft }: SheetInput,
  title: string,
  body: string,
  language: Language = languageOf(event),
): string {
  const draft = isDraft ? `<p><strong>${escapeHtml(sheetWords[language].notPublished)}</strong></p>` : '';
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – ${escapeHtml(event.name)}</title><style>${style}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(event.name)}, ${escapeHtml(spokenDate(times.date, language))}</p>
${draft}${body}
</main></body></html>`;
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', values: readonly string[]) =>
    values.map((value) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${escapeHtml(value)}</${tag}>`).join('');
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${cells('th', heads)}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}</tbody></table>`;
}

/** In the language of who reads it. `personId`: the attendee, or one of its people, who is named then. */
export function agendaHtml(input: SheetInput, attendeeId: string, personId: string): string {
  const { event, times, meetings, nameOf, topicOf } = input;
  const language = input.languageOf(attendeeId);
  const w = sheetWords[language];
  const days = daysOf(times, meetings, attendeeId).map(({ date, items }) => {
    const rows = items.map((item) => {
      if ('pause' in item) return ['', `${item.pause.startsLocal}–${item.pause.endsLocal}`, '', w.pause, ''];
      const { round, meeting, others } = item;
      return [
        String(round.number),
        `${round.startsLocal}–${round.endsLocal}`,
        String(meeting.table),
        others.map(nameOf).join(', '),
        (meeting.needId === undefined ? undefined : topicOf(meeting.needId)) ?? '',
      ];
    });
    return table(spokenDate(date, language), [w.round, w.time, w.table, w.with, w.about], rows);
  });
  const body = days.length === 0 ? `<p>${escapeHtml(agendaWords[language].empty)}</p>` : days.join('\n');
  const person = event.attendeeSettings
    ?.find((one) => one.attendeeId === attendeeId)
    ?.people?.find(({ id }) => id === personId);
  const who = person === undefined ? nameOf(attendeeId) : `${person.name}, ${nameOf(attendeeId)}`;
  return page(input, `${w.agenda}: ${who}`, body, language);
}

/** One row a table, one column a round. */
export function tablePlanHtml(input: SheetInput): string {
  const { event, times, meetings, nameOf } = input;
  const w = say(event);
  const rounds = roundsOf(times);
  const at = new Map(meetings.map((meeting) => [`${meeting.round}:${meeting.table}`, meeting]));
  const rows = [...new Set(meetings.map(({ table }) => table))]
    .sort((a, b) => a - b)
    .map((number) => [
      String(number),
      ...rounds.map((round) => at.get(`${round.number}:${number}`)?.people.map(nameOf).join(' + ') ?? ''),
    ]);
  const heads = [w.table, ...rounds.map((round) => `${round.number}: ${round.startsLocal}`)];
  return page(input, w.tablePlan, table(w.tablePlan, heads, rows));
}

/** A section for each round: who should be where, and who is free; then the list to tick people off at the door. */
export function moderatorHtml(input: SheetInput): string {
  const { event, times, meetings, nameOf } = input;
  const w = say(event);
  const pauses = new Set(times.breakAfterRounds ?? []);
  const sections = roundsOf(times).map((round) => {
    const here = meetings.filter((meeting) => meeting.round === round.number);
    const busy = new Set(here.flatMap(({ people }) => people));
    const free = event.attendees.filter((id) => !busy.has(id)).map(nameOf);
    const rows = here.map((meeting) => [String(meeting.table), meeting.people.map(nameOf).join(' + '), '']);
    return `<section>${table(`${w.round} ${round.number}, ${round.startsLocal}–${round.endsLocal}`, [w.table, w.with, w.here], rows)}
<p>${escapeHtml(w.free)}: ${escapeHtml(free.join(', '))}</p>${pauses.has(round.number) ? `<p>${escapeHtml(w.pause)}</p>` : ''}</section>`;
  });
  const people = event.attendees.flatMap((id) => {
    const names = event.attendeeSettings?.find(({ attendeeId }) => attendeeId === id)?.people ?? [];
    const count = String(meetings.filter((meeting) => meeting.people.includes(id)).length);
    return [[nameOf(id), names.map(({ name }) => name).join(', '), count, '']];
  });
  const door = table(w.here, [w.who, '', w.meetings, w.here], people);
  return page(input, w.moderator, `${sections.join('\n')}<section>${door}</section>`);
}

/** One row a person and meeting, RFC 4180, UTF-8, times in the zone of the event. A cell that a spreadsheet would run as a formula gets a quote in front. */
export function programmeCsv({ times, meetings, nameOf }: SheetInput): string {
  const rounds = new Map(roundsOf(times).map((round) => [round.number, round]));
  const rows = meetings.flatMap((meeting) => {
    const round = rounds.get(meeting.round);
    if (round === undefined) return [];
    return meeting.people.map((person) => [
      String(meeting.round),
      round.startsZoned,
      round.endsZoned,
      String(meeting.table),
      person,
      nameOf(person),
      meeting.people
        .filter((other) => other !== person)
        .map(nameOf)
        .join('; '),
      meeting.id,
      meeting.origin,
      meeting.priority === undefined ? '' : String(meeting.priority),
    ]);
  });
  const heads = [
    'round',
    'startsAt',
    'endsAt',
    'table',
    'attendeeId',
    'name',
    'with',
    'meetingId',
    'origin',
    'priority',
  ];
  return [heads, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
