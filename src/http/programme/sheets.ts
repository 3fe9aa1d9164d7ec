/** Sheets to print: one person's agenda, the table plan, the moderator's list; and the same as CSV. */
import type { MatchEvent } from '../../domain/event.ts';
import { escapeHtml } from '../../domain/html.ts';
import { agendaOf } from '../../domain/programme/agenda.ts';
import type { PlannedMeeting } from '../../domain/programme/plan.ts';
import { roundsOf } from '../../domain/programme/rounds.ts';
import { sheetWords } from './words.ts';

export interface SheetInput {
  event: MatchEvent;
  meetings: readonly PlannedMeeting[];
  isDraft: boolean;
  nameOf: (id: string) => string;
}

const style = `
  :root { color-scheme: light; }
  body { font: 12pt/1.4 system-ui, sans-serif; margin: 2rem; }
  table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 600; padding: .5rem 0; }
  th, td { border: 1px solid #888; padding: .25rem .5rem; text-align: left; vertical-align: top; }
  thead { display: table-header-group; } tr { break-inside: avoid; } .box { width: 4rem; }
  section { break-after: page; } section:last-child { break-after: auto; }
  @media print { body { margin: 0; } }`;

const say = (event: MatchEvent) => sheetWords[event.language ?? 'nb'];

function page({ event, isDraft }: SheetInput, title: string, body: string): string {
  const draft = isDraft ? `<p><strong>${escapeHtml(say(event).notPublished)}</strong></p>` : '';
  return `<!doctype html>
<html lang="${event.language ?? 'nb'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – ${escapeHtml(event.name)}</title><style>${style}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(event.name)}, ${event.date}</p>
${draft}${body}
</main></body></html>`;
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', values: readonly string[]) =>
    values.map((value) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${escapeHtml(value)}</${tag}>`).join('');
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${cells('th', heads)}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}</tbody></table>`;
}

export function agendaHtml(input: SheetInput, attendeeId: string): string {
  const w = say(input.event);
  const rows = agendaOf(input.event, input.meetings, attendeeId).map(({ round, meeting, others }) => [
    `${round.startsLocal}–${round.endsLocal}`,
    String(meeting.table),
    others.map(input.nameOf).join(', '),
  ]);
  const title = `${w.agenda}: ${input.nameOf(attendeeId)}`;
  return page(input, title, table(w.meetings, [w.time, w.table, w.with], rows));
}

/** One row a table, one column a round. */
export function tablePlanHtml(input: SheetInput): string {
  const { event, meetings, nameOf } = input;
  const w = say(event);
  const rounds = roundsOf(event);
  const at = new Map(meetings.map((meeting) => [`${meeting.round}:${meeting.table}`, meeting]));
  const rows = Array.from({ length: event.tables }, (_, i) => i + 1)
    .filter((number) => meetings.some((meeting) => meeting.table === number))
    .map((number) => [
      String(number),
      ...rounds.map((round) => at.get(`${round.number}:${number}`)?.people.map(nameOf).join(' + ') ?? ''),
    ]);
  const heads = [w.table, ...rounds.map((round) => `${round.number}: ${round.startsLocal}`)];
  return page(input, w.tablePlan, table(w.tablePlan, heads, rows));
}

/** A section for each round: who should be where, and who is free; then the list to tick people off at the door. */
export function moderatorHtml(input: SheetInput): string {
  const { event, meetings, nameOf } = input;
  const w = say(event);
  const pauses = new Set(event.breakAfterRounds ?? []);
  const sections = roundsOf(event).map((round) => {
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

/** One row a person and meeting, RFC 4180, UTF-8. A cell that a spreadsheet would run as a formula gets a quote in front. */
export function programmeCsv({ event, meetings, nameOf }: SheetInput): string {
  const rounds = new Map(roundsOf(event).map((round) => [round.number, round]));
  const rows = meetings.flatMap((meeting) => {
    const round = rounds.get(meeting.round);
    if (round === undefined) return [];
    return meeting.people.map((person) => [
      String(meeting.round),
      round.startsAt,
      round.endsAt,
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
