/** Introductions as they go over the wire. */
import { z } from 'zod';
import {
  declineCodes,
  introductionStates,
  mailTemplates,
  outcomeKinds,
  rejectCodes,
  sides,
} from '../../domain/introduction/introduction.ts';
import type { IntroductionEvent } from '../../domain/introduction/transitions.ts';
import { defaultIntroductionsPerMonth } from '../../domain/introduction/caps.ts';
import { languages } from '../../domain/member.ts';
import { matchKinds } from '../../domain/match/pair.ts';
import { id, isoDate, longText, nok, optional, shortText } from './common.ts';
import { missing, partyRef, reason } from './match.ts';
import { cursor } from './list.ts';

/** Who acts, until there are accounts. `member:ID` may do what that member may, for its own side only. */
export const actorHeader = z
  .string()
  .regex(
    /^(?:adviser(?::[A-Za-z0-9][A-Za-z0-9._@-]{0,63})?|member:[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/,
    'must be "adviser", "adviser:NAME" or "member:ID"',
  )
  .default('adviser')
  .describe('Who acts: "adviser", "adviser:NAME" or "member:ID".');

const side = z.enum(sides).describe('a: the subject; b: the counterpart.');
const partyType = z.enum(['member', 'need']);
const given = { side: optional(side).describe('Whose answer it is; an adviser may act in the name of a side.') };
const because = { text: optional(longText).describe('The reason in words; the other side never sees it.') };
const moment = z.iso.datetime({ offset: true });

export const introductionListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: cursor.optional(),
  state: z.enum(introductionStates).optional(),
  subject: id.optional().describe('Member or need on side a.'),
  counterpart: id.optional().describe('Member or need on side b.'),
  event: id.optional(),
  mail: z
    .enum(['undelivered'])
    .optional()
    .describe('undelivered: a mail could not be delivered; somebody should call.'),
  lang: z.enum(languages).default('nb'),
});
export const introductionQuery = z.strictObject({ lang: z.enum(languages).default('nb') });

/** Words that stand where the address of an introduction has its id. */
const addressWords = ['events', 'suggest', 'approve-many'];
const introductionId = id.refine((text) => !addressWords.includes(text), 'is taken by an address of its own');

export const newIntroductionSchema = z
  .strictObject({
    id: introductionId.optional(),
    subjectType: partyType,
    subjectId: id,
    counterpartType: partyType,
    counterpartId: id,
    eventId: optional(id),
    message: optional(longText),
  })
  .meta({ id: 'NewIntroduction' });

export const introductionPatch = z
  .strictObject({
    message: longText.nullable().optional().describe('To both sides; null removes it.'),
    reasonsShown: z
      .array(z.number().int().min(0))
      .max(50)
      .optional()
      .describe('Indices into the reasons of the suggestion, in the order shown.'),
  })
  .meta({ id: 'IntroductionPatch' });

/** The body of each event. */
export const eventBodies = {
  approve: z.strictObject({}),
  reject: z.strictObject({ code: z.enum(rejectCodes), ...because }),
  send: z.strictObject({
    to: optional(z.enum(['a', 'both'])).describe('Default: the setting KOBLING_ASK_BOTH.'),
    withoutMail: z
      .boolean()
      .default(false)
      .describe('Also when a side that is asked has no mail address: the adviser asks it by other means.'),
  }),
  accept: z.strictObject(given),
  decline: z.strictObject({ ...given, code: z.enum(declineCodes), ...because }),
  postpone: z.strictObject({
    ...given,
    until: isoDate.describe('It comes back as suggested on that day.'),
    ...because,
  }),
  schedule: z.strictObject({ ...given, at: moment, place: optional(shortText) }),
  met: z.strictObject({ ...given, met: z.boolean().default(true), on: optional(isoDate), ...because }),
  outcome: z
    .strictObject({
      ...given,
      outcome: z.enum(outcomeKinds).describe('none: nothing came of it; refused once something has.'),
      amountNok: optional(nok),
      date: isoDate.describe('Not before the introduction was made, not after today. Told twice, it counts once.'),
      confirmedBy: shortText.describe('Who confirmed it, such as a name or "both sides".'),
      ...because,
    })
    .refine((body) => body.outcome !== 'investment' || body.amountNok !== undefined, {
      path: ['amountNok'],
      error: 'is needed for an investment',
    }),
  withdraw: z.strictObject({ ...given, ...because }),
  undo: z.strictObject({}),
} as const;
export type EventRoute = keyof typeof eventBodies;

