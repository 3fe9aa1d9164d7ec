import { capMonthOf, capOf, monthOf, takenNumbers, type Cap } from '../domain/introduction/caps.ts';
import { sides, type Introduction } from '../domain/introduction/introduction.ts';
import type { Parties } from './introduction-parties.ts';
import { everyOf } from './pages.ts';
import type { Store } from './ports.ts';

/** The caps that an approval at this time counts against, with what other introductions have taken of them. */
export async function capsFor(store: Store, introduction: Introduction, parties: Parties, now: string): Promise<Cap[]> {
  const month = monthOf(now);
  const caps: Cap[] = [];
  for (const side of sides) {
    const member = parties.member(introduction, side);
    const cap = member && capOf(member, side);
    if (member === undefined || cap === undefined) continue;
    caps.push({
      side,
      memberId: member.id,
      name: member.name,
      month,
      cap,
      taken: await takenIn(store, member.id, month, introduction.id),
    });
  }
  return caps;
}

async function takenIn(store: Store, memberId: string, month: string, butOf: string): Promise<number[]> {
  const capMonth = capMonthOf(memberId, month);
  const taken: number[] = [];
  const introductions = store.collection('introductions');
  const where = { capMonths: capMonth };
  for await (const { id, doc } of everyOf((from) => introductions.find({ where, limit: 1000, ...from })))
    if (id !== butOf) taken.push(...takenNumbers(doc.capSlots ?? [], capMonth));
  return taken;
}
