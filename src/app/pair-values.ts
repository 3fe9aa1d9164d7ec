/** What pairs of attendees are worth to each other, in points, from the engine's two-sided scores. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MatchEvent } from '../domain/event.ts';
import type { MatchKind } from '../domain/match/pair.ts';
import type { Party } from '../domain/match/party.ts';
import { publicBodyKinds, raisingKinds } from '../domain/member.ts';
import type { PairValue } from '../domain/programme/build.ts';
import { meetingId } from '../domain/programme/plan.ts';
import { Problem } from '../domain/problem.ts';
import { listingFloor, type Matching } from './matching.ts';
import type { Store } from './ports.ts';

/** Offers an attendee may get beyond what it asked for; more would only blow up the search. */
const offersEach = 8;

/** A side that fits worse than nothing gains nothing: a meeting that is asked for never costs points. */
const pointsOf = (part: number): number => Math.min(100, Math.max(0, Math.round(100 * part)));

export interface PairValues {
  values: PairValue[];
  /** Round table -> attendees whom its need fits, best first. */
  guests: Map<string, string[]>;
  /** Attendees, needs and round tables that were left out when it was time to go on. */
  unvalued: number;
}

export interface Pace {
  /** Gives the whole work up. */
  signal: AbortSignal;
  /** Whether to go on with what is known by now; asked before each ranking. */
  enough(): boolean;
  progress(done: number, total: number): void;
}

/** Of requested and `kept` meetings, by id, and of those to offer; of all pairs for mixed tables. */
export async function pairValues(
  deps: { store: Store; matching: Matching },
  event: MatchEvent,
  kept: ReadonlySet<string>,
  offers: boolean,
  { signal, enough, progress }: Pace,
): Promise<PairValues> {
  const { store, matching } = deps;
  const attending = new Set(event.attendees);
  const members = new Map(
    (await store.collection('members').getMany(event.attendees)).map((stored) => [stored.id, stored.doc]),
  );
  const best = new Map<string, PairValue & { score: number }>();
  const note = (
    a: string,
    b: string,
    { score, parts }: { score: number; parts: { forward: number; back: number } },
  ) => {
    if (a === b) return;
    const id = meetingId(a, b);
    const value = pointsOf(parts.forward) + pointsOf(parts.back);
    const known = best.get(id);
    if (known === undefined || value > known.value) best.set(id, { a, b, value, score, offered: false });
  };
  const needs = await store.collection('needs').getMany(event.needIds ?? []);
  const tables = (event.roundtables ?? []).flatMap(({ id, hostId, needId, participants }) =>
    needId !== undefined && participants === undefined ? [{ id, hostId, needId }] : [],
  );
  const subjects = members.size + needs.length + tables.length;
  let done = 0;
  let unvalued = 0;
  /** Whether there is time for one more of them. */
  const next = () => {
    if (unvalued > 0 || enough()) unvalued++;
    else progress(done, subjects);
    done++;
    return unvalued === 0;
  };
  const ranked = async (kind: MatchKind, type: Party['type'], subject: string) => {
    // Ranking waits for nothing: without a turn in between, requests would wait for all attendees.
    await nextTurn();
    signal.throwIfAborted();
    try {
      return await matching.rankAll(kind, type, subject, attending);
    } catch (error) {
      // Somebody who has left the cluster meanwhile still has a seat.
      if (error instanceof Problem && (error.code === 'not-found' || error.code === 'match-not-applicable')) return [];
      throw error;
    }
  };

  for (const [id, { kind }] of members) {
    if (!next()) continue;
    if (raisingKinds.includes(kind))
      for (const one of await ranked('investors', 'member', id)) note(id, one.party.id, one);
    if (kind !== 'investor' && !publicBodyKinds.includes(kind))
      for (const one of await ranked('partners', 'member', id))
        if (members.get(one.party.id) !== undefined && !publicBodyKinds.includes(members.get(one.party.id)!.kind))
          note(id, one.party.id, one);
  }
  const guests = new Map<string, string[]>();
  for (const { id, doc } of needs)
    if (next()) for (const one of await ranked('suppliers', 'need', id)) note(doc.ownerId, one.party.id, one);
  for (const { id, hostId, needId } of tables)
    if (next())
      guests.set(
        id,
        (await ranked('suppliers', 'need', needId)).map((one) => one.party.id).filter((guest) => guest !== hostId),
      );
  await nextTurn();
  if (offers) markOffers([...best.values()].filter(({ score }) => score >= listingFloor));
  await nextTurn();
  // At mixed tables anybody may sit beside anybody; else only those matter who are to meet, a few in a hundred pairs.
  const asked = new Set((event.requestedMeetings ?? []).map(({ from, to }) => meetingId(from, to)));
  const values: PairValue[] = [];
  for (const [id, { a, b, value, offered }] of best)
    if (offered || event.format === 'roundtable' || asked.has(id) || kept.has(id))
      values.push({ a, b, value, offered });
  await nextTurn();
  return { values, guests, unvalued };
}

/** The best pairs of each side. They are given without those below the floor of any match list. */
function markOffers(pairs: (PairValue & { score: number })[]): void {
  const got = new Map<string, number>();
  for (const pair of pairs.sort((x, y) => y.score - x.score || (meetingId(x.a, x.b) < meetingId(y.a, y.b) ? -1 : 1))) {
    const [a, b] = [got.get(pair.a) ?? 0, got.get(pair.b) ?? 0];
    if (a >= offersEach && b >= offersEach) continue;
    pair.offered = true;
    got.set(pair.a, a + 1);
    got.set(pair.b, b + 1);
  }
}