/** Events under the names that the addresses take: "send" and "met" say the rest in their bodies. */
export const routesOf = (events: readonly IntroductionEvent[]): string[] => [
  ...new Set(events.map((event) => ({ 'send-to-both': 'send', 'not-met': 'met' })[event as string] ?? event)),
];
const allowedNames = ['edit', ...(Object.keys(eventBodies) as EventRoute[])] as const;

const common = {
  perSubject: z.number().int().min(1).max(50).optional().describe('At most so many for each subject.'),
  minScore: z.number().min(0).max(1).optional(),
};
export const suggestBody = z
  .discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('matches'),
      subjectType: partyType,
      subjectId: id,
      kind: z.enum(matchKinds),
      candidateIds: z.array(id).min(1).max(50).optional().describe('Only these of the list.'),
      eventId: optional(id),
      ...common,
    }),
    z.strictObject({
      from: z.literal('event'),
      eventId: optional(id),
      memberIds: z.array(id).min(2).max(2000).optional().describe('Who attends.'),
      ...common,
    }),
    z.strictObject({
      from: z.literal('everything-new'),
      kinds: z
        .array(z.enum(['investors', 'partners', 'suppliers']))
        .min(1)
        .optional(),
      ...common,
    }),
  ])
  .meta({ id: 'SuggestIntroductions' });
export type SuggestBody = z.infer<typeof suggestBody>;

export const approveManyQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') });
export const approveManyBody = z
  .strictObject({
    ids: z
      .array(id)
      .min(1)
      .max(1000)
      .optional()
      .describe('Default: what is suggested, by the filters below; the best 1,000.'),
    eventId: optional(id),
    subjectId: optional(id),
    minScore: z.number().min(0).max(1).optional(),
    withClosedGate: z
      .boolean()
      .default(false)
      .describe('Also those that an adviser made by hand although a gate is closed; else they are refused.'),
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'ApproveMany' });

const sidedTimes = z.object({ a: z.string().optional(), b: z.string().optional() });
const contact = z
  .object({ name: z.string().optional(), email: z.string().optional(), phone: z.string().optional() })
  .meta({ id: 'Contact' });
const outcome = z
  .object({
    outcome: z.enum(outcomeKinds),
    amountNok: z.number().optional(),
    date: z.string(),
    confirmedBy: z.string(),
    text: z.string().optional(),
    recordedAt: z.string(),
  })
  .meta({ id: 'IntroductionOutcome' });
const historyEntry = z
  .object({
    at: z.string(),
    actor: z.string(),
    inNameOf: z.enum(['adviser', 'a', 'b', 'system']),
    event: z.string(),
    from: z.enum(introductionStates).optional(),
    to: z.enum(introductionStates),
    code: z.string().optional(),
    text: z.string().optional(),
    date: z.string().optional(),
  })
  .meta({ id: 'IntroductionHistoryEntry' });

