/** Signals between two members that may work together. Rivals look alike in text; what one seeks and the other offers tells them apart. */
import { memberKinds, publicBodyKinds, type Member, type MemberKind } from '../member.ts';
import { conceptCosine, conceptShare, onAxes, rarestShared, union, type Concepts } from './concepts.ts';
import { either, lifts, lowers, type FeatureTable } from './feature-table.ts';
import { surplus, type GramWeights } from './grams.ts';
import type { MemberParty, PreparedFacet } from './party.ts';
import { bestPairs, cosine } from './similarity.ts';
import { isPendingCertificate } from './traits.ts';

export const partnerFeatureTable = {
  profiles: lifts('forward', 'vectors', 'the two profiles'),
  askToProfile: lifts('forward', 'vectors', 'what the subject asks against what the candidate is'),
  profileToAsk: lifts('back', 'vectors', 'and the other way round'),
  asks: lifts('structure', 'vectors', 'the two asks'),
  seekBest: lifts('forward', 'vectors', "best of the subject's seeks against the candidate's sentences"),
  seekMean: lifts('forward', 'vectors', "mean over the subject's seeks"),
  soughtBest: lifts('back', 'vectors', "best of the candidate's seeks against the subject's sentences"),
  soughtMean: lifts('back', 'vectors', "mean over the candidate's seeks"),
  reciprocal: lifts(
    'structure',
    'vectors',
    'geometric mean of seekBest and soughtBest: one-sided interest must not win',
  ),
  askReciprocal: lifts('structure', 'vectors', 'geometric mean of askToProfile and profileToAsk'),
  askEither: lifts('structure', 'vectors', 'the larger of the two'),
  seekEither: lifts(
    'structure',
    'vectors',
    'the larger of seekBest and soughtBest: one plain wish is a reason to meet',
  ),
  seekOfKind: lifts('structure', 'rules', 'the better answered of all seeks, less where it asks for another kind'),
  words: lifts('forward', 'words', "the subject's telling grams at the candidate, beyond chance", [-1, 1]),
  wordsBack: lifts('back', 'words', 'and the other way round', [-1, 1]),
  seekConcepts: lifts('forward', 'concepts', 'share of the concepts sought that the candidate speaks of'),
  seekConceptsBest: lifts('forward', 'concepts', 'the seek whose concepts it meets best'),
  seekRarest: lifts('forward', 'concepts', 'the most telling concept sought that it offers'),
  soughtConcepts: lifts('back', 'concepts', 'share of the concepts the candidate seeks that the subject speaks of'),
  soughtConceptsBest: lifts('back', 'concepts', 'the seek of the candidate that the subject meets best'),
  soughtRarest: lifts('back', 'concepts', 'the most telling concept the candidate seeks and the subject offers'),
  conceptReciprocal: lifts('structure', 'concepts', 'geometric mean of seekConceptsBest and soughtConceptsBest'),
  conceptEither: lifts('structure', 'concepts', 'the larger of the two'),
  candidateIsSought: lifts('forward', 'concepts', "share of the candidate's concepts that the subject seeks"),
  conceptsAlike: lifts('structure', 'concepts', 'cosine of all concepts'),
  fieldsAlike: lifts('structure', 'concepts', 'cosine of the illnesses and settings'),
  solutionsAlike: lifts('structure', 'concepts', 'cosine of the solutions and methods'),
  rivalry: lowers('structure', 'vectors', 'both sell the same thing, beyond what either seeks of the other'),
  fillsGap: lifts('forward', 'rules', 'the candidate offers a help that the subject shows a gap for'),
  gapFilled: lifts('back', 'rules', 'the subject offers a help that the candidate shows a gap for'),
  sellsToCandidate: lifts('forward', 'fields', 'the subject sells to this kind'),
  sellsToSubject: lifts('back', 'fields', 'the candidate sells to this kind'),
  otherIndustry: lowers('structure', 'fields', 'drug makers and others have little in common'),
  sameKind: either('structure', 'fields', 'same kind, or both startup or company'),
  sameCounty: lifts('structure', 'fields', 'nearness'),
  sharedClusters: lifts('structure', 'fields', 'members of one cluster'),
  candidatePublic: either('structure', 'fields', 'municipality, intermunicipal or hospital'),
  candidateKnowledge: either('structure', 'fields', 'research, test lab, TTO, incubator'),
  candidateCarrier: either('structure', 'fields', 'lighthouse or integrator'),
  candidateService: either('structure', 'fields', 'service'),
  candidateUsers: either('structure', 'fields', 'user organisation'),
  complementaryKinds: lifts('structure', 'fields', 'one side buys or tests what the other makes'),
  sharedSectors: lifts('structure', 'fields', 'share of the sector words that the candidate shares'),
  integrationsNamed: lifts('structure', 'fields', "one side's integration is the other's name"),
} as const satisfies FeatureTable<string>;
export type PartnerFeature = keyof typeof partnerFeatureTable;

