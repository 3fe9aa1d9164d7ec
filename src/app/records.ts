/** Members and needs: list, read, create, replace, patch, remove. One set of rules for both. */
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { MatchEvent } from '../domain/event.ts';
import type { Member } from '../domain/member.ts';
import type { Need } from '../domain/need.ts';
import { Problem } from '../domain/problem.ts';
import type { Actor } from './actor.ts';
import { textsOf, type Embedding } from './embedding.ts';
import { faultsOf } from './faults.ts';
import type { IntroductionErasure } from './introduction-erasure.ts';
import { mergePatch } from './merge-patch.ts';
import type { PastEvents } from './past-events.ts';
import { StoreError, type Collection, type Page, type Store, type Stored, type Where } from './ports.ts';
import { eventsNaming, withdrawFromEvents } from './event-erasure.ts';
import { eventSchema, newEventSchema } from './schemas/event.ts';
import { memberSchema, newMemberSchema } from './schemas/member.ts';
import { needSchema, newNeedSchema } from './schemas/need.ts';

export interface ListInput {
  where: Where;
  text?: string | undefined;
  after?: string | undefined;
  limit: number;
}

export interface Records<T> {
  list(input: ListInput): Promise<Page<Stored<T>>>;
  /** @throws Problem `not-found`. */
  get(id: string): Promise<Stored<T>>;
  /** @throws Problem `invalid`, `taken`. */
  create(body: unknown): Promise<Stored<T>>;
  /** @throws Problem `invalid`, `not-found`, `stale`, `taken`. */
  replace(id: string, body: unknown, version: number): Promise<Stored<T>>;
  /** JSON merge patch (RFC 7396). @throws as replace. */
  patch(id: string, body: unknown, version: number): Promise<Stored<T>>;
  /**
   * With `withdrawBy` its introductions are ended and anonymised in that name.
   * @throws Problem `not-found`, `stale`, `not-allowed-now` when something still hangs on it, with the list.
   */
  remove(id: string, version: number | undefined, withdrawBy?: Actor): Promise<void>;
}

interface Kind<T extends { id: string }> {
  /** Absent: it has no texts to embed. */
  type?: 'member' | 'need';
  name: string;
  prefix: string;
  schema: z.ZodType<T>;
  newSchema: z.ZodType<Omit<T, 'id'> & { id?: string | undefined }>;
  collection: Collection<T>;
  /** Faults that only the store can tell. */
  check(doc: T): Promise<void>;
  /** What hangs on a document that is about to go, by what it is; `withdrawn`: besides what `withdraw` will end. */
  dependants(id: string, withdrawn: boolean): Promise<Record<string, string[]>>;
  /** Ends what hangs on it. */
  withdraw?(id: string): Promise<void>;
  /** Erases what else is kept about it and says nothing without it. */
  forget?(id: string): Promise<void>;
}

export function createRecords(
  store: Store,
  embedding: Embedding,
  introductions: IntroductionErasure,
  pastEvents: Pick<PastEvents, 'erase'>,
): { members: Records<Member>; needs: Records<Need>; events: Records<MatchEvent> } {
  const members = store.collection('members');
  const needs = store.collection('needs');
  const events = store.collection('events');
  const programmes = store.collection('programmes');
  return {
    members: recordsOf(
      {
        type: 'member',
        name: 'member',
        prefix: 'm',
        schema: memberSchema,
        newSchema: newMemberSchema,
        collection: members,
        check: async () => undefined,
        dependants: async (id, withdrawn) => ({
          needs: (await needs.find({ where: { ownerId: id }, limit: 100 })).items.map((need) => need.id),
          events: withdrawn ? [] : await eventsNaming(store, id),
        }),
        withdraw: async (id) => withdrawFromEvents(store, id),
        forget: async (id) => pastEvents.erase(id),
      },
      embedding,
      introductions,
    ),
    needs: recordsOf(
      {
        type: 'need',
        name: 'need',
        prefix: 'n',
        schema: needSchema,
        newSchema: newNeedSchema,
        collection: needs,
        async check(need) {
          if ((await members.get(need.ownerId)) !== undefined) return;
          throw new Problem('invalid', 'The owner of the need is not known.', {
            faults: [
              {
                field: 'ownerId',
                code: 'unknown_member',
                message: 'There is no member with this id.',
                value: need.ownerId,
              },
            ],
          });
        },
        dependants: async () => ({}),
      },
      embedding,
      introductions,
    ),
    events: recordsOf(
      {
        name: 'event',
        prefix: 'e',
        schema: eventSchema,
        newSchema: newEventSchema,
        collection: events,
        check: async (event) => checkMembers(members, event),
        dependants: async (id) => ({ programmes: (await programmes.get(id)) === undefined ? [] : [id] }),
      },
      embedding,
      introductions,
    ),
  };
}

/** Attendees must be members: everything that is planned for them comes from there. @throws Problem `invalid`. */
async function checkMembers(members: Collection<Member>, event: MatchEvent): Promise<void> {
  const known = new Set((await members.getMany(event.attendees)).map(({ id }) => id));
  const faults = event.attendees.flatMap((id, i) =>
    known.has(id)
      ? []
      : [{ field: `attendees[${i}]`, code: 'unknown_member', message: 'There is no member with this id.', value: id }],
  );
  if (faults.length > 0)
    throw new Problem('invalid', 'Some attendees are not known.', { faults: faults.slice(0, 100) });
}

