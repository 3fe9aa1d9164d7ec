/** Gates: hard reasons why a pair is never proposed. An unknown fact never closes a gate. */
import { raisingKinds, supplierKinds, type Language, type Member } from '../member.ts';
import { geographyFit } from './geography.ts';
import type { Citation } from './clauses.ts';
import { isExcluded } from './exclusions.ts';
import type { Mandate } from './mandate.ts';
import type { MemberParty, NeedParty } from './party.ts';
import type { Traits } from './traits.ts';

type Sentence = Readonly<Record<Language, string>>;

/** The one table of gate codes. */
export const gates = {
  itself: {
    nb: 'En part matches aldri med seg selv.',
    nn: 'Ein part vert aldri kopla med seg sjølv.',
    en: 'A party is never matched with itself.',
  },
  'wrong-kind': {
    nb: 'Denne typen medlem er ikke kandidat i denne listen.',
    nn: 'Denne typen medlem er ikkje kandidat i denne lista.',
    en: 'This kind of member is not a candidate in this list.',
  },
  'opted-out': {
    nb: 'En av partene har reservert seg mot forslag.',
    nn: 'Ein av partane har reservert seg mot framlegg.',
    en: 'One of the parties has opted out of suggestions.',
  },
  'not-raising': {
    nb: 'Selskapet henter ikke kapital nå.',
    nn: 'Selskapet hentar ikkje kapital no.',
    en: 'The company is not raising capital now.',
  },
  'fund-closed': {
    nb: 'Investoren tar ikke nye investeringer nå.',
    nn: 'Investoren tek ikkje nye investeringar no.',
    en: 'The investor takes no new investments now.',
  },
  'ticket-above-round': {
    nb: 'Investorens minste beløp er større enn hele runden.',
    nn: 'Det minste beløpet til investoren er større enn heile runden.',
    en: "The investor's smallest ticket is larger than the whole round.",
  },
  stage: {
    nb: 'Selskapets fase står ikke blant investorens faser.',
    nn: 'Fasen til selskapet står ikkje mellom fasane til investoren.',
    en: "The company's stage is not among the investor's stages.",
  },
  geography: {
    nb: 'Selskapet ligger utenfor investorens geografi.',
    nn: 'Selskapet ligg utanfor geografien til investoren.',
    en: "The company lies outside the investor's geography.",
  },
  exclusion: {
    nb: 'Selskapet er noe investoren utelukker.',
    nn: 'Selskapet er noko investoren utelukkar.',
    en: 'The company is something the investor excludes.',
  },
  portfolio: {
    nb: 'Investoren eier allerede en del av selskapet eller av en erklært konkurrent.',
    nn: 'Investoren eig alt ein del av selskapet eller av ein erklært konkurrent.',
    en: 'The investor already owns a part of the company or of a declared competitor.',
  },
  competitor: {
    nb: 'Partene er erklærte konkurrenter.',
    nn: 'Partane er erklærte konkurrentar.',
    en: 'The parties are declared competitors.',
  },
  'need-expired': {
    nb: 'Fristen for behovet er ute.',
    nn: 'Fristen for behovet er ute.',
    en: "The need's deadline has passed.",
  },
  'own-need': {
    nb: 'Behovet er kandidatens eget.',
    nn: 'Behovet er kandidaten sitt eige.',
    en: "The need is the candidate's own.",
  },
  declined: {
    nb: 'En av partene har takket nei til forslaget.',
    nn: 'Ein av partane har takka nei til framlegget.',
    en: 'One of the parties declined the suggestion.',
  },
  rejected: {
    nb: 'Forslaget er avvist av en rådgiver tidligere.',
    nn: 'Framlegget er avvist av ein rådgjevar tidlegare.',
    en: 'The suggestion was rejected by an adviser before.',
  },
} as const satisfies Record<string, Sentence>;
export type GateCode = keyof typeof gates;

/** What a party has said for itself. An adviser may know better than any other gate, but opens none of these. */
export const bindingGates: readonly GateCode[] = ['itself', 'opted-out', 'competitor', 'own-need', 'declined'];

