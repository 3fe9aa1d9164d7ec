/**
 * Groups by average link: the two groups whose members are most alike on average are joined first, as long as that
 * average reaches the threshold. Deterministic: of equal pairs the one with the lower indices. Singles are left out.
 * Cost: n² memory, at worst n³ time; meant for hundreds.
 */
export function averageLink(count: number, likeness: (a: number, b: number) => number, threshold: number): number[][] {
  const groups: (number[] | undefined)[] = Array.from({ length: count }, (_, i) => [i]);
  const table: Float64Array[] = groups.map(() => new Float64Array(count));
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) table[a]![b] = table[b]![a] = likeness(a, b);
  for (;;) {
    let best: readonly [number, number] | undefined;
    let most = threshold;
    for (let a = 0; a < count; a++) {
      if (groups[a] === undefined) continue;
      for (let b = a + 1; b < count; b++) {
        if (groups[b] === undefined) continue;
        const value = table[a]![b]!;
        if (value > most || (value === most && best === undefined)) [best, most] = [[a, b], value];
      }
    }
    if (best === undefined) break;
    const [a, b] = best;
    const [sizeA, sizeB] = [groups[a]!.length, groups[b]!.length];
    for (let c = 0; c < count; c++) {
      if (groups[c] === undefined || c === a || c === b) continue;
      const value = (table[a]![c]! * sizeA + table[b]![c]! * sizeB) / (sizeA + sizeB);
      table[a]![c] = table[c]![a] = value;
    }
    groups[a] = [...groups[a]!, ...groups[b]!].sort((x, y) => x - y);
    groups[b] = undefined;
  }
  return groups.filter((group): group is number[] => group !== undefined && group.length > 1);
}
