import type { Party } from '../domain/match/party.ts';

/** A party as answers name it. */
export interface PartyRef {
  type: Party['type'];
  id: string;
  name: string;
  kind: string;
}

export const refOf = (party: Party): PartyRef =>
  party.type === 'need'
    ? { type: 'need', id: party.id, name: party.doc.title, kind: 'need' }
    : { type: 'member', id: party.id, name: party.doc.name, kind: party.doc.kind };
