/** From a coverage matrix to bundles, or to the reason why there are none. */
import type { GramWeights } from '../match/grams.ts';
import type { MemberParty, NeedParty } from '../match/party.ts';
import { readiness } from '../match/supplier-features.ts';
import { coverageMatrix, coveredFrom, type CoverageMatrix, type CoverageRow } from '../coverage/coverage.ts';
import { bestSets, bitCount, standingWorth, type Coverer, type Found } from './search.ts';
import { sellsIntegration, type Systems } from '../coverage/systems.ts';
import { linkOf, rivalryOf, type Link } from './together.ts';
import { wishesOf, type Wishes } from './wishes.ts';

export const maxMembers = 4;

/** Why the answer is what it is. */
export type Outcome =
  | 'bundles'
  /** One supplier covers every part that anyone covers: a joint bid would only take away a competitor. */
  | 'one-covers-all'
  /** A combination would cover a little more, too little to justify it. */
  | 'small-gain'
  /** No set of suppliers covers more than one of them. */
  | 'no-combination'
  /** Nobody covers anything. */
  | 'nobody';

export interface BundleMember {
  supplier: MemberParty;
  row: CoverageRow;
  /** Indices of must-haves. */
  covers: number[];
  partly: number[];
  /** Those that no other member of the bundle covers. */
  alone: number[];
}

export interface Bundle {
  members: BundleMember[];
  /** Must-haves that no member covers even partly. */
  uncovered: number[];
  links: { a: MemberParty; b: MemberParty; link: Link }[];
}

export interface Proposal {
  outcome: Outcome;
  matrix: CoverageMatrix;
  wishes: Wishes;
  bundles: Bundle[];
  /** The supplier that covers most alone; absent where nobody covers anything. */
  single: BundleMember | undefined;
}

export interface ProposeContext {
  gramWeights: GramWeights;
  systems: Systems;
}

/**
 * Must-haves that can be a reason to bring a supplier in: what somebody makes or does, one responsible party, and a
 * connection to a system by name. The rest is asked of every supplier.
 */
export function partsOf(matrix: CoverageMatrix, systems: Systems): number[] {
  return matrix.musts
    .filter(
      (must) =>
        must.kind === 'function' ||
        must.kind === 'lead' ||
        (must.kind === 'integration' && systems.in(must.text).length > 0),
    )
    .map((must) => must.index)
    .slice(0, maxParts);
}
const maxParts = 30;

/** Suppliers kept per part before the search: beyond the best ones nothing can win that a better one does not. */
const keptPerPart = 12;

/** `suppliers` are those whose gates are open. Cost: the matrix, and a search over at most `keptPerPart` a part. */
export function proposeBundles(
  need: NeedParty,
  suppliers: readonly MemberParty[],
  context: ProposeContext,
  limit: number,
): Proposal {
  const matrix = coverageMatrix(need, suppliers, context.systems, context.gramWeights);
  const wishes = wishesOf(need.doc);
  const parts = partsOf(matrix, context.systems);
  const coverers = matrix.rows.map((row) => covererOf(row, matrix, parts, need.doc.procurementRoute));
  const severalWanted = wishes.severalParts !== undefined;
  const base = { matrix, wishes, bundles: [] };
  const single = bestOf(coverers, () => true);
  if (single === undefined) return { ...base, outcome: 'nobody', single: undefined };
  const alone = (index: number) => memberOf(matrix.rows[index]!, []);
  const everything = coverers.reduce((bits, one) => bits | one.full, 0);
  const beyond = severalWanted ? coverers.reduce((bits, one) => bits | one.partly, 0) & ~everything : 0;
  const whole = everything === 0 ? undefined : bestOf(coverers, (one) => one.full === everything);
  if (whole !== undefined && (beyond & ~coverers[whole]!.partly) === 0)
    return { ...base, outcome: 'one-covers-all', single: alone(whole) };
  const plausible = plausibleOf(coverers, parts.length);
  const sets = bestSets(
    plausible.map((i) => coverers[i]!),
    {
      parts: parts.length,
      maxMembers,
      rivals: memoized((a, b) => {
        const [one, other] = [matrix.rows[plausible[a]!]!.supplier, matrix.rows[plausible[b]!]!.supplier];
        return rivalryOf(one, other, context.gramWeights) !== undefined;
      }),
      link: memoized((a, b) => {
        const [one, other] = [matrix.rows[plausible[a]!]!.supplier, matrix.rows[plausible[b]!]!.supplier];
        return linkOf(one, other, context.systems)?.strength ?? 0;
      }),
      partlyJoins: severalWanted,
    },
    limit * looksPerBundle,
  );
  const rows = (set: Found) => set.members.map((member) => matrix.rows[plausible[member]!]!);
  const best: BestAlone = {
    most: Math.max(...coverers.map((one) => bitCount(one.full))),
    value: valueOf(coverers[single]!),
    degrees: parts.map((index) => matrix.rows[single]!.cells[index]!.degree),
  };
  const degreesIn = (set: Found) => {
    const members = rows(set);
    return parts.map((index) => Math.max(...members.map((row) => row.cells[index]!.degree)));
  };
  const worth = sets
    .filter((set) => isClearlyMore(set, degreesIn(set), best, severalWanted))
    .filter((set, i, all) => !all.slice(0, i).some((earlier) => isWithin(set, earlier)))
    .slice(0, limit);
  if (worth.length > 0)
    return {
      ...base,
      outcome: 'bundles',
      bundles: worth.map((set) => bundleOf(rows(set), matrix, parts, context.systems)),
      single: alone(single),
    };
  const adds = sets[0] !== undefined && sets[0].value > best.value;
  return { ...base, outcome: adds ? 'small-gain' : 'no-combination', single: alone(single) };
}

