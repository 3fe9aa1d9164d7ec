/**
 * What introductions have said about pairs, kept in memory for the ranking. Follows the store's change log, so that each
 * process knows what any process wrote.
 */
import { isErased, latestPairState, pairKeyOf, pairStateOf } from '../domain/introduction/pair.ts';
import type { Introduction } from '../domain/introduction/introduction.ts';
import type { PairState } from '../domain/match/pair.ts';
import { followLog } from './follow-log.ts';
import type { Store, Stored } from './ports.ts';

export interface PairStates {
  /** Follows the store up to now, see `LogFollower`. */
  refresh(): Promise<unknown>;
  /** Whoever of the two asks. Members and needs share their ids here. */
  pairState(subjectId: string, candidateId: string): PairState;
}

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

  const reload = async (ids: readonly string[]) => {
    const docs = await introductions.getMany(ids);
    for (const id of ids) forget(id);
    for (const one of docs) remember(one);
  };

  let after: string | undefined;
  let found = new Set<string>();
  const follower = followLog(store, {
    begin() {
      after = undefined;
      found = new Set();
    },
    async readOn(alone) {
      const page = await introductions.find({ limit: loadedAtOnce, ...(after === undefined ? {} : { after }) });
      const ids = page.items.map(({ id }) => id);
      await alone(() => reload(ids));
      for (const id of ids) found.add(id);
      after = page.nextCursor;
      // Known from before, if this is not the first time.
      if (after === undefined) await alone(() => reload([...byIntroduction.keys()].filter((id) => !found.has(id))));
      return after !== undefined;
    },
    apply: (changes) =>
      reload([...new Set(changes.filter((one) => one.collection === 'introductions').map((one) => one.id))]),
  });

  return {
    refresh: follower.refresh,
    pairState: (subjectId, candidateId) => latestPairState(byPair.get(keyOf(subjectId, candidateId))?.values() ?? []),
  };
}