export interface ClosedGate {
  code: GateCode;
  /** The fields that closed it, as `subject.field` or `candidate.field`. */
  fields: string[];
  /** The sentence it was read from, where it stood only in text. */
  cite?: Citation;
}

const optedOut = (member: Member) => member.matching?.optedOut === true;
const competes = (a: Member, b: Member) =>
  (a.competesWith?.includes(b.id) ?? false) || (b.competesWith?.includes(a.id) ?? false);

/**
 * Gates between a company (subject of `fields`) and an investor (candidate). The first closed one, in this order: what
 * binds comes before what an adviser may open.
 */
export function investorGate(
  company: MemberParty,
  traits: Traits,
  investor: MemberParty,
  mandate: Mandate,
  portfolio: readonly Member[],
): ClosedGate | undefined {
  const c = company.doc;
  const i = investor.doc;
  if (c.id === i.id) return { code: 'itself', fields: [] };
  if (!raisingKinds.includes(c.kind) || i.kind !== 'investor')
    return { code: 'wrong-kind', fields: ['company.kind', 'investor.kind'] };
  if (optedOut(c) || optedOut(i)) return { code: 'opted-out', fields: ['matching.optedOut'] };
  if (competes(c, i)) return { code: 'competitor', fields: ['competesWith'] };
  if (c.fundingStage === 'none' || c.fundingStage === 'bootstrapped')
    return { code: 'not-raising', fields: ['company.fundingStage'] };
  if (i.matching?.openForDeals === false) return { code: 'fund-closed', fields: ['investor.matching.openForDeals'] };
  if (mandate.closed !== undefined && i.matching?.openForDeals !== true)
    return { code: 'fund-closed', fields: [`investor.${mandate.closed.cite.field}`], cite: mandate.closed.cite };
  if (i.ticketMinNok !== undefined && c.raisingNok !== undefined && i.ticketMinNok > c.raisingNok)
    return { code: 'ticket-above-round', fields: ['company.raisingNok', 'investor.ticketMinNok'] };
  if (i.stages?.length && c.fundingStage !== undefined && !(i.stages as readonly string[]).includes(c.fundingStage))
    return { code: 'stage', fields: ['company.fundingStage', 'investor.stages'] };
  if (geographyFit(i.geographies, c) === 'outside')
    return { code: 'geography', fields: ['company.county', 'company.country', 'investor.geographies'] };
  const excluded = mandate.excluded.find((found) => isExcluded(c, traits, found.value) === true);
  if (excluded !== undefined)
    return { code: 'exclusion', fields: [`investor.${excluded.cite.field}`], cite: excluded.cite };
  if (i.portfolio?.includes(c.id) || portfolio.some((owned) => competes(owned, c)))
    return { code: 'portfolio', fields: ['investor.portfolio', 'company.competesWith'] };
  return undefined;
}

/** Gates between two members as partners, or a supplier and a public body as customer. */
export function partnerGate(
  subject: MemberParty,
  candidate: MemberParty,
  allowed: (kind: Member['kind']) => boolean,
): ClosedGate | undefined {
  if (subject.id === candidate.id) return { code: 'itself', fields: [] };
  if (!allowed(candidate.doc.kind)) return { code: 'wrong-kind', fields: ['candidate.kind'] };
  if (optedOut(subject.doc) || optedOut(candidate.doc)) return { code: 'opted-out', fields: ['matching.optedOut'] };
  if (competes(subject.doc, candidate.doc)) return { code: 'competitor', fields: ['competesWith'] };
  return undefined;
}

/** Gates between a need and a supplier. `today` is YYYY-MM-DD; the deadline day itself is still open. */
export function supplierGate(need: NeedParty, supplier: MemberParty, today: string): ClosedGate | undefined {
  if (!supplierKinds.includes(supplier.doc.kind)) return { code: 'wrong-kind', fields: ['supplier.kind'] };
  if (need.doc.ownerId === supplier.id) return { code: 'own-need', fields: ['need.ownerId'] };
  if (optedOut(supplier.doc)) return { code: 'opted-out', fields: ['matching.optedOut'] };
  if (need.doc.deadline !== undefined && need.doc.deadline < today)
    return { code: 'need-expired', fields: ['need.deadline'] };
  return undefined;
}
