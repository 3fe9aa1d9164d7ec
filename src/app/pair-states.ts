/**
 * What introductions have said about pairs, kept in memory for the ranking. Follows the store's change log, so that each
 * process knows what any process wrote.
 */
import { isErased, latestPairState, pairKeyOf, pairStateOf } from '../domain/introduction/pair.ts';
import type { Introduction } from '../domain/introduction/introduction.ts';
import type { PairState } from '../domain/match/pair.ts';
import { changesAfter } from './change-log.ts';
import { forACaller } from './patience.ts';
import type { Store, Stored } from './ports.ts';

export interface PairStates {
  /** Applies everything that was written since the last call; concurrent calls share one pass. */
  refresh(): Promise<void>;
  /** Whoever of the two asks. Members and needs share their ids here. */
  pairState(subjectId: string, candidateId: string): PairState;
}

const pageSize = 1000;
/** Few enough that a busy database answers in time. */
const loadedAtOnce = 200;

/** `member` for both: only ids are asked for. */
const keyOf = (one: string, other: string) => pairKeyOf({ type: 'member', id: one }, { type: 'member', id: other });

interface Known {
  key: string;
  state: PairState;
  /** ISO 8601. */
  changedAt: string;
}

export function createPairStates(store: Store): PairStates {
  const introductions = store.collection('introductions');
  const byIntroduction = new Map<string, Known>();
  const byPair = new Map<string, Map<string, Known>>();
  let seq = -1;
  let breaks = store.breaks();
  let running: Promise<void> | undefined;

  const forget = (id: string) => {
    const known = byIntroduction.get(id);
    if (known === undefined) return;
    byIntroduction.delete(id);
    const pair = byPair.get(known.key)!;
    pair.delete(id);
    if (pair.size === 0) byPair.delete(known.key);
  };
  const remember = ({ id, doc }: Stored<Introduction>) => {
    const state = pairStateOf(doc);
    if (state === 'none' || isErased(doc)) return;
    const key = keyOf(doc.a.id, doc.b.id);
    const known = { key, state, changedAt: doc.history.at(-1)!.at };
    byIntroduction.set(id, known);
    const pair = byPair.get(key);
    if (pair === undefined) byPair.set(key, new Map([[id, known]]));
    else pair.set(id, known);
  };

  const loadAll = async () => {
    // Read first: what is written meanwhile is applied again, which changes nothing.
    const head = await store.headSeq();
    let after: string | undefined;
    do {
      const page = await introductions.find({ limit: loadedAtOnce, ...(after === undefined ? {} : { after }) });
      for (const one of page.items) remember(one);
      after = page.nextCursor;
    } while (after !== undefined);
    return head;
  };

  const follow = async () => {
    for (;;) {
      if (breaks !== store.breaks()) seq = -1;
      if (seq < 0) {
        breaks = store.breaks();
        for (const id of [...byIntroduction.keys()]) forget(id);
        seq = await loadAll();
      }
      const changes = await changesAfter(store, seq, pageSize);
      if (changes === undefined) {
        seq = -1;
        continue;
      }
      if (changes.length === 0) return;
      const ids = [...new Set(changes.filter((one) => one.collection === 'introductions').map((one) => one.id))];
      const docs = await introductions.getMany(ids);
      for (const id of ids) forget(id);
      for (const one of docs) remember(one);
      seq = changes.at(-1)!.seq;
    }
  };

  return {
    refresh() {
      // Whoever joins waits no longer than a caller can.
      running ??= forACaller(follow).finally(() => {
        running = undefined;
      });
      return running;
    },
    pairState: (subjectId, candidateId) => latestPairState(byPair.get(keyOf(subjectId, candidateId))?.values() ?? []),
  };
}
