/** Reading and changing the one document of a programme. */
import type { MatchEvent } from '../domain/event.ts';
import { Problem } from '../domain/problem.ts';
import { StoreError, type Store, type Stored } from './ports.ts';
import { emptyProgramme, type Programme } from './programme.ts';

const tries = 5;

export async function eventOf(store: Store, id: string): Promise<Stored<MatchEvent>> {
  const found = await store.collection('events').get(id);
  if (found === undefined) throw new Problem('not-found', `There is no event ${id}.`);
  return found;
}

export async function programmeOf(store: Store, eventId: string): Promise<Stored<Programme>> {
  const found = await store.collection('programmes').get(eventId);
  if (found === undefined) throw new Problem('not-found', `The event ${eventId} has no programme yet. Plan one first.`);
  return found;
}

/**
 * Applies a change to a programme that is there, made again when somebody else was faster. Nothing is written where
 * `change` has nothing to say. Answers `undefined` then, and when there is no programme (any more).
 */
export async function changeExisting(
  store: Store,
  eventId: string,
  change: (programme: Programme) => Programme | undefined,
): Promise<Stored<Programme> | undefined> {
  const programmes = store.collection('programmes');
  for (let i = 0; ; i++) {
    const found = await programmes.get(eventId);
    const next = found && change(found.doc);
    if (found === undefined || next === undefined) return undefined;
    if (next === found.doc) return found;
    try {
      return await programmes.replace(eventId, next, found.version);
    } catch (error) {
      if (!isRace(error) || i + 1 >= tries) throw error;
    }
  }
}

/** @throws Problem `not-found`, `not-allowed-now` where `check` finds a reason. */
export async function removeProgramme(store: Store, eventId: string, check: (programme: Programme) => void) {
  for (let i = 0; ; i++) {
    const { doc, version } = await programmeOf(store, eventId);
    check(doc);
    try {
      return await store.collection('programmes').remove(eventId, version);
    } catch (error) {
      if (!isRace(error) || i + 1 >= tries) throw error;
    }
  }
}

const isRace = (error: unknown): boolean =>
  error instanceof StoreError && ['stale', 'taken', 'missing'].includes(error.code);

/**
 * Applies a change to the newest version, made again when somebody else was faster. With `version` only to that one.
 * @throws Problem `stale`, and what `change` throws.
 */
export async function changeProgramme(
  store: Store,
  eventId: string,
  change: (programme: Programme) => Programme,
  version?: number,
): Promise<Stored<Programme>> {
  const programmes = store.collection('programmes');
  for (let i = 0; ; i++) {
    const found = await programmes.get(eventId);
    if (version !== undefined && found?.version !== version)
      throw new Problem('stale', `The programme of ${eventId} is at version ${found?.version ?? 0}.`);
    const next = change(found?.doc ?? emptyProgramme(eventId));
    if (next === found?.doc) return found;
    try {
      return found === undefined
        ? await programmes.insert(eventId, next)
        : await programmes.replace(eventId, next, found.version);
    } catch (error) {
      if (!isRace(error) || i + 1 >= tries || version !== undefined) throw error;
    }
  }
}