const moneyPattern =
  /(\d\s*(mill|mnok|mrd|m\b|million)|\bNOK(?=\s*\d)|\bkapital\b|\binvestor|\bangels?\b|\bengel\b|\bsåkorn|\bemisjon|\bseed\b|\bseries [ab]\b|\bserie [ab]\b|venture|\bcapital\b(?! region)|\bround\b(?![- ]the))/iu;

/** Seeks that ask for money are for the investor match, not for partners. */
export const asksForMoney = (text: string): boolean => moneyPattern.test(text);

const maker =
  'leverandør|vendor|supplier|produsent|produzent|manufactur|selskap|compan|bedrift|produkt|product|sensor|\\bapps?\\b|appar|apper|plattform|platform|algorit|robot|løsning|løysing|solution|utstyr|device|måler|målar|system|\\bEPJ|\\bEHR|e-kurve|biotech|pharma|programvare|software|modul';
const kindWords: Readonly<Partial<Record<MemberKind, RegExp>>> = {
  municipality:
    /kommun|municipal|bydel|hjemmetjen|heimeten|home care|sykehjem|sjukeheim|nursing home|care home|omsorgsbolig|legevakt|testsite|testarena|pilot/iu,
  intermunicipal: /kommun|municipal|responssent|legevakt|samarbeid|pilot/iu,
  hospital:
    /sykehus|sjukehus|hospital|helsef|klini|clinic|avdeling|ward|intensiv|\bICU|kirurg|surg|cent(re|er)s?\b|\bsites?\b|pilot|trust/iu,
  research:
    /forsk|research|universit|studie|stud(y|ies)|evalu|academ|trial|fagmiljø|språkmiljø|miljø\b|utprøv|effekt|data\b/iu,
  testlab: /test|pilot|\blab|verifi|utprøv/iu,
  tto: /\bTTO\b|lisens|licen|patent|\bIPR?\b/iu,
  incubator: /inkubator|incubator|aksel|accelerator|bench|kontorplass|labplass|produksj|manufactur/iu,
  lighthouse: new RegExp(`${maker}|distribu|forhand|reseller|konsern|corporate|strategic|marked|market`, 'iu'),
  integrator: /integra|totallever|totalkontra|contractor|system|leverandør|vendor|kobling|kopling/iu,
  service: /regul|MDR|rådgiv|advis|consult|konsulent|juri|serti|certif|tilbud|reimburs|refusjon/iu,
  userorg: /bruker|brukar|user|pasient|patient|pårør|panel|medvirk/iu,
  startup: new RegExp(`${maker}|oppstart|startup|start-up|gründer|founder|spin`, 'iu'),
  company: new RegExp(`${maker}|distribu|forhand|reseller|sales`, 'iu'),
};

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
const best = (values: readonly number[]): number => Math.max(0, ...values);
/** What of a member is the same in every pair it is in. */
interface Wishes {
  seeks: readonly PreparedFacet[];
  seekConcepts: Concepts;
  offerConcepts: Concepts;
  /** The kinds of member that each seek names. */
  kindsBySeek: readonly ReadonlySet<MemberKind>[];
}
const wishesKnown = new WeakMap<MemberParty, Wishes>();
function wishesOf(party: MemberParty): Wishes {
  let wishes = wishesKnown.get(party);
  if (wishes === undefined) {
    const seeks = party.byRole.seek.filter((facet) => !asksForMoney(facet.text));
    const kindsBySeek = seeks.map(
      ({ text }) => new Set(memberKinds.filter((kind) => kindWords[kind]?.test(text) ?? false)),
    );
    wishes = {
      seeks,
      seekConcepts: union(seeks.map((facet) => facet.concepts)),
      offerConcepts: union(party.byRole.offer.map((facet) => facet.concepts)),
      kindsBySeek,
    };
    wishesKnown.set(party, wishes);
  }
  return wishes;
}

