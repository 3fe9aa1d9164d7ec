/** What advisers and parties did with suggestions, read as graded judgments. */
import type { Judgment } from './evaluate.ts';

export const feedbackEvents = ['accept', 'decline', 'outcome'] as const;
export type FeedbackEvent = (typeof feedbackEvents)[number];

export interface Feedback {
  task: string;
  queryId: string;
  candidateId: string;
  event: FeedbackEvent;
  /** ISO 8601. */
  at: string;
}

const gradeOf: Readonly<Record<FeedbackEvent, number>> = { accept: 2, decline: 0, outcome: 3 };

/** One judgment a pair: an outcome stands whatever else happened, else the last event by time. */
export function judgmentsFrom(events: readonly Feedback[]): Judgment[] {
  const last = new Map<string, Feedback>();
  for (const event of [...events].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const key = JSON.stringify([event.task, event.queryId, event.candidateId]);
    if (last.get(key)?.event !== 'outcome') last.set(key, event);
  }
  return [...last.values()].map(({ task, queryId, candidateId, event }) => ({
    task,
    queryId,
    candidateId,
    grade: gradeOf[event],
  }));
}
