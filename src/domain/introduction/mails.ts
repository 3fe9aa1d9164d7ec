/** Which mails a step asks for, and whether one that waits is still wanted. */
import type { IntroductionEvent } from './transitions.ts';
import {
  otherSide,
  sides,
  waitsFor,
  type InNameOf,
  type Introduction,
  type MailIntent,
  type MailTemplate,
  type Side,
} from './introduction.ts';

export interface WantedMail {
  template: MailTemplate;
  to: Side;
}

const to = (template: MailTemplate, whom: readonly Side[]): WantedMail[] =>
  whom.map((side) => ({ template, to: side }));

/** `before` and `after` the step; `inNameOf` knows already what it did itself. */
export function mailsOf(
  event: IntroductionEvent,
  inNameOf: InNameOf,
  before: Introduction,
  after: Introduction,
): WantedMail[] {
  const newlyAsked = sides.filter((side) => after.asked[side] !== undefined && before.asked[side] === undefined);
  const asked = sides.filter((side) => before.asked[side] !== undefined);
  switch (event) {
    case 'send':
    case 'send-to-both':
    case 'accept':
      return after.state === 'accepted' ? to('accepted', sides) : to('request', newlyAsked);
    case 'decline': {
      const other = otherSide(inNameOf as Side);
      return to(
        'declined',
        asked.filter((side) => side === other),
      );
    }
    case 'postpone':
      return to(
        'postponed',
        asked.filter((side) => side !== inNameOf),
      );
    case 'withdraw':
      return to(
        'withdrawn',
        asked.filter((side) => side !== inNameOf),
      );
    case 'expire':
      // Who never answered is left in peace.
      return to(
        'expired',
        sides.filter((side) => before.accepted[side] !== undefined),
      );
    case 'remind':
      return to('reminder', waitsFor(before));
    case 'schedule':
      return to('scheduled', sides);
    default:
      return [];
  }
}

/** What happened while the mail waited can make it wrong: nobody is asked for an answer that is not wanted any more. */
export function isStillWanted(introduction: Introduction, { template, to: side, round }: MailIntent): boolean {
  switch (template) {
    case 'request':
    case 'reminder':
      return (
        introduction.round === round &&
        ['sent-to-a', 'sent-to-both', 'accepted-by-a', 'accepted-by-b'].includes(introduction.state) &&
        waitsFor(introduction).includes(side)
      );
    case 'accepted':
      return introduction.accepted.a !== undefined && introduction.state !== 'withdrawn';
    case 'scheduled':
      return introduction.state === 'scheduled';
    case 'postponed':
      return introduction.state === 'postponed';
    default:
      return true;
  }
}

/** It may be in somebody's hands: a try that failed may have come through all the same. */
export const mayBeSeen = ({ attempts }: MailIntent): boolean => attempts > 0;