/** A seek that names other kinds of member is answered by this one in part; one that names none, by most. */
const kindShare = (named: ReadonlySet<MemberKind>, kind: MemberKind): number =>
  named.has(kind) ? 1 : named.size === 0 ? 0.7 : 0.4;

const sells = (kind: MemberKind) => ['startup', 'company', 'lighthouse', 'integrator', 'service'].includes(kind);
const hosts = (kind: MemberKind) => [...publicBodyKinds, 'research', 'testlab', 'userorg'].includes(kind);

/** What a member lacks that others offer as a help: read from its fields, one concept of help each. */
const gaps: readonly (readonly [help: RegExp, gap: (member: Member) => boolean])[] = [
  [
    /\bMDR\b|\bIVDR\b|regulator|ISO 13485/iu,
    (m) =>
      m.sectors?.[0] === 'medtech' &&
      !m.certifications?.some((c) => /\bCE\b|IVDR/u.test(c) && !isPendingCertificate(c)),
  ],
  [
    /\bNormen\b|ISO 27001|informasjonssikkerhet|information security|penetra/iu,
    (m) =>
      m.sectors?.[0] === 'digital-health' &&
      !m.certifications?.some((c) => /27001/u.test(c) && !isPendingCertificate(c)),
  ],
  [/clinical (trial|invest)|klinisk utprøv|ISO 14155|kliniske studi/iu, (m) => m.phase === 'testing'],
  [/inkubator|incubator|accelerator|aksellerator|forretningsutvikling/iu, (m) => m.fundingStage === 'pre-seed'],
  [/nullserie|produksjon|manufactur|prototyp/iu, (m) => m.sectors?.[0] === 'medtech' && m.phase === 'testing'],
  [/følgeforsk|evaluer|evaluat|gevinst|helseøkonom|health econom/iu, (m) => m.phase === 'commercialisation'],
];

function fillsGap(helper: MemberParty, helped: MemberParty): number {
  if (!['startup', 'company'].includes(helped.doc.kind) || ['startup', 'company'].includes(helper.doc.kind)) return 0;
  const offers = (helper.doc.offers ?? []).join('. ');
  return gaps.some(([help, gap]) => help.test(offers) && gap(helped.doc)) ? 1 : 0;
}

const buyers: Readonly<Partial<Record<MemberKind, RegExp>>> = {
  municipality: /kommun|municipal/iu,
  intermunicipal: /kommun|municipal|iks\b|responssent|legevakt/iu,
  hospital: /helsef|sykehus|sjukehus|hospital|klinikk|clinic/iu,
  research: /forsk|research|universit|utdann/iu,
  lighthouse: /legemiddelselskap|pharma|leverandør|vendor|OEM|konsern|private sykehjem/iu,
};
const sellsTo = (seller: Member, kind: MemberKind): number =>
  sells(seller.kind) && (seller.customers ?? []).some((customer) => buyers[kind]?.test(customer) ?? false) ? 1 : 0;

