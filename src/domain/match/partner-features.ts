/** Signals between two members that may work together. Rivals look alike in text; what one seeks and the other offers tells them apart. */
import { publicBodyKinds, type MemberKind } from '../member.ts';
import { containment, type GramWeights } from './grams.ts';
import type { MemberParty, PreparedFacet } from './party.ts';
import { bestPairs, cosine } from './similarity.ts';

export const partnerFeatureNames = [
  'profiles', // cosine of the two profiles, 0-1
  'askToProfile', // what the subject asks against what the candidate is, 0-1
  'profileToAsk', // and the other way round, 0-1
  'asks', // cosine of the two asks, 0-1
  'seekBest', // best of the subject's seeks against the candidate's sentences, 0-1
  'seekMean', // mean over the subject's seeks, 0-1
  'soughtBest', // best of the candidate's seeks against the subject's sentences, 0-1
  'soughtMean', // 0-1
  'reciprocal', // geometric mean of seekBest and soughtBest, 0-1
  'words', // share of the subject's telling grams at the candidate, 0-1
  'wordsBack', // and the other way round, 0-1
  'rivalry', // same offers for the same users while neither seeks the other, 0-1 (bad)
  'offersAlike', // best offer against offer, 0-1
  'sameKind', // 0 or 1
  'sameCounty', // 0 or 1
  'candidatePublic', // municipality, intermunicipal or hospital, 0 or 1
  'candidateKnowledge', // research, test lab, TTO, incubator, 0 or 1
  'candidateCarrier', // lighthouse or integrator, 0 or 1
  'candidateService', // 0 or 1
  'candidateUsers', // user organisation, 0 or 1
  'complementaryKinds', // one side buys or tests what the other makes, 0 or 1
  'kindSought', // the candidate's kind is named in the subject's seeks, 0 or 1
  'kindSoughtBack', // the subject's kind is named in the candidate's seeks, 0 or 1
  'sharedSectors', // share of the subject's sector words that the candidate shares, 0-1
  'integrationsNamed', // one side's integration is the other's name or offer, 0-1
] as const;
export type PartnerFeature = (typeof partnerFeatureNames)[number];

const moneyPattern =
  /(\d\s*(mill|mnok|mrd|m\b|million)|\bNOK\b|\bkapital\b|\binvestor|\bangels?\b|\bengel\b|\bsåkorn|\bemisjon|\bseed\b|\bseries [ab]\b|\bserie [ab]\b|venture|\bcapital\b|oppkjøp|acqui|\bround\b)/iu;

/** Seeks that ask for money are for the investor match, not for partners. */
export const asksForMoney = (text: string): boolean => moneyPattern.test(text);

const kindWords: Readonly<Partial<Record<MemberKind, RegExp>>> = {
  municipality: /kommun|municipal/iu,
  intermunicipal: /kommun|municipal|interkommun/iu,
  hospital: /sykehus|sjukehus|hospital|helseforetak|klinisk|clinical|avdeling|ward/iu,
  research: /forsk|research|universit|studie|stud(y|ies)|evaluer|følge|academ|trial/iu,
  testlab: /test|pilot|lab\b|verifi/iu,
  tto: /\bTTO\b|lisens|licen|patent|IPR/iu,
  incubator: /inkubator|incubator|aksellerator|accelerator|lab bench|kontorplass/iu,
  lighthouse: /plattform|platform|EPJ|EHR|lighthouse|fyrtårn|distribut|leverandør/iu,
  integrator: /integra|totalleverandør|contractor|systeml/iu,
  service: /regulator|MDR|rådgiv|advis|consult|juri|certif|sertif/iu,
  userorg: /bruker|brukar|user|pasient|patient|pårørende|panel/iu,
  startup: /oppstart|startup|start-up|gründer|selskap|sensor|app\b|vendor|leverandør/iu,
  company: /selskap|compan|leverandør|vendor|produsent|manufactur/iu,
};

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
const seeksOf = (party: MemberParty): PreparedFacet[] => party.byRole.seek.filter((facet) => !asksForMoney(facet.text));
const sells = (kind: MemberKind) => ['startup', 'company', 'lighthouse', 'integrator', 'service'].includes(kind);
const hosts = (kind: MemberKind) => [...publicBodyKinds, 'research', 'testlab', 'userorg'].includes(kind);

