/** Which pairs a programme may not bring together, unless an adviser has said so. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MatchEvent } from '../domain/event.ts';
import { bindingGates } from '../domain/match/gates.ts';
import { meetingId, type Gate } from '../domain/programme/plan.ts';
import type { Matching } from './matching.ts';

const pairsPerTurn = 500;

/**
 * By meeting id. A lock or the reason of a request (`despiteGate`) opens a gate, but never one of what a party said for
 * itself. Sentences in the language of the event. `signal` gives it up; it is never cut short, for a pair that was not
 * looked at may not meet.
 */
export async function closedPairs(
  matching: Matching,
  event: MatchEvent,
  pairs: Iterable<readonly [string, string]>,
  locks: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Gate>> {
  const asked = [...new Map([...pairs].map((pair) => [meetingId(...pair), pair]))];
  const opened = new Set(locks);
  for (const { from, to, despiteGate } of event.requestedMeetings ?? [])
    if (despiteGate !== undefined) opened.add(meetingId(from, to));
  const closed = new Map<string, Gate>();
  for (let i = 0; i < asked.length; i += pairsPerTurn) {
    const some = asked.slice(i, i + pairsPerTurn);
    const gates = await matching.meetingGates(
      some.map(([, pair]) => pair),
      event.language ?? 'nb',
    );
    for (const [k, gate] of gates.entries()) {
      const id = some[k]![0];
      if (gate !== undefined && (bindingGates.includes(gate.code) || !opened.has(id))) closed.set(id, gate);
    }
    await nextTurn();
    signal.throwIfAborted();
  }
  return closed;
}
