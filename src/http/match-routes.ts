import { z } from 'zod';
import type { Matching } from '../app/matching.ts';
import { id } from '../app/schemas/common.ts';
import { customerQuery, matchAnswer, matchList, matchQuery, pairQuery } from '../app/schemas/match.ts';
import type { MatchKind } from '../domain/match/pair.ts';
import { answerHeaders as headers, unchanged, type AnswerCache } from './answer-cache.ts';
import { route, type Route } from './route.ts';

const memberKinds: readonly (readonly [MatchKind, string])[] = [
  ['investors', 'Investors for a startup or company'],
  ['startups', 'Startups and companies for an investor'],
  ['partners', 'Partners for any member'],
  ['customers', 'Open needs and public bodies for a supplier'],
];
const problems = ['not-found', 'invalid', 'match-not-applicable', 'unavailable'] as const;

export function matchRoutes(matching: Matching, cache: AnswerCache): Route[] {
  return [
    ...memberKinds.flatMap(([kind, summary]) => pairOfRoutes(matching, cache, 'member', kind, summary)),
    ...pairOfRoutes(matching, cache, 'need', 'suppliers', 'Suppliers for a need'),
  ];
}

function pairOfRoutes(
  matching: Matching,
  cache: AnswerCache,
  subjectType: 'member' | 'need',
  kind: MatchKind,
  summary: string,
): Route[] {
  const path = `/api/v1/${subjectType}s/{id}/matches/${kind}`;
  return [
    route({
      method: 'get',
      path,
      summary,
      tag: 'matches',
      params: z.strictObject({ id }),
      query: kind === 'customers' ? customerQuery : matchQuery,
      answers: {
        200: { description: 'Best first, none below the floor.', schema: matchList, headers },
        304: unchanged,
      },
      problems,
      handle({ params, query, request }) {
        const { limit, lang, explain, candidateType } = query as z.infer<typeof customerQuery>;
        const full = explain === 'full';
        return cache.answer(request, query, () =>
          matching.list({ subjectType, subjectId: params.id, kind, limit, lang, full, candidateType }),
        );
      },
    }),
    route({
      method: 'get',
      path: `${path}/{candidateId}`,
      summary: `${summary}: why, or why not, one candidate`,
      tag: 'matches',
      params: z.strictObject({ id, candidateId: id }),
      query: pairQuery,
      answers: {
        200: {
          description: 'The gate that closes the pair, or its rank and reasons, and what would lift it.',
          schema: matchAnswer,
          headers,
        },
        304: unchanged,
      },
      problems,
      handle: ({ params, query, request }) =>
        cache.answer(request, query, () =>
          matching.explain({ subjectType, subjectId: params.id, kind, candidateId: params.candidateId, ...query }),
        ),
    }),
  ];
}
