/** What one attendee is told by mail when a publication changed its agenda. */
import type { MatchEvent } from '../event.ts';
import { htmlOf, pageOf, textOf, type Block, type MailText } from '../introduction/mail-text.ts';
import { pageWords } from '../introduction/words.ts';
import type { Language } from '../member.ts';
import { agendaWords, daysOf, spokenDate } from './agenda.ts';
import { mailWords } from './mail-words.ts';
import { isSame, isSameTime, type TimedMeeting } from './plan.ts';
import type { EventTimes } from './rounds.ts';

export interface AgendaChange {
  /** `moved`: to another time; `changed`: another table or other people. */
  kind: 'added' | 'moved' | 'changed' | 'cancelled';
  /** As it is now, or as it was before it was called off. */
  meeting: TimedMeeting;
  /** As it was before it moved. */
  before?: TimedMeeting;
}

/** From one agenda of somebody to the next, in the order of the day. */
export function agendaChanges(before: readonly TimedMeeting[], after: readonly TimedMeeting[]): AgendaChange[] {
  const old = new Map(before.map((meeting) => [meeting.id, meeting]));
  const held = new Set(after.map(({ id }) => id));
  const changes = [
    ...after.flatMap((meeting): AgendaChange[] => {
      const was = old.get(meeting.id);
      if (was === undefined) return [{ kind: 'added', meeting }];
      if (!isSameTime(was, meeting)) return [{ kind: 'moved', meeting, before: was }];
      return isSame(was, meeting) ? [] : [{ kind: 'changed', meeting }];
    }),
    ...before.flatMap((meeting): AgendaChange[] => (held.has(meeting.id) ? [] : [{ kind: 'cancelled', meeting }])),
  ];
  return changes.sort((a, b) => Date.parse(a.meeting.startsZoned) - Date.parse(b.meeting.startsZoned));
}

export interface AgendaMailInput {
  event: Pick<MatchEvent, 'name'>;
  times: EventTimes;
  attendeeId: string;
  language: Language;
  /** The person who is written to. */
  contactName: string | undefined;
  /** The own agenda as it was last told; nothing: never. */
  told: readonly TimedMeeting[];
  /** The own agenda as it is now. */
  meetings: readonly TimedMeeting[];
  nameOf: (id: string) => string;
  /** What the need of a round table is called. */
  topicOf: (needId: string) => string | undefined;
}

export function agendaMail(input: AgendaMailInput): MailText {
  const { event, times, attendeeId, language, told, meetings, nameOf, topicOf } = input;
  const [say, page] = [mailWords[language], pageWords[language]];
  const table = ({ round, table }: TimedMeeting) =>
    `(${agendaWords[language].round} ${round}, ${agendaWords[language].table} ${table})`;
  const about = ({ people, needId }: TimedMeeting) => {
    const who = people.filter((id) => id !== attendeeId).map(nameOf);
    const topic = needId === undefined ? undefined : topicOf(needId);
    return `${who.join(', ')}${topic === undefined ? '' : `: ${topic}`}`;
  };
  const when = ({ startsZoned, endsZoned }: TimedMeeting) =>
    `${spokenDate(startsZoned.slice(0, 10), language)} ${startsZoned.slice(11, 16)}–${endsZoned.slice(11, 16)}`;
  const changeLine = ({ kind, meeting, before }: AgendaChange) =>
    [
      `${say[kind]}: ${about(meeting)}, ${when(meeting)} ${table(meeting)}`,
      ...(before === undefined ? [] : [`${say.before} ${when(before)}`]),
    ].join(', ');
  const days = daysOf(times, meetings, attendeeId).flatMap(({ date, items }): Block[] => [
    { kind: 'paragraph', text: spokenDate(date, language) },
    {
      kind: 'list',
      items: items.map((item) => {
        if ('pause' in item) return `${item.pause.startsLocal}–${item.pause.endsLocal} ${agendaWords[language].pause}`;
        const { round, meeting } = item;
        return `${round.startsLocal}–${round.endsLocal} ${about(meeting)} ${table(meeting)}`;
      }),
    },
  ]);
  const isFirst = told.length === 0;
  const changes = isFirst ? [] : agendaChanges(told, meetings);
  const blocks: Block[] = [
    { kind: 'paragraph', text: `${page.greeting(input.contactName, nameOf(attendeeId))}.` },
    { kind: 'paragraph', text: (isFirst ? say.isReady : say.hasChanged)(event.name) },
    ...(changes.length === 0
      ? []
      : ([
          { kind: 'heading', text: say.changes },
          { kind: 'list', items: changes.map(changeLine) },
        ] as const)),
    { kind: 'heading', text: say.now },
    ...(days.length === 0 ? [{ kind: 'paragraph', text: agendaWords[language].empty } as const] : days),
    { kind: 'paragraph', text: say.attached },
    { kind: 'paragraph', text: page.signature },
    { kind: 'note', text: page.sentWith },
  ];
  const subject = say.subject(event.name);
  return { subject, text: textOf(blocks), html: pageOf(subject, language, htmlOf(blocks)) };
}
