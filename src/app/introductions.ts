/** Introductions: list, read, make by hand, edit, and every event. Actor and side are parameters of all of it. */
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { apply, dueEventOf, type Command } from '../domain/introduction/apply.ts';
import { sides, type InNameOf, type Introduction, type Side } from '../domain/introduction/introduction.ts';
import { newIntroduction, type NewIntroduction } from '../domain/introduction/new-introduction.ts';
import { transitions, type IntroductionEvent } from '../domain/introduction/transitions.ts';
import { Problem } from '../domain/problem.ts';
import { sidesOf, system, wasAsked, type Actor } from './actor.ts';
import { faultsOf } from './faults.ts';
import { capsFor } from './introduction-caps.ts';
import { hindrances, readParties, sidesWithoutAddress } from './introduction-parties.ts';
import type { MailRelay } from './mail-relay.ts';
import { StoreError, type Clock, type Page, type Store, type Stored, type Where } from './ports.ts';
import { eventBodies, introductionPatch, routesOf, type EventRoute } from './schemas/introduction.ts';

export interface IntroductionSettings {
  /** How long an asked side has. Default 14 days. */
  answerDays: number;
  /** Both sides at once, instead of side b once side a has said yes. */
  askBoth: boolean;
  /** How long mails wait, so that a step can still be taken back. */
  mailDelayMs: number;
}

export interface Introductions {
  /** A member gets those that it was asked about; its pages may hold fewer than `limit`. */
  list(
    input: { where: Where; after?: string | undefined; limit: number },
    actor: Actor,
  ): Promise<Page<Stored<Introduction>>>;
  /** @throws Problem `not-found`, also for a member that has not been asked. */
  get(id: string, actor: Actor): Promise<Stored<Introduction>>;
  /** @throws Problem `taken` with the introduction that the pair has already. */
  insert(given: Omit<NewIntroduction, 'id' | 'now'> & { id?: string | undefined }): Promise<Stored<Introduction>>;
  /** @throws Problem `invalid`, `not-found`, `forbidden`, `not-allowed-now`, `stale`. */
  edit(id: string, body: unknown, actor: Actor, version: number | undefined): Promise<Stored<Introduction>>;
  /** One event as its route takes it. @throws as edit. */
  act(id: string, event: EventRoute, body: unknown, actor: Actor, version?: number): Promise<Stored<Introduction>>;
  /** What the clock asks for now. Asked twice, it does it once. Returns the events that happened. */
  passTime(id: string): Promise<IntroductionEvent[]>;
}

export interface IntroductionsDeps {
  store: Store;
  clock: Clock;
  relay: MailRelay;
  settings: IntroductionSettings;
  /** Real time for mails. Default the clock of the machine. */
  nowMs?: () => number;
}

export const defaultIntroductionSettings: IntroductionSettings = { answerDays: 14, askBoth: false, mailDelayMs: 0 };

/** Changed by somebody else so often in a row that something is wrong. */
const maxTries = 50;

type Body<E extends EventRoute> = z.infer<(typeof eventBodies)[E]>;