const valueOf = (one: Coverer) => 2 * bitCount(one.full) + bitCount(one.partly);

/** A bundle with one member left out is not another bundle. */
const looksPerBundle = 5;
const isWithin = (set: Found, other: Found) => set.members.every((member) => other.members.includes(member));

/** The best that single suppliers reach: most parts in full, highest value, and how sure the best one is of each part. */
interface BestAlone {
  most: number;
  value: number;
  degrees: readonly number[];
}

/** How much likelier a bundle has to deliver the part that it adds: near certainty against next to nothing. */
const surerBy = 0.75;

/**
 * Clearly more than the best of them alone: two parts more; or one part more, clearly surer, where that is half of what
 * the need consists of; or any more where the buyer's own words ask for several parts.
 */
function isClearlyMore(set: Found, degrees: readonly number[], best: BestAlone, severalWanted: boolean): boolean {
  const more = bitCount(set.full) - best.most;
  if (more >= 2 || (severalWanted && set.value > best.value)) return true;
  return more === 1 && degrees.length <= 2 && degrees.some((degree, part) => degree - best.degrees[part]! >= surerBy);
}

function covererOf(
  row: CoverageRow,
  matrix: CoverageMatrix,
  parts: readonly number[],
  route: string | undefined,
): Coverer {
  let full = 0;
  let partly = 0;
  let joinsFor = 0;
  const integrates = sellsIntegration(row.supplier);
  parts.forEach((index, part) => {
    const { state } = row.cells[index]!;
    if (state === 'covered') full |= 1 << part;
    else if (state === 'partly') partly |= 1 << part;
    // A product that happens to be connected covers the connection when it is there, but is no reason to bring it in.
    if (matrix.musts[index]!.kind !== 'integration' || integrates) joinsFor |= 1 << part;
  });
  const asked = row.cells.filter((_, index) => !parts.includes(index));
  const met = asked.reduce((sum, { state }) => sum + (state === 'covered' ? 1 : state === 'partly' ? 0.5 : 0), 0);
  const ready = readiness(row.supplier.doc, route);
  const standing = asked.length === 0 ? ready : (met / asked.length + ready) / 2;
  return { full, partly, joinsFor, strength: parts.map((index) => strengthOf(row.cells[index]!.degree)), standing };
}

/** Beyond being taken to deliver it, being surer counts half: who is cited best is not therefore the best supplier. */
const strengthOf = (degree: number) => (degree <= coveredFrom ? degree : coveredFrom + (degree - coveredFrom) / 2);

const sureness = (one: Coverer) => one.strength.reduce((sum, degree) => sum + degree, 0) + standingWorth * one.standing;

/** Most parts, then most of them partly, then surest, then first; among those that pass. */
function bestOf(coverers: readonly Coverer[], passes: (one: Coverer) => boolean): number | undefined {
  let best: number | undefined;
  coverers.forEach((one, i) => {
    if ((one.full | one.partly) === 0 || !passes(one)) return;
    const champion = best === undefined ? undefined : coverers[best]!;
    if (champion === undefined || (valueOf(one) - valueOf(champion) || sureness(one) - sureness(champion)) > 0)
      best = i;
  });
  return best;
}

/** Per part the surest suppliers that can be brought in for it; order of the matrix kept. */
function plausibleOf(coverers: readonly Coverer[], parts: number): number[] {
  const kept = new Set<number>();
  for (let part = 0; part < parts; part++) {
    const bit = 1 << part;
    coverers
      .flatMap((one, i) => (((one.full | one.partly) & one.joinsFor & bit) === 0 ? [] : [i]))
      .sort((a, b) => coverers[b]!.strength[part]! - coverers[a]!.strength[part]! || a - b)
      .slice(0, keptPerPart)
      .forEach((i) => kept.add(i));
  }
  return [...kept].sort((a, b) => a - b);
}

const memoized = <T>(f: (a: number, b: number) => T): ((a: number, b: number) => T) => {
  const known = new Map<string, T>();
  return (a, b) => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = a < b ? f(a, b) : f(b, a)));
    return value;
  };
};

const indicesOf = (row: CoverageRow, state: 'covered' | 'partly') =>
  row.cells.flatMap((cell, index) => (cell.state === state ? [index] : []));

function memberOf(row: CoverageRow, others: readonly CoverageRow[]): BundleMember {
  const covers = indicesOf(row, 'covered');
  const partly = indicesOf(row, 'partly');
  const alone = [...covers, ...partly].filter((index) =>
    others.every(
      (other) =>
        other.cells[index]!.state === 'not' || (covers.includes(index) && other.cells[index]!.state === 'partly'),
    ),
  );
  return { supplier: row.supplier, row, covers, partly, alone: alone.sort((a, b) => a - b) };
}

function bundleOf(
  rows: readonly CoverageRow[],
  matrix: CoverageMatrix,
  parts: readonly number[],
  systems: Systems,
): Bundle {
  // In the order of the parts they are there for.
  const place = (row: CoverageRow) => {
    const at = parts.findIndex((index) => row.cells[index]!.state === 'covered');
    return at < 0 ? parts.length : at;
  };
  const ordered = [...rows].sort((a, b) => place(a) - place(b));
  const members = ordered.map((row) =>
    memberOf(
      row,
      ordered.filter((other) => other !== row),
    ),
  );
  const links: Bundle['links'] = [];
  for (const [i, a] of members.entries())
    for (const b of members.slice(i + 1)) {
      const link = linkOf(a.supplier, b.supplier, systems);
      if (link !== undefined) links.push({ a: a.supplier, b: b.supplier, link });
    }
  const uncovered = matrix.musts
    .map((must) => must.index)
    .filter((index) => rows.every((row) => row.cells[index]!.state === 'not'));
  return { members, uncovered, links };
}
