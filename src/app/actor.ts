/** Who acts, told by the caller until there are accounts; every use-case takes it as a parameter. */
import { Problem } from '../domain/problem.ts';
import { sides, type Introduction, type Side } from '../domain/introduction/introduction.ts';
import { actorHeader } from './schemas/introduction.ts';

export interface Actor {
  /** As it stands in the history: `adviser`, `adviser:NAME`, `member:ID`, `system`. */
  name: string;
  role: 'adviser' | 'member' | 'system';
  /** Of a member. */
  memberId?: string;
}

export const system: Actor = { name: 'system', role: 'system' };
export const memberActor = (memberId: string): Actor => ({ name: `member:${memberId}`, role: 'member', memberId });

/** From the header X-Kobling-Actor. @throws Problem `invalid`. */
export function parseActor(header: string | undefined): Actor {
  const parsed = actorHeader.safeParse(header);
  if (!parsed.success)
    throw new Problem('invalid', 'The header X-Kobling-Actor is not valid.', {
      faults: parsed.error.issues.map(({ message, code }) => ({
        field: 'X-Kobling-Actor',
        code,
        message,
        value: header,
      })),
    });
  const [role, memberId] = parsed.data.split(':');
  return role === 'member' ? memberActor(memberId!) : { name: parsed.data, role: 'adviser' };
}

/** @throws Problem `forbidden` for a member: what concerns others, or the whole service, is for advisers. */
export function adviserOnly(actor: Actor, sentence: string): void {
  if (actor.role === 'member') throw new Problem('forbidden', sentence);
}

/** The sides that a member answers for: none, one, or both when it introduces itself to its own need. */
export const sidesOf = (introduction: Introduction, { memberId }: Actor): Side[] =>
  sides.filter((side) => memberId !== undefined && introduction[side].memberId === memberId);

/** A side knows of an introduction from when it was first asked. */
export const wasAsked = ({ asked, outbox }: Introduction, side: Side): boolean =>
  asked[side] !== undefined || outbox.some((mail) => mail.to === side && mail.state !== 'cancelled');
