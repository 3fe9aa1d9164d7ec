/** How much two needs ask for the same thing, and which of their must-haves say so. */
import { mustHave, type MustHaveKind } from '../coverage/must-have.ts';
import type { Systems } from '../coverage/systems.ts';
import type { GramWeights } from '../match/grams.ts';
import type { NeedParty, PreparedFacet } from '../match/party.ts';
import { answer, cosine } from '../match/similarity.ts';

export interface PreparedNeed {
  need: NeedParty;
  kinds: MustHaveKind[];
  /** Must-haves that ask for something that somebody makes or does, by index. */
  functions: number[];
}

export function preparedNeed(need: NeedParty, systems: Systems): PreparedNeed {
  const kinds = need.byRole.requirement.map((facet, index) => mustHave(facet.text, index, systems.has).kind);
  return { need, kinds, functions: kinds.flatMap((kind, index) => (kind === 'function' ? [index] : [])) };
}

/** Two whole texts less alike than this are not looked at closer. */
const wholeFrom = 0.25;

/**
 * 0-1: the mean of three views. The whole texts alone put everything about dementia in one heap; the best pair of
 * must-haves alone is fooled by three words; must-haves with their setting alone miss what is told only in the story.
 */
export function needLikeness(a: PreparedNeed, b: PreparedNeed, weights: GramWeights): number {
  const whole = cosine(a.need.byRole.ask[0]?.vector, b.need.byRole.ask[0]?.vector);
  if (whole < wholeFrom || a.functions.length === 0 || b.functions.length === 0) return 0;
  const functional = mustPairs(a, b, weights).find((pair) => a.kinds[pair.a] === 'function');
  const bestPair = functional?.likeness ?? 0;
  return (whole + bestPair + (inSetting(a, b) + inSetting(b, a)) / 2) / 3;
}

export interface MustPair {
  a: number;
  b: number;
  /** 0-1, the same both ways. */
  likeness: number;
}

/** Certificates, languages and terms are alike by their form alone: they are the same only when nearly word for word. */
const sameFormFrom = 0.6;

/** Pairs of must-haves of the same kind of two needs, the most alike first. */
export function mustPairs(a: PreparedNeed, b: PreparedNeed, weights: GramWeights): MustPair[] {
  return a.need.byRole.requirement
    .flatMap((one, i) =>
      b.need.byRole.requirement.flatMap((other, j) => {
        if (a.kinds[i] !== b.kinds[j]) return [];
        const likeness = Math.max(answer(one, other, weights), answer(other, one, weights));
        return a.kinds[i] === 'function' || likeness >= sameFormFrom ? [{ a: i, b: j, likeness }] : [];
      }),
    )
    .sort((x, y) => y.likeness - x.likeness || x.a - y.a || x.b - y.b);
}

function inSetting(a: PreparedNeed, b: PreparedNeed): number {
  const settings = (one: PreparedNeed): PreparedFacet[] =>
    one.functions.flatMap((index) => one.need.byRole.setting[index] ?? []);
  const others = settings(b);
  const best = settings(a).map((facet) => Math.max(0, ...others.map((other) => cosine(facet.vector, other.vector))));
  return best.length === 0 ? 0 : best.reduce((sum, value) => sum + value, 0) / best.length;
}
