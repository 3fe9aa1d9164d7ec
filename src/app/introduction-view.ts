/** An introduction as whoever asks may see it. */
import { allowedEvents } from '../domain/introduction/apply.ts';
import { otherSide, showsContacts, sides, type Introduction, type Side } from '../domain/introduction/introduction.ts';
import { withStandingReasons } from '../domain/introduction/standing.ts';
import { labelOf } from '../domain/match/labels.ts';
import type { Reason } from '../domain/match/explain.ts';
import type { Language } from '../domain/member.ts';
import { sidesOf, type Actor } from './actor.ts';
import { sidesWithoutAddress, type Parties } from './introduction-parties.ts';
import { routesOf } from './schemas/introduction.ts';

const relabelled =
  (lang: Language) =>
  (reason: Reason): Reason => ({ ...reason, label: labelOf(reason.code, lang) });

/** What lists show. Advisers see everything; a member what concerns its side. */
export function introductionSummaryOf(introduction: Introduction, parties: Parties, actor: Actor, lang: Language) {
  const { id, state, kind, origin, eventId, message, suggestion, meeting } = introduction;
  const { asked, accepted, answerBy, postponedUntil, outcomes } = introduction;
  const own = sidesOf(introduction, actor);
  const isAdviser = actor.role === 'adviser';
  const outdated = parties.outdated(introduction);
  const { reasonsShown } = isAdviser ? introduction : withStandingReasons(introduction, outdated);
  const contactOf = (side: Side) => parties.member(introduction, side)?.contact ?? {};
  return {
    id,
    state,
    kind,
    origin,
    a: parties.ref(introduction, 'a'),
    b: parties.ref(introduction, 'b'),
    eventId,
    score: isAdviser ? suggestion?.score : undefined,
    message,
    reasons: reasonsShown.flatMap((index) => suggestion?.reasons[index] ?? []).map(relabelled(lang)),
    withoutAddress: isAdviser ? sidesWithoutAddress(introduction, parties) : undefined,
    outdated: isAdviser && outdated.length > 0 ? outdated : undefined,
    asked,
    accepted,
    answerBy,
    postponedUntil,
    meeting,
    outcomes: isAdviser ? outcomes : outcomes.map((one) => ({ ...one, text: undefined })),
    allowedEvents: routesOf(
      isAdviser ? allowedEvents(introduction, 'adviser') : own.flatMap((side) => allowedEvents(introduction, side)),
    ),
    contacts: showsContacts(introduction) ? { a: contactOf('a'), b: contactOf('b') } : undefined,
  };
}

/** With its history; for advisers also what the engine said and where the mails are. */
export function introductionViewOf(introduction: Introduction, parties: Parties, actor: Actor, lang: Language) {
  const summary = introductionSummaryOf(introduction, parties, actor, lang);
  const { history, suggestion, gate, outbox } = introduction;
  if (actor.role !== 'adviser') return { ...summary, history: historyFor(introduction, sidesOf(introduction, actor)) };
  return {
    ...summary,
    suggestion: suggestion && { ...suggestion, reasons: suggestion.reasons.map(relabelled(lang)) },
    gate,
    mails: outbox.map(({ id, template, to, state, createdAt, attempts, sentAt, error }) => ({
      id,
      template,
      to,
      state,
      createdAt,
      attempts,
      sentAt,
      error,
    })),
    history,
  };
}

/** A reason is for the advisers, and for whoever gave it. */
function historyFor({ history }: Introduction, own: readonly Side[]) {
  const others = sides.filter((side) => own.includes(otherSide(side)) && !own.includes(side));
  return history
    .filter((entry) => entry.event !== 'edit')
    .map((entry) => {
      const isOwn = (own as readonly string[]).includes(entry.inNameOf);
      const actor = (others as readonly string[]).includes(entry.inNameOf) ? `side ${entry.inNameOf}` : entry.actor;
      return isOwn ? entry : { ...entry, actor, code: undefined, text: undefined };
    });
}
