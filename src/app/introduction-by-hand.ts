/** An introduction that an adviser makes without the engine's asking. */
import { bindingGates } from '../domain/match/gates.ts';
import type { Introduction } from '../domain/introduction/introduction.ts';
import { Problem } from '../domain/problem.ts';
import { adviserOnly, type Actor } from './actor.ts';
import type { Catalog } from './catalog.ts';
import { faultsOf } from './faults.ts';
import type { Introductions } from './introductions.ts';
import type { Matching } from './matching.ts';
import type { Stored } from './ports.ts';
import { newIntroductionSchema } from './schemas/introduction.ts';
import { kindForPair, partyOfIntroduction, suggestionOf } from './suggestion.ts';

const language = 'nb';

export type IntroduceByHand = (body: unknown, actor: Actor) => Promise<Stored<Introduction>>;

/** @throws Problem `invalid`, `forbidden`, `not-allowed-now` when a gate is closed that no adviser opens, `taken`. */
export function createIntroduceByHand(deps: {
  catalog: Catalog;
  matching: Matching;
  introductions: Introductions;
}): IntroduceByHand {
  const { catalog, matching, introductions } = deps;
  return async (body, actor) => {
    adviserOnly(actor, 'Introductions are made by advisers.');
    const parsed = newIntroductionSchema.safeParse(body);
    if (!parsed.success)
      throw new Problem('invalid', 'The introduction is not valid.', { faults: faultsOf(parsed.error, body) });
    const { id, subjectType, subjectId, counterpartType, counterpartId, eventId, message } = parsed.data;
    await catalog.refresh();
    const partyOf = (field: string, type: 'member' | 'need', partyId: string) => {
      const party = catalog.party(type, partyId);
      if (party !== undefined) return party;
      const fault = { field, code: `unknown_${type}`, message: `There is no ${type} with this id.`, value: partyId };
      throw new Problem('invalid', 'The introduction is not valid.', { faults: [fault] });
    };
    const subject = partyOf('subjectId', subjectType, subjectId);
    const counterpart = partyOf('counterpartId', counterpartType, counterpartId);
    const kind = kindForPair(subject, counterpart);
    const [a, b] = [partyOfIntroduction(subject), partyOfIntroduction(counterpart)];
    if (kind === undefined || a.memberId === b.memberId)
      throw new Problem('invalid', 'These two are not introduced to each other.', {
        faults: [
          {
            field: 'counterpartId',
            code: 'not_a_pair',
            message: 'Name two parties with different members behind them.',
          },
        ],
      });
    const { match, closed, computedAt } = await matching.explain({
      subjectType,
      subjectId,
      kind,
      lang: language,
      candidateType: counterpartType,
      candidateId: counterpartId,
    });
    if (closed !== undefined && bindingGates.includes(closed.code))
      throw new Problem('not-allowed-now', closed.sentence, { extra: { gate: closed.code } });
    return introductions.insert({
      id,
      a,
      b,
      kind,
      origin: 'hand',
      eventId,
      message,
      suggestion: match && suggestionOf(kind, a, match, language, computedAt),
      gate: closed && { code: closed.code, sentence: closed.sentence },
      actor: actor.name,
    });
  };
}
