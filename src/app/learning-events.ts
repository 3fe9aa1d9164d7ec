/** What advisers and parties decided, as lines that ranking can learn from. Nothing in them says who decided or why in words. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isErased } from '../domain/introduction/pair.ts';
import { otherSide, type Introduction, type Side } from '../domain/introduction/introduction.ts';
import { taskOf, type LearningTask } from './suggestion.ts';
import type { Store } from './ports.ts';

export interface LearningEvent {
  task: LearningTask;
  queryId: string;
  candidateId: string;
  event: 'approved' | 'rejected' | 'accepted' | 'declined' | 'met' | 'not-met' | 'outcome';
  /** ISO 8601. */
  at: string;
  /** Who accepted or declined: the one that the question is about, or the candidate. */
  by?: 'query' | 'candidate';
  /** Coded reason, or the kind of outcome. */
  code?: string;
  amountNok?: number;
}

const nameOf: Readonly<Record<string, LearningEvent['event']>> = {
  approve: 'approved',
  reject: 'rejected',
  accept: 'accepted',
  decline: 'declined',
  met: 'met',
  'not-met': 'not-met',
  outcome: 'outcome',
};

/** Oldest introduction first; steps that were taken back and parties that were removed are left out. */
export async function* learningEvents(store: Store, since = ''): AsyncGenerator<LearningEvent> {
  const introductions = store.collection('introductions');
  let after: string | undefined;
  do {
    const page = await introductions.find({ limit: 500, ...(after === undefined ? {} : { after }) });
    for (const { doc } of page.items)
      if (!isErased(doc)) for (const event of eventsOf(doc)) if (event.at >= since) yield event;
    await nextTurn();
    after = page.nextCursor;
  } while (after !== undefined);
}

function eventsOf(introduction: Introduction): LearningEvent[] {
  const { a, b, kind, history, outcomes } = introduction;
  const task = taskOf(kind, a, b);
  const querySide = querySideOf(introduction);
  const pair = { task, queryId: introduction[querySide].id, candidateId: introduction[otherSide(querySide)].id };
  const standing = history.reduce<Introduction['history']>(
    (steps, entry) => (entry.event === 'undo' ? steps.slice(0, -1) : [...steps, entry]),
    [],
  );
  let outcomesSeen = 0;
  return standing.flatMap((entry) => {
    const event = nameOf[entry.event];
    if (event === undefined) return [];
    const amountNok = event === 'outcome' ? outcomes[outcomesSeen++]?.amountNok : undefined;
    const bySide = event === 'accepted' || event === 'declined';
    return [
      {
        ...pair,
        event,
        at: entry.at,
        ...(bySide ? { by: entry.inNameOf === querySide ? ('query' as const) : ('candidate' as const) } : {}),
        ...(entry.code === undefined ? {} : { code: entry.code }),
        ...(amountNok === undefined ? {} : { amountNok }),
      },
    ];
  });
}

/** Which side the question is about, as the tasks define it: the company, the need, the member that asked. */
function querySideOf({ a, b, kind }: Introduction): Side {
  if (a.type === 'need') return 'a';
  if (b.type === 'need') return 'b';
  return kind === 'startups' ? 'b' : 'a';
}