export function createIntroductions(deps: IntroductionsDeps): Introductions {
  const { store, clock, relay, settings, nowMs = Date.now } = deps;
  const introductions = store.collection('introductions');

  const knows = (actor: Actor, { doc }: Stored<Introduction>) =>
    actor.role !== 'member' || sidesOf(doc, actor).some((side) => wasAsked(doc, side));
  const get = async (id: string, actor: Actor) => {
    const found = await introductions.get(id);
    if (found === undefined || !knows(actor, found)) throw new Problem('not-found', `There is no introduction ${id}.`);
    return found;
  };

  /** Mails are sent by their own job; one that cannot be asked for now is found by the next sweep. */
  const written = async (stored: Stored<Introduction>) => {
    await relay.request(stored.doc).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
    });
    return stored;
  };

  const step = async (
    id: string,
    actor: Actor,
    version: number | undefined,
    plan: (introduction: Introduction) => Promise<{ command: Command; inNameOf: InNameOf }>,
  ): Promise<Stored<Introduction>> => {
    for (let tries = 1; ; tries++) {
      const found = await get(id, actor);
      if (version !== undefined && found.version !== version)
        throw new Problem('stale', `The introduction ${id} is at version ${found.version}.`);
      const { command, inNameOf } = await plan(found.doc);
      const done = apply(found.doc, command, {
        actor: actor.name,
        inNameOf,
        byAdviser: actor.role === 'adviser',
        now: clock.now().toISOString(),
        answerDays: settings.answerDays,
        mailNotBeforeMs: settings.mailDelayMs === 0 ? 0 : nowMs() + settings.mailDelayMs,
      });
      if ('refusal' in done) {
        const { code, sentence } = done.refusal;
        throw new Problem('not-allowed-now', sentence, {
          extra: { reason: code, allowedEvents: routesOf(done.refusal.allowedEvents) },
        });
      }
      if (!done.changed) return found;
      try {
        return await written(await introductions.replace(id, done.introduction, found.version));
      } catch (error) {
        const again =
          error instanceof StoreError &&
          ((error.code === 'stale' && version === undefined) ||
            // Another approval took the same number of the month: look again.
            (error.code === 'taken' && error.index === 'capSlots' && command.event === 'approve'));
        if (!again || tries >= maxTries) throw asProblem(error);
      }
    }
  };

  const commandOf = async (introduction: Introduction, event: EventRoute, given: unknown): Promise<Command> => {
    switch (event) {
      case 'approve': {
        const parties = await readParties(store, [introduction]);
        const caps = await capsFor(store, introduction, parties, clock.now().toISOString());
        return { event, caps, ...hindrances(introduction, parties) };
      }
      case 'send': {
        const { to = settings.askBoth ? 'both' : 'a', withoutMail } = given as Body<'send'>;
        const parties = await readParties(store, [introduction]);
        const asked = to === 'both' ? sides : (['a'] as const);
        const unreached = withoutMail ? [] : sidesWithoutAddress(introduction, parties);
        return {
          event: to === 'both' ? 'send-to-both' : 'send',
          ...hindrances(introduction, parties),
          withoutAddress: asked.flatMap((side) =>
            unreached.includes(side) ? [parties.name(introduction, side) ?? side] : [],
          ),
        };
      }
      case 'met': {
        const { met, on, text } = given as Body<'met'>;
        return { event: met ? 'met' : 'not-met', on, text };
      }
      default: {
        const rest = { ...(given as { side?: Side }) };
        delete rest.side;
        return { event, ...rest } as Command;
      }
    }
  };

  return {
    async list({ where, after, limit }, actor) {
      const own = actor.memberId === undefined ? {} : { parties: `member:${actor.memberId}` };
      const page = await introductions.find({
        where: { ...where, ...own },
        limit,
        ...(after === undefined ? {} : { after }),
      });
      return { ...page, items: page.items.filter((one) => knows(actor, one)) };
    },
    get,
    async insert(given) {
      const now = clock.now().toISOString();
      const introduction = newIntroduction({ ...given, id: given.id ?? newIntroductionId(nowMs()), now });
      try {
        return await introductions.insert(introduction.id, introduction);
      } catch (error) {
        if (!(error instanceof StoreError && error.index === 'pairKey')) throw asProblem(error);
        const where = { pairKey: introduction.pairKey! };
        const existing = (await introductions.find({ where, limit: 1 })).items[0];
        throw new Problem(
          'taken',
          `The two are in an introduction already${existing ? `, which is ${existing.doc.state}` : ''}.`,
          {
            extra: existing === undefined ? {} : { introductionId: existing.id, state: existing.doc.state },
            cause: error,
          },
        );
      }
    },
    async edit(id, body, actor, version) {
      const patch = parse(introductionPatch, body);
      return step(id, actor, version, async (introduction) => ({
        command: { event: 'edit', ...patch },
        inNameOf: nameFor(introduction, 'edit', actor, undefined),
      }));
    },
    async act(id, event, body, actor, version) {
      const given = parse<unknown>(eventBodies[event], body ?? {});
      return step(id, actor, version, async (introduction) => ({
        command: await commandOf(introduction, event, given),
        inNameOf: nameFor(introduction, event, actor, (given as { side?: Side }).side),
      }));
    },
    async passTime(id) {
      const happened: IntroductionEvent[] = [];
      for (;;) {
        const found = await introductions.get(id);
        const event = found && dueEventOf(found.doc, clock.now().toISOString());
        if (event === undefined) return happened;
        await step(id, system, found!.version, async () => ({ command: { event }, inNameOf: 'system' })).then(
          () => happened.push(event),
          (error: unknown) => {
            if (!(error instanceof Problem && error.code === 'stale')) throw error;
          },
        );
      }
    },
  };
}

let lastId = 0;

/** Microseconds, never the same twice, and a random end: sorted by id is sorted by making. */
export function newIntroductionId(nowMs: number): string {
  lastId = Math.max(lastId + 1, nowMs * 1000);
  return `i-${lastId.toString(36)}-${randomBytes(4).toString('hex')}`;
}

function parse<S>(schema: z.ZodType<S>, input: unknown): S {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid', 'The body is not valid.', { faults: faultsOf(parsed.error, input) });
}

const sided: readonly EventRoute[] = ['accept', 'decline'];

/** In whose name the actor does it. @throws Problem `forbidden`, `invalid` when an adviser does not say whose answer it is. */
function nameFor(
  introduction: Introduction,
  event: EventRoute | 'edit',
  actor: Actor,
  side: Side | undefined,
): InNameOf {
  if (actor.role !== 'member') {
    if (side === undefined && sided.includes(event as EventRoute))
      throw new Problem('invalid', 'Say whose answer it is.', {
        faults: [{ field: 'side', code: 'required', message: 'An adviser names the side that answered: "a" or "b".' }],
      });
    return side ?? (actor.role === 'system' ? 'system' : 'adviser');
  }
  const own = sidesOf(introduction, actor);
  const chosen = side ?? own[0];
  const may = chosen !== undefined && own.includes(chosen) && isEverFor(event, chosen);
  if (!may) throw new Problem('forbidden', `${actor.name} may not ${event} this introduction in that name.`);
  return chosen;
}

const isEverFor = (event: IntroductionEvent, who: InNameOf): boolean =>
  Object.values(transitions).some((row) => row[event]?.[who] !== undefined);

function asProblem(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  if (error.code === 'taken')
    return new Problem(
      'taken',
      error.index === 'pairKey'
        ? 'The two are in another introduction meanwhile.'
        : error.index === 'capSlots'
          ? 'Another introduction has taken its place in the month.'
          : error.message,
      { cause: error, faults: [{ field: error.index ?? 'id', code: 'taken', message: error.message }] },
    );
  if (error.code === 'stale') return new Problem('stale', error.message, { cause: error });
  return error;
}