const summary = {
  id,
  state: z.enum(introductionStates),
  kind: z.enum(matchKinds),
  origin: z.enum(['engine', 'hand']),
  a: partyRef,
  b: partyRef,
  eventId: id.optional(),
  score: z.number().optional(),
  message: z.string().optional(),
  reasons: z.array(reason).describe('Those shown to the sides.'),
  withoutAddress: z.array(z.enum(sides)).optional().describe('Sides that no mail can reach; for advisers.'),
  outdated: z
    .array(
      z.object({
        reason: z.number().int().min(0).describe('Index into the reasons of the suggestion.'),
        side,
        quote: z.string(),
      }),
    )
    .optional()
    .describe(
      'Sentences quoted that their side does not say any more; for advisers. It is not approved or sent while one is shown, and later mails leave it out.',
    ),
  asked: sidedTimes,
  accepted: sidedTimes,
  answerBy: z.string().optional(),
  postponedUntil: z.string().optional(),
  meeting: z.object({ at: z.string(), place: z.string().optional() }).optional(),
  outcomes: z.array(outcome),
  allowedEvents: z
    .array(z.enum(allowedNames))
    .describe('What whoever asks may do now: edit is PATCH, each other one is POST to the address of that name.'),
  contacts: z.object({ a: contact, b: contact }).optional().describe('Only once both have accepted.'),
};
export const introductionSummary = z.object(summary).meta({ id: 'IntroductionSummary' });
export const introductionAnswer = z
  .object({
    ...summary,
    suggestion: z
      .object({
        kind: z.enum(matchKinds),
        rank: z.number().int().optional(),
        score: z.number(),
        reasons: z.array(reason),
        missing: z.array(missing),
        features: z.record(z.string(), z.number()),
        featuresDigest: z.string(),
        weightsDigest: z.string(),
        language: z.enum(languages),
        computedAt: z.string(),
      })
      .optional()
      .describe('What the engine said at that time; for advisers.'),
    gate: z.object({ code: z.string(), sentence: z.string() }).optional(),
    mails: z
      .array(
        z.object({
          id: z.string(),
          template: z.enum(mailTemplates),
          to: z.enum(sides),
          state: z.enum(['waiting', 'sending', 'sent', 'failed', 'dropped', 'cancelled']),
          createdAt: z.string(),
          attempts: z.number().int(),
          sentAt: z.string().optional(),
          error: z.string().optional(),
        }),
      )
      .optional()
      .describe('For advisers.'),
    history: z.array(historyEntry),
  })
  .meta({ id: 'Introduction' });

export const suggestReport = z
  .object({
    created: z.array(z.object({ id, subjectId: id, counterpartId: id, score: z.number() })),
    skipped: z
      .array(
        z.object({
          subjectId: id,
          counterpartId: id,
          why: z.enum(['pair-taken', 'working-together', 'introduced-before', 'below-min-score', 'not-embedded-yet']),
          introductionId: id.optional(),
        }),
      )
      .describe('The first 1,000.'),
    pendingTexts: z
      .number()
      .int()
      .min(0)
      .describe('Texts that are not embedded yet, in the list that lacked most. Above 0: suggest again later.'),
  })
  .meta({ id: 'SuggestReport' });

export const approveManyReport = z
  .object({
    dryRun: z.boolean(),
    selected: z.number().int(),
    approved: z.array(id).describe('In a dry run: those that would be.'),
    refused: z.array(z.object({ id, code: z.string(), sentence: z.string() })),
    withoutAddress: z
      .array(z.object({ id, sides: z.array(z.enum(sides)) }))
      .describe('Of those approved: sides that no mail can reach. Sending asks for an address, or "withoutMail".'),
    exposure: z
      .array(
        z.object({
          memberId: id,
          name: z.string(),
          gets: z.number().int().describe('Selected.'),
          approved: z.number().int().describe('Approved of those; in a dry run: those that would be.'),
          of: z.number().int(),
          cap: z.number().int().describe(`A month; ${defaultIntroductionsPerMonth} where the member set none.`),
          approvedThisMonth: z.number().int(),
          blocked: z.number().int(),
          sentence: z.string(),
        }),
      )
      .describe('Counterparts of the selection, most exposed first, as things were before.'),
  })
  .meta({ id: 'ApproveManyReport' });

/** One line of the export for learning. */
export const learningEventsQuery = z.strictObject({
  since: moment.optional().describe('Only what happened from then on.'),
});
