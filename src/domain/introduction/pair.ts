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

/** Open and failed attempts say nothing about the pair. */
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
      return outcomes.at(-1)?.outcome === 'none' ? 'rejected' : 'working-together';
    default:
      return 'none';
  }
}

export const isErased = ({ a, b }: Pick<Introduction, 'a' | 'b'>): boolean => a.id === erasedId || b.id === erasedId;
