/**
 * What advisers and parties decided, as lines that `npm run learn -- --events FILE` reads. Nothing in them says who
 * decided, or why in words.
 */
import type { Feedback, FeedbackEvent } from '../domain/feedback.ts';
import { isErased } from '../domain/introduction/pair.ts';
import { otherSide, type HistoryEntry, type Introduction, type Side } from '../domain/introduction/introduction.ts';
import { everyOf } from './pages.ts';
import type { Store } from './ports.ts';
import { taskOf } from './suggestion.ts';

export interface LearningEvent extends Feedback {
  /** Whose decision: that of the one that the question is about, of the candidate, or of an adviser. */
  by: 'query' | 'candidate' | 'adviser';
  /** Coded reason, or the kind of outcome. */
  code?: string;
  amountNok?: number;
}

/** Oldest introduction first; steps that were taken back and parties that were removed are left out. */
export async function* learningEvents(store: Store, since = ''): AsyncGenerator<LearningEvent> {
  const introductions = store.collection('introductions');
  for await (const { doc } of everyOf((from) => introductions.find({ limit: 500, ...from })))
    if (!isErased(doc)) for (const event of eventsOf(doc)) if (event.at >= since) yield event;
}

function eventsOf(introduction: Introduction): LearningEvent[] {
  const { a, b, kind, history, outcomes } = introduction;
  const querySide = querySideOf(introduction);
  const pair = {
    task: taskOf(kind, a, b),
    queryId: introduction[querySide].id,
    candidateId: introduction[otherSide(querySide)].id,
  };
  const standing = history.reduce<HistoryEntry[]>(
    (steps, entry) => (entry.event === 'undo' ? steps.slice(0, -1) : [...steps, entry]),
    [],
  );
  let outcomesSeen = 0;
  return standing.flatMap((entry): LearningEvent[] => {
    const amountNok = entry.event === 'outcome' ? outcomes[outcomesSeen++]?.amountNok : undefined;
    const event = feedbackOf(entry);
    if (event === undefined) return [];
    const { at, inNameOf, code } = entry;
    const by = inNameOf === querySide ? 'query' : inNameOf === otherSide(querySide) ? 'candidate' : 'adviser';
    return [
      {
        ...pair,
        event,
        at,
        by,
        ...(code === undefined ? {} : { code }),
        ...(amountNok === undefined ? {} : { amountNok }),
      },
    ];
  });
}

/** An adviser's rejection counts as a no. */
function feedbackOf({ event, code }: HistoryEntry): FeedbackEvent | undefined {
  if (event === 'accept') return 'accept';
  if (event === 'decline' || event === 'reject') return 'decline';
  if (event !== 'outcome') return undefined;
  return code === 'none' ? 'no-outcome' : 'outcome';
}

/** Which side the question is about, as the tasks define it: the company, the need, the member that asked. */
function querySideOf({ a, b, kind }: Introduction): Side {
  if (a.type === 'need') return 'a';
  if (b.type === 'need') return 'b';
  return kind === 'startups' ? 'b' : 'a';
}
