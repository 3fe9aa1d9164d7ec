/** The two parties as one key, whoever of them asks; and what is known about them for the engine. */
import type { PairState } from '../match/pair.ts';
import { erasedId, type Introduction, type IntroductionState, type PartyOfIntroduction } from './introduction.ts';

type Ref = Pick<PartyOfIntroduction, 'type' | 'id'>;

/** The same for both directions. */
export const pairKeyOf = (a: Ref, b: Ref): string =>
  [a, b]
    .map(({ type, id }) => `${type}:${id}`)
    .sort()
    .join('|');

/** The pair may be introduced anew once one of these is reached; in all other states the pair is taken. */
const freeStates: readonly IntroductionState[] = ['expired', 'withdrawn', 'concluded'];

export const holdsPair = (state: IntroductionState): boolean => !freeStates.includes(state);

/** What one introduction says about its pair. Open and failed attempts say nothing. */
export function pairStateOf({ state, outcomes }: Pick<Introduction, 'state' | 'outcomes'>): PairState {
  switch (state) {
    case 'rejected':
    case 'declined':
      return state;
    case 'accepted':
    case 'scheduled':
    case 'met':
      return 'working-together';
    case 'concluded':
      return outcomes.every(({ outcome }) => outcome === 'none') ? 'introduced-before' : 'working-together';
    default:
      return 'none';
  }
}

/** What all introductions of a pair say together: the last to change counts, where it brought more than a try. */
export function latestPairState(said: Iterable<{ state: PairState; changedAt: string }>): PairState {
  const inOrder = [...said].sort((x, y) => (x.changedAt < y.changedAt ? -1 : x.changedAt > y.changedAt ? 1 : 0));
  const states = inOrder.map(({ state }) => state);
  return states.findLast((state) => state !== 'none' && state !== 'introduced-before') ?? states.at(-1) ?? 'none';
}

export const isErased = ({ a, b }: Pick<Introduction, 'a' | 'b'>): boolean => a.id === erasedId || b.id === erasedId;