export function partnerFeatures(
  subject: MemberParty,
  candidate: MemberParty,
  weights: GramWeights,
): Record<PartnerFeature, number> {
  const ours = wishesOf(subject);
  const theirs = wishesOf(candidate);
  const sentencesOf = (party: MemberParty) => [...party.byRole.offer, ...party.byRole.about];
  const seek = bestPairs(ours.seeks, sentencesOf(candidate), weights).map((pair) => pair.similarity);
  const soughtPairs = bestPairs(theirs.seeks, sentencesOf(subject), weights).map((pair) => pair.similarity);
  const seekBest = best(seek);
  const soughtBest = best(soughtPairs);
  const a = subject.doc;
  const b = candidate.doc;
  const makers = sells(a.kind) && sells(b.kind);
  const sectorsA = (a.sectors ?? []).map((sector) => sector.toLowerCase());
  const sectorsB = new Set((b.sectors ?? []).map((sector) => sector.toLowerCase()));
  const seekConceptsBest = best(
    ours.seeks.map((facet) => conceptShare(facet.concepts, candidate.ownConcepts, weights)),
  );
  const soughtConceptsBest = best(
    theirs.seeks.map((facet) => conceptShare(facet.concepts, subject.ownConcepts, weights)),
  );
  const seekEither = Math.max(seekBest, soughtBest);
  const profiles = Math.max(0, cosine(subject.byRole.profile[0]?.vector, candidate.byRole.profile[0]?.vector));
  const solutionsAlike = conceptCosine(subject.concepts, candidate.concepts, weights, onAxes('solution', 'method'));
  const askToProfile = Math.max(0, cosine(subject.byRole.ask[0]?.vector, candidate.byRole.profile[0]?.vector));
  const profileToAsk = Math.max(0, cosine(subject.byRole.profile[0]?.vector, candidate.byRole.ask[0]?.vector));
  const integrates = (one: MemberParty, other: MemberParty) =>
    (one.doc.integrations ?? []).some((integration) =>
      other.doc.name.toLowerCase().startsWith(integration.toLowerCase().split(' ')[0]!),
    )
      ? 1
      : 0;
  return {
    profiles,
    askToProfile,
    profileToAsk,
    asks: Math.max(0, cosine(subject.byRole.ask[0]?.vector, candidate.byRole.ask[0]?.vector)),
    seekBest,
    seekMean: mean(seek),
    soughtBest,
    soughtMean: mean(soughtPairs),
    reciprocal: Math.sqrt(seekBest * soughtBest),
    askReciprocal: Math.sqrt(askToProfile * profileToAsk),
    askEither: Math.max(askToProfile, profileToAsk),
    seekEither,
    seekOfKind: best([
      ...seek.map((similarity, i) => similarity * kindShare(ours.kindsBySeek[i]!, b.kind)),
      ...soughtPairs.map((similarity, i) => similarity * kindShare(theirs.kindsBySeek[i]!, a.kind)),
    ]),
    words: surplus(subject, candidate, weights),
    wordsBack: surplus(candidate, subject, weights),
    seekConcepts: conceptShare(ours.seekConcepts, candidate.ownConcepts, weights),
    seekConceptsBest,
    seekRarest: rarestShared(ours.seekConcepts, theirs.offerConcepts, weights),
    soughtConcepts: conceptShare(theirs.seekConcepts, subject.ownConcepts, weights),
    soughtConceptsBest,
    soughtRarest: rarestShared(theirs.seekConcepts, ours.offerConcepts, weights),
    conceptReciprocal: Math.sqrt(seekConceptsBest * soughtConceptsBest),
    conceptEither: Math.max(seekConceptsBest, soughtConceptsBest),
    candidateIsSought: conceptShare(candidate.ownConcepts, ours.seekConcepts, weights),
    conceptsAlike: conceptCosine(subject.concepts, candidate.concepts, weights),
    fieldsAlike: conceptCosine(subject.concepts, candidate.concepts, weights, onAxes('field', 'setting')),
    solutionsAlike,
    rivalry: makers ? Math.sqrt(Math.max(0, profiles - seekEither) * solutionsAlike) : 0,
    fillsGap: fillsGap(candidate, subject),
    gapFilled: fillsGap(subject, candidate),
    sellsToCandidate: sellsTo(a, b.kind),
    sellsToSubject: sellsTo(b, a.kind),
    otherIndustry:
      sells(a.kind) && sells(b.kind) && (a.sectors?.[0] === 'pharma') !== (b.sectors?.[0] === 'pharma') ? 1 : 0,
    sameKind:
      a.kind === b.kind ||
      (makers && ['startup', 'company'].includes(a.kind) && ['startup', 'company'].includes(b.kind))
        ? 1
        : 0,
    sameCounty: a.county !== undefined && a.county === b.county ? 1 : 0,
    sharedClusters: a.clusters?.some((cluster) => b.clusters?.includes(cluster)) === true ? 1 : 0,
    candidatePublic: publicBodyKinds.includes(b.kind) ? 1 : 0,
    candidateKnowledge: ['research', 'testlab', 'tto', 'incubator'].includes(b.kind) ? 1 : 0,
    candidateCarrier: ['lighthouse', 'integrator'].includes(b.kind) ? 1 : 0,
    candidateService: b.kind === 'service' ? 1 : 0,
    candidateUsers: b.kind === 'userorg' ? 1 : 0,
    complementaryKinds: (sells(a.kind) && hosts(b.kind)) || (hosts(a.kind) && sells(b.kind)) ? 1 : 0,
    sharedSectors:
      sectorsA.length === 0 ? 0 : sectorsA.filter((sector) => sectorsB.has(sector)).length / sectorsA.length,
    integrationsNamed: Math.max(integrates(subject, candidate), integrates(candidate, subject)),
  };
}
