/** Which table each meeting sits at, so that people change tables as seldom as that comes about without searching. */

interface Seated {
  people: readonly string[];
  slot: number;
  /** A table it had and should keep. */
  keep: number | undefined;
}

/**
 * The busiest people get a table of their own; a meeting sits at the table of its busier side, at one where somebody sat
 * before, or at any. Tables from 1. Changes: how often somebody sits elsewhere than at the meeting before.
 */
export function assignTables(meetings: readonly Seated[], tables: number): { tables: number[]; changes: number } {
  const count = new Map<string, number>();
  for (const { people } of meetings) for (const person of people) count.set(person, (count.get(person) ?? 0) + 1);
  const home = homesOf(meetings, count, tables);
  const result = meetings.map(() => 0);
  const last = new Map<string, number>();
  const bySlot = new Map<number, number[]>();
  for (const [m, { slot }] of meetings.entries()) {
    const here = bySlot.get(slot);
    if (here === undefined) bySlot.set(slot, [m]);
    else here.push(m);
  }
  let changes = 0;
  for (const slot of [...bySlot.keys()].sort((a, b) => a - b)) {
    const here = bySlot.get(slot)!;
    const used = new Set<number>();
    const seat = (m: number, table: number | undefined): boolean => {
      if (result[m] !== 0 || table === undefined || used.has(table) || table > tables) return false;
      result[m] = table;
      used.add(table);
      return true;
    };
    for (const m of here) seat(m, meetings[m]!.keep);
    for (const m of here) for (const person of meetings[m]!.people) seat(m, home.get(person));
    for (const m of here) for (const person of meetings[m]!.people) seat(m, last.get(person));
    let next = tables;
    for (const m of here) for (; result[m] === 0; next--) seat(m, next);
    for (const m of here)
      for (const person of meetings[m]!.people) {
        const before = last.get(person);
        if (before !== undefined && before !== result[m]) changes++;
        last.set(person, result[m]!);
      }
  }
  return { tables: result, changes };
}

/** The busiest first; nobody whose every meeting is with somebody that has a table already. */
function homesOf(meetings: readonly Seated[], count: ReadonlyMap<string, number>, tables: number): Map<string, number> {
  const home = new Map<string, number>();
  const partners = new Map<string, string[]>();
  for (const { people } of meetings)
    for (const person of people)
      partners.set(person, [...(partners.get(person) ?? []), ...people.filter((other) => other !== person)]);
  const byCount = [...count.keys()].sort((a, b) => count.get(b)! - count.get(a)! || (a < b ? -1 : 1));
  for (const person of byCount) {
    if (home.size >= tables) break;
    if (partners.get(person)!.every((other) => home.has(other))) continue;
    home.set(person, home.size + 1);
  }
  return home;
}
