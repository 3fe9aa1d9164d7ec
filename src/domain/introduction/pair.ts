/** The two parties as one key, whoever of them asks; and what is known about them for the engine. */
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

export type PairState = 'closed' | 'working-together';

/** `closed`: one of them, or an adviser, turned it down. Open and failed attempts say nothing about the pair. */
export function pairStateOf({ state, outcomes }: Pick<Introduction, 'state' | 'outcomes'>): PairState | undefined {
  switch (state) {
    case 'rejected':
    case 'declined':
      return 'closed';
    case 'accepted':
    case 'scheduled':
    case 'met':
      return 'working-together';
    case 'concluded':
      return outcomes.at(-1)?.outcome === 'none' ? 'closed' : 'working-together';
    default:
      return undefined;
  }
}

export const isErased = ({ a, b }: Pick<Introduction, 'a' | 'b'>): boolean => a.id === erasedId || b.id === erasedId;