export function partnerFeatures(
  subject: MemberParty,
  candidate: MemberParty,
  weights: GramWeights,
): Record<PartnerFeature, number> {
  const sentencesOf = (party: MemberParty) => [...party.byRole.offer, ...party.byRole.about];
  const seek = bestPairs(seeksOf(subject), sentencesOf(candidate), weights).map((pair) => pair.similarity);
  const sought = bestPairs(seeksOf(candidate), sentencesOf(subject), weights).map((pair) => pair.similarity);
  const seekBest = Math.max(0, ...seek);
  const soughtBest = Math.max(0, ...sought);
  const offers = bestPairs(subject.byRole.offer, candidate.byRole.offer, weights).map((pair) => pair.similarity);
  const offersAlike = Math.max(0, ...offers);
  const a = subject.doc;
  const b = candidate.doc;
  const makers = sells(a.kind) && sells(b.kind);
  const sectorsA = (a.sectors ?? []).map((sector) => sector.toLowerCase());
  const sectorsB = new Set((b.sectors ?? []).map((sector) => sector.toLowerCase()));
  const named = (party: MemberParty, kind: MemberKind) =>
    seeksOf(party).some((facet) => kindWords[kind]?.test(facet.text) ?? false);
  const integrates = (one: MemberParty, other: MemberParty) =>
    (one.doc.integrations ?? []).some((integration) =>
      other.doc.name.toLowerCase().startsWith(integration.toLowerCase().split(' ')[0]!),
    )
      ? 1
      : 0;
  return {
    profiles: Math.max(0, cosine(subject.byRole.profile[0]?.vector, candidate.byRole.profile[0]?.vector)),
    askToProfile: Math.max(0, cosine(subject.byRole.ask[0]?.vector, candidate.byRole.profile[0]?.vector)),
    profileToAsk: Math.max(0, cosine(subject.byRole.profile[0]?.vector, candidate.byRole.ask[0]?.vector)),
    asks: Math.max(0, cosine(subject.byRole.ask[0]?.vector, candidate.byRole.ask[0]?.vector)),
    seekBest,
    seekMean: mean(seek),
    soughtBest,
    soughtMean: mean(sought),
    reciprocal: Math.sqrt(seekBest * soughtBest),
    words: containment(subject.grams, candidate.grams, weights),
    wordsBack: containment(candidate.grams, subject.grams, weights),
    rivalry: makers ? Math.max(0, offersAlike - Math.max(seekBest, soughtBest)) : 0,
    offersAlike,
    sameKind:
      a.kind === b.kind ||
      (makers && ['startup', 'company'].includes(a.kind) && ['startup', 'company'].includes(b.kind))
        ? 1
        : 0,
    sameCounty: a.county !== undefined && a.county === b.county ? 1 : 0,
    candidatePublic: publicBodyKinds.includes(b.kind) ? 1 : 0,
    candidateKnowledge: ['research', 'testlab', 'tto', 'incubator'].includes(b.kind) ? 1 : 0,
    candidateCarrier: ['lighthouse', 'integrator'].includes(b.kind) ? 1 : 0,
    candidateService: b.kind === 'service' ? 1 : 0,
    candidateUsers: b.kind === 'userorg' ? 1 : 0,
    complementaryKinds: (sells(a.kind) && hosts(b.kind)) || (hosts(a.kind) && sells(b.kind)) ? 1 : 0,
    kindSought: named(subject, b.kind) ? 1 : 0,
    kindSoughtBack: named(candidate, a.kind) ? 1 : 0,
    sharedSectors:
      sectorsA.length === 0 ? 0 : sectorsA.filter((sector) => sectorsB.has(sector)).length / sectorsA.length,
    integrationsNamed: Math.max(integrates(subject, candidate), integrates(candidate, subject)),
  };
}
