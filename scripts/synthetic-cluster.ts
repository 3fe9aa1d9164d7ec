/** Members and unit vectors that nobody wrote: the same for the same number. */
import type { Member, MemberKind } from '../src/domain/member.ts';

const vectorsPerTopic = 50;

/** Uniform in [0, 1), the same sequence for the same seed (Mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** In topics of fifty whose members are near to each other, as embedded texts are. */
export function syntheticVector(n: number, dimension: number): Float32Array {
  const topic = randomFrom(1_000_003 * (Math.floor(n / vectorsPerTopic) + 1));
  const own = randomFrom(n + 17);
  const vector = new Float32Array(dimension);
  let square = 0;
  for (let i = 0; i < dimension; i++) {
    const value = topic() - 0.5 + 0.5 * (own() - 0.5);
    vector[i] = value;
    square += value * value;
  }
  const norm = Math.sqrt(square);
  for (let i = 0; i < dimension; i++) vector[i]! /= norm;
  return vector;
}

const kinds: readonly MemberKind[] = ['startup', 'company', 'investor', 'research'];
const stems = [
  'fall',
  'søvn',
  'smerte',
  'hjerte',
  'diabetes',
  'demens',
  'medisin',
  'rehab',
  'journal',
  'sår',
  'syn',
  'hørsel',
];
const things = [
  'sensor',
  'app',
  'plattform',
  'analyse',
  'robot',
  'alarm',
  'måling',
  'register',
  'trening',
  'rådgivning',
];

export function syntheticMember(n: number): Member {
  const random = randomFrom(n + 1);
  const one = (from: readonly string[]) => from[Math.floor(random() * from.length)]!;
  const phrase = () =>
    `${one(stems)}${one(things)} for ${one(stems)}${one(things)} nummer ${Math.floor(random() * 1e6)}`;
  return {
    id: `m${n}`,
    kind: kinds[n % kinds.length]!,
    name: `Medlem ${n}`,
    summary: `Vi lager ${phrase()}. Vi tilbyr ${phrase()}.`,
    offers: [phrase(), phrase(), phrase()],
    seeks: [phrase(), phrase()],
  };
}