/** 80 random bits, readable aloud: no vowels that make words, no characters that look alike. */
function newId(prefix: string): string {
  const alphabet = '23456789bcdfghjkmnpqrstvwxyz';
  return `${prefix}-${[...randomBytes(16)].map((byte) => alphabet[byte % alphabet.length]).join('')}`;
}

/** How to go on when something hangs on what is to be removed. */
const waysOut: Readonly<Record<string, string>> = {
  needs: 'Remove the needs first.',
  events: 'Take it out of the events, or add ?cascade=withdraw: then it leaves them and its meetings are called off.',
  programmes: 'Remove the programme first: DELETE /api/v1/events/{id}/programme.',
};

function recordsOf<T extends { id: string }>(
  kind: Kind<T>,
  embedding: Embedding,
  introductions: IntroductionErasure,
): Records<T> {
  const { collection } = kind;

  const parse = <S>(schema: z.ZodType<S>, input: unknown): S => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    throw new Problem('invalid', `The ${kind.name} is not valid.`, { faults: faultsOf(parsed.error, input) });
  };
  const get = async (id: string) => {
    const found = await collection.get(id);
    if (found === undefined) throw new Problem('not-found', `There is no ${kind.name} ${id}.`);
    return found;
  };
  const store = async (id: string, doc: T, version: number) => {
    await kind.check(doc);
    const stored = await collection.replace(id, doc, version).catch(asProblem(kind.name, id));
    if (kind.type !== undefined) await embedding.request(kind.type, [id]);
    return stored;
  };
  const current = async (id: string, version: number) => {
    const found = await get(id);
    if (found.version === version) return found;
    throw new Problem('stale', `The ${kind.name} ${id} is at version ${found.version}.`);
  };
  const withId = (id: string, body: unknown): unknown => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
    const given = (body as { id?: unknown }).id;
    if (given !== undefined && given !== id)
      throw new Problem('invalid', 'The id cannot be changed.', {
        faults: [{ field: 'id', code: 'not_changeable', message: `The id in the address is ${id}.`, value: given }],
      });
    return { ...body, id };
  };

  return {
    list: ({ where, text, after, limit }) =>
      collection.find({
        where,
        limit,
        ...(text === undefined ? {} : { text }),
        ...(after === undefined ? {} : { after }),
      }),
    get,
    async create(body) {
      const parsed = parse(kind.newSchema, body);
      const id = parsed.id ?? newId(kind.prefix);
      const doc = { ...parsed, id } as T;
      await kind.check(doc);
      const stored = await collection.insert(id, doc).catch(asProblem(kind.name, id));
      if (kind.type !== undefined) await embedding.request(kind.type, [id]);
      return stored;
    },
    async replace(id, body, version) {
      await current(id, version);
      return store(id, parse(kind.schema, withId(id, body)), version);
    },
    async patch(id, body, version) {
      const found = await current(id, version);
      if (typeof body !== 'object' || body === null || Array.isArray(body))
        throw new Problem('invalid', 'A merge patch is a JSON object.', {
          faults: [{ field: '', code: 'invalid_type', message: 'Expected an object.' }],
        });
      return store(id, parse(kind.schema, mergePatch(found.doc, withId(id, body))), version);
    },
    async remove(id, version, withdrawBy) {
      const found = version === undefined ? await get(id) : await current(id, version);
      const hanging = Object.entries(await kind.dependants(id, withdrawBy !== undefined)).filter(
        ([, ids]) => ids.length > 0,
      );
      if (hanging.length > 0)
        throw new Problem(
          'not-allowed-now',
          `The ${kind.name} ${id} still has ${hanging.map(([what]) => what).join(' and ')}. ${hanging.map(([what]) => waysOut[what] ?? '').join(' ')}`,
          { extra: Object.fromEntries(hanging) },
        );
      if (kind.type !== undefined) {
        const introduced = await introductions.of(kind.type, id);
        if (introduced.length > 0 && withdrawBy === undefined)
          throw new Problem(
            'not-allowed-now',
            `The ${kind.name} ${id} is in ${introduced.length} introductions. Add ?cascade=withdraw to end them with it.`,
            { extra: { introductions: introduced } },
          );
        if (withdrawBy !== undefined) await introductions.erase(kind.type, id, withdrawBy);
      }
      if (withdrawBy !== undefined) await kind.withdraw?.(id);
      await kind.forget?.(id);
      await collection.remove(id, found.version).catch(asProblem(kind.name, id));
      if (kind.type !== undefined) await embedding.erase(kind.type, id, textsOf(kind.type, found.doc));
    },
  };
}

const asProblem =
  (name: string, id: string) =>
  (error: unknown): never => {
    if (!(error instanceof StoreError)) throw error;
    switch (error.code) {
      case 'taken':
        throw new Problem('taken', error.message, {
          faults: [{ field: error.index ?? 'id', code: 'taken', message: error.message }],
        });
      case 'stale':
        throw new Problem('stale', error.message);
      case 'missing':
        throw new Problem('not-found', `There is no ${name} ${id}.`);
      default:
        throw error;
    }
  };
