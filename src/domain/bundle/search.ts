/**
 * Exact search for the sets of two to four suppliers that cover most together. Pure sets: parts are bits, and what a
 * part is, or how coverage was judged, is none of its business.
 */

export interface Coverer {
  /** Bit p set: covers part p in full. */
  full: number;
  /** Bit p set: covers part p partly, not in full. */
  partly: number;
  /** Parts that this supplier may be brought in for. */
  joinsFor: number;
  /** Per part, 0-1: how sure the coverage is. */
  strength: readonly number[];
  /** How well it stands otherwise, 0-1: demands on every supplier, readiness. Decides between near equals. */
  standing: number;
}

export interface SearchOptions {
  parts: number;
  maxMembers: number;
  /** Two that must not be in one set. Symmetric. */
  rivals(a: number, b: number): boolean;
  /** 0-1: how proven their working together is. Symmetric. */
  link(a: number, b: number): number;
  /** A supplier may also be brought in for a part that nobody covers in full and only it covers partly. */
  partlyJoins: boolean;
}

export interface Found {
  /** Indices into the suppliers, ascending. */
  members: number[];
  full: number;
  partly: number;
  /** 2 for each part covered in full, 1 for each covered partly. */
  value: number;
  quality: number;
}

export const bitCount = (bits: number): number => {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
};
const valueOf = (full: number, partly: number) => 2 * bitCount(full) + bitCount(partly & ~full);

/** What one proven link is worth beside the certainty of one part. */
export const linkWorth = 0.1;
/** And the best standing beside the worst: a member that lacks every certificate has to be much surer to win. */
export const standingWorth = 0.25;

/** Higher value, then fewer members, then higher quality, then the order of the suppliers: a total order. */
export const better = (a: Found, b: Found): number =>
  b.value - a.value ||
  a.members.length - b.members.length ||
  b.quality - a.quality ||
  a.members.map((m, i) => m - b.members[i]!).find((difference) => difference !== 0) ||
  0;

/**
 * Every admissible set is compared, none is guessed: the best `limit`, best first. Admissible: two to `maxMembers`, no
 * rivals, and every member brings a part that no other member of the set covers. Sets that cannot become one of the
 * best are cut off by what the remaining suppliers can add at most. Cost: at worst suppliers ^ maxMembers.
 * @throws RangeError for more than 30 parts.
 */
export function bestSets(suppliers: readonly Coverer[], options: SearchOptions, limit: number): Found[] {
  if (options.parts > 30) throw new RangeError('At most 30 parts.');
  const able = suppliers.flatMap((one, i) => (((one.full | one.partly) & one.joinsFor) === 0 ? [] : [i]));
  // What all from position p on could add: the bound.
  const restFull: number[] = Array<number>(able.length + 1).fill(0);
  const restPartly: number[] = Array<number>(able.length + 1).fill(0);
  for (let p = able.length - 1; p >= 0; p--) {
    const one = suppliers[able[p]!]!;
    restFull[p] = restFull[p + 1]! | one.full;
    restPartly[p] = restPartly[p + 1]! | one.partly;
  }
  const found: Found[] = [];
  const keep = (set: Found) => {
    let at = found.length;
    while (at > 0 && better(set, found[at - 1]!) < 0) at--;
    if (at >= limit) return;
    found.splice(at, 0, set);
    if (found.length > limit) found.pop();
  };
  const grow = (from: number, members: number[], full: number, partly: number) => {
    if (members.length >= 2 && eachBrings(suppliers, members, options.partlyJoins))
      keep(rated(suppliers, members, full, partly, options));
    if (members.length === options.maxMembers) return;
    for (let p = from; p < able.length; p++) {
      const worst = found.length < limit ? undefined : found[limit - 1];
      if (worst !== undefined && valueOf(full | restFull[p]!, partly | restPartly[p]!) < worst.value) return;
      const next = able[p]!;
      if (members.some((member) => options.rivals(member, next))) continue;
      grow(p + 1, [...members, next], full | suppliers[next]!.full, partly | suppliers[next]!.partly);
    }
  };
  grow(0, [], 0, 0);
  return found;
}

/** No padding: each member has a part of its own. */
function eachBrings(suppliers: readonly Coverer[], members: readonly number[], partlyJoins: boolean): boolean {
  return members.every((member) => {
    const one = suppliers[member]!;
    let othersFull = 0;
    let othersPartly = 0;
    for (const other of members) {
      if (other === member) continue;
      othersFull |= suppliers[other]!.full;
      othersPartly |= suppliers[other]!.partly;
    }
    const alone = one.full & ~othersFull;
    const aloneInPart = partlyJoins ? one.partly & ~othersFull & ~othersPartly : 0;
    return ((alone | aloneInPart) & one.joinsFor) !== 0;
  });
}

function rated(
  suppliers: readonly Coverer[],
  members: readonly number[],
  full: number,
  partly: number,
  options: SearchOptions,
): Found {
  let quality = 0;
  for (let part = 0; part < options.parts; part++)
    quality += Math.max(...members.map((member) => suppliers[member]!.strength[part]!));
  let links = 0;
  for (const [i, a] of members.entries()) for (const b of members.slice(i + 1)) links += options.link(a, b);
  const standing = members.reduce((sum, member) => sum + suppliers[member]!.standing, 0);
  return {
    members: [...members],
    full,
    partly: partly & ~full,
    value: valueOf(full, partly),
    // Rounded, so that the last bits of a sum never decide an order.
    quality: Math.round((quality + linkWorth * links + standingWorth * standing) * 1e9) / 1e9,
  };
}
