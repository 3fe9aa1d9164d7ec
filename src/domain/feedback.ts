/** What advisers and parties did with suggestions, read as graded judgments. */
import type { Judgment } from './evaluate.ts';

export const feedbackEvents = ['accept', 'decline', 'outcome', 'no-outcome'] as const;
export type FeedbackEvent = (typeof feedbackEvents)[number];

export interface Feedback {
  task: string;
  queryId: string;
  candidateId: string;
  event: FeedbackEvent;
  /** ISO 8601. */
  at: string;
}

/** That nothing came of a meeting says little about the match: it is told, and grades nothing. */
const gradeOf: Readonly<Record<FeedbackEvent, number | undefined>> = {
  accept: 2,
  decline: 0,
  outcome: 3,
  'no-outcome': undefined,
};

/** One judgment a pair: an outcome stands whatever else happened, else the last event by time that grades. */
export function judgmentsFrom(events: readonly Feedback[]): Judgment[] {
  const last = new Map<string, Feedback>();
  const grading = events.filter(({ event }) => gradeOf[event] !== undefined);
  for (const event of grading.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const key = JSON.stringify([event.task, event.queryId, event.candidateId]);
    if (last.get(key)?.event !== 'outcome') last.set(key, event);
  }
  return [...last.values()].map(({ task, queryId, candidateId, event }) => ({
    task,
    queryId,
    candidateId,
    grade: gradeOf[event]!,
  }));
}
