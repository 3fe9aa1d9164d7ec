/** Needs that several public bodies could buy together, and themes for professional networks. */
import { systemsOf } from '../domain/coverage/systems.ts';
import { jointNeeds, type JointNeed, type NeedQuotation } from '../domain/joint/joint-needs.ts';
import { themeFacet, themeFrom, themesOf, type Theme, type ThemeInput } from '../domain/joint/themes.ts';
import { round, type Quotation } from '../domain/match/explain.ts';
import { fieldLabel } from '../domain/match/labels.ts';
import type { NeedParty, Party } from '../domain/match/party.ts';
import { cosine } from '../domain/match/similarity.ts';
import { publicBodyKinds, type Language } from '../domain/member.ts';
import type { Catalog } from './catalog.ts';
import { facetKey, ownerKey, ownerOfFacetKey } from './facet-vectors.ts';
import { refOf, type PartyRef } from './party-ref.ts';
import type { Clock } from './ports.ts';

export interface JointNeedItem {
  needs: { need: PartyRef; owner: PartyRef }[];
  likeness: number;
  shared: { quotations: NeedQuotation[]; likeness: number }[];
  apart: NeedQuotation[];
  differing: { field: string; label: string; values: { needId: string; value: unknown }[] }[];
  /** Sum of the budgets that are given; absent where none is. */
  budgetNok?: number;
  /** The first deadline of them: a joint need has to be settled before it. */
  firstDeadline?: string;
}

export interface ThemeItem {
  /** The words that stand for the theme, quoted from `centre`. */
  name: Quotation;
  centre: PartyRef;
  sharedSectors: Theme['sharedSectors'];
  parties: { party: PartyRef; similarity: number }[];
}

export interface JointList {
  items: JointNeedItem[];
  themes: ThemeItem[];
  /** How many open needs of public bodies were compared. */
  consideredNeeds: number;
  computedAt: string;
}

export interface Joint {
  list(limit: number, lang: Language): Promise<JointList>;
}

/** Grouping is cubic at worst: beyond this many the needs with the latest deadlines wait for the next round. */
const maxNeeds = 500;
const neighbours = 20;
/** Up to here all pairs are compared; above, the nearest are taken from the index. */
const compareAllUpTo = 5000;

interface Found {
  considered: number;
  joint: JointNeed[];
  themes: Theme[];
}

export function createJoint({ catalog, clock }: { catalog: Catalog; clock: Clock }): Joint {
  let known: { key: string; found: Promise<Found> } | undefined;

  const find = async (today: string): Promise<Found> => {
    const needs = openNeeds(catalog, today);
    const systems = systemsOf([...catalog.members()].map((member) => member.doc));
    return {
      considered: needs.length,
      joint: jointNeeds(needs, systems, catalog.grams),
      themes: themesOf(await themeInputs(catalog, today), maxThemes),
    };
  };
  /** Computed once for each state of the cluster and day; questions that come meanwhile share it. */
  const at = (seq: number, today: string): Promise<Found> => {
    const key = `${seq} ${today}`;
    if (known?.key !== key) known = { key, found: find(today) };
    return known.found;
  };

  return {
    async list(limit, lang) {
      const seq = await catalog.refresh();
      const now = clock.now();
      const { considered, joint, themes } = await at(seq, now.toISOString().slice(0, 10));
      return {
        items: joint.slice(0, limit).map((one) => jointItem(one, catalog, lang)),
        themes: themes.slice(0, limit).map(themeItem),
        consideredNeeds: considered,
        computedAt: now.toISOString(),
      };
    },
  };
}
const maxThemes = 50;

const isOpen = (need: NeedParty, today: string) => need.doc.deadline === undefined || need.doc.deadline >= today;

/** Open needs whose owner is a public body that has not opted out, the first deadlines first. */
function openNeeds(catalog: Catalog, today: string): NeedParty[] {
  const open = [...catalog.needs()].filter((need) => {
    const owner = catalog.member(need.doc.ownerId)?.doc;
    return (
      isOpen(need, today) &&
      owner !== undefined &&
      publicBodyKinds.includes(owner.kind) &&
      owner.matching?.optedOut !== true
    );
  });
  const order = (need: NeedParty) => `${need.doc.deadline ?? '9999'} ${need.id}`;
  return open.sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, maxNeeds);
}

/** How many parties are compared before others get their turn: a large cluster takes seconds in all. */
const partiesAtOnce = 25;

/** Open needs and every member but investors and those who opted out, each with its nearest. */
async function themeInputs(catalog: Catalog, today: string): Promise<ThemeInput[]> {
  const parties: Party[] = [
    ...[...catalog.needs()].filter((need) => isOpen(need, today)),
    ...[...catalog.members()].filter(({ doc }) => doc.kind !== 'investor' && doc.matching?.optedOut !== true),
  ].filter((party) => themeFacet(party)?.vector !== undefined);
  const byOwner = new Map(parties.map((party) => [ownerKey(party.type, party.id), party]));
  const keys = new Set(
    parties.map((party) => facetKey(ownerKey(party.type, party.id), party.facets.indexOf(themeFacet(party)!))),
  );
  const near = (party: Party): ThemeInput['near'] => {
    const { vector } = themeFacet(party)!;
    const alike =
      parties.length <= compareAllUpTo
        ? parties.map((other) => ({ party: other, similarity: cosine(vector, themeFacet(other)!.vector) }))
        : catalog.index
            .search(vector!, neighbours + 1, (key) => keys.has(key))
            .map(({ key, similarity }) => ({ party: byOwner.get(ownerOfFacetKey(key))!, similarity }));
    return alike
      .filter((one) => one.similarity >= themeFrom && one.party !== party)
      .sort((a, b) => b.similarity - a.similarity || (a.party.id < b.party.id ? -1 : 1))
      .slice(0, neighbours);
  };
  const inputs: ThemeInput[] = [];
  for (const party of parties) {
    inputs.push({ party, near: near(party) });
    if (inputs.length % partiesAtOnce === 0) await new Promise(setImmediate);
  }
  return inputs;
}

function jointItem(joint: JointNeed, catalog: Catalog, lang: Language): JointNeedItem {
  const budgets = joint.needs.flatMap((need) => need.doc.budgetNok ?? []);
  const deadlines = joint.needs.flatMap((need) => need.doc.deadline ?? []).sort();
  return {
    needs: joint.needs.map((need) => ({ need: refOf(need), owner: refOf(catalog.member(need.doc.ownerId)!) })),
    likeness: round(joint.likeness),
    shared: joint.shared.map((one) => ({ ...one, likeness: round(one.likeness) })),
    apart: joint.apart,
    differing: joint.differing.map((one) => ({ ...one, label: fieldLabel(one.field, lang) })),
    ...(budgets.length === 0 ? {} : { budgetNok: budgets.reduce((sum, amount) => sum + amount, 0) }),
    ...(deadlines[0] === undefined ? {} : { firstDeadline: deadlines[0] }),
  };
}

const themeItem = ({ name, centre, sharedSectors, parties }: Theme): ThemeItem => ({
  name,
  centre: refOf(centre),
  sharedSectors,
  parties: parties.map(({ party, similarity }) => ({ party: refOf(party), similarity: round(similarity) })),
});
