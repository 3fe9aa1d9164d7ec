import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { openThreadSolver } from '../src/adapters/solver/thread-solver.ts';
import { readLines } from '../src/app/read-lines.ts';
import { faultsIn, type ScheduleProblem } from '../src/domain/schedule/problem.ts';
import { randomFrom } from '../src/domain/schedule/random.ts';
import { scoreOf } from '../src/domain/schedule/score.ts';
import { say } from './cluster-folder.ts';
import { runCommand } from './command.ts';

const instanceSchema = z.object({
  name: z.string(),
  participants: z.int().min(1),
  tables: z.int().min(0),
  slots: z.int().min(1).max(31),
  morning_slots: z.int(),
  /** [a, b, session]: 1 morning, 2 afternoon, 3 any; participants from 1. */
  meetings: z.array(z.tuple([z.int().min(1), z.int().min(1), z.literal([1, 2, 3])])),
  unavailable: z.record(z.string(), z.array(z.int())).default({}),
  fixed: z.record(z.string(), z.int()).default({}),
});
type Instance = z.infer<typeof instanceSchema>;

await runCommand({
  usage: `Plans meeting programmes against the clock.

  npm run --silent bench:programmes -- --instances FILE.jsonl[.gz] --seconds 10 --out RUN.jsonl [--seed 1]
  npm run --silent bench:programmes -- --generated 140 --seconds 60
  npm run --silent bench:programmes -- --generated large --seconds 600

--instances reads B2B meeting instances and writes {"name","slots","seconds","lowerBound","gaps"}, slots from 1, 0 for a
meeting without one. --generated invents an event: 140 people, 12 slots, 700 requests; or 400 investors, 500 startups,
two days of 20 slots, 6,000 wished meetings. --seconds is the limit on the clock for each, on two threads.`,
  options: z.object({
    instances: z.string().optional(),
    generated: z.enum(['140', 'large']).optional(),
    seconds: z.coerce.number().positive().default(10),
    seed: z.coerce.number().int().min(0).default(1),
    out: z.string().optional(),
  }),
  async run({ instances, generated, seconds, seed, out }) {
    if ((instances === undefined) === (generated === undefined))
      throw new Error('Give either --instances or --generated.');
    const solver = openThreadSolver();
    try {
      if (generated !== undefined) return await planGenerated(solver, generated, seconds, seed);
      const lines: string[] = [];
      for await (const instance of readInstances(instances!)) {
        const problem = problemOf(instance);
        const result = await solver.solve({ problem, seed, seconds });
        lines.push(
          JSON.stringify({
            name: instance.name,
            slots: result.slots.map((slot) => slot + 1),
            seconds: Number(result.seconds.toFixed(2)),
            lowerBound: result.bounds.gaps,
            gaps: result.score.gaps,
          }),
        );
        const unplaced = result.slots.filter((slot) => slot === -1).length;
        say(
          `${instance.name}: ${result.score.gaps} gaps, at least ${result.bounds.gaps}, ${unplaced} unplaced, ${result.seconds.toFixed(1)} s`,
        );
        if (out !== undefined) await writeFile(out, lines.map((line) => `${line}\n`).join(''));
      }
    } finally {
      await solver.close();
    }
  },
});

async function* readInstances(file: string): AsyncGenerator<Instance> {
  const raw = createReadStream(file);
  const stream = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  for await (const line of readLines(stream as AsyncIterable<Buffer>, file))
    if (line.text.trim() !== '') yield instanceSchema.parse(JSON.parse(line.text));
}

function problemOf(instance: Instance): ScheduleProblem {
  const away = (person: number) => instance.unavailable[String(person)] ?? [];
  const slots = Array.from({ length: instance.slots }, (_, i) => i);
  return {
    people: instance.participants,
    dayOf: slots.map(() => 0),
    tables: slots.map(() => instance.tables),
    maxMeetings: Array.from({ length: instance.participants }, () => instance.slots),
    meetings: instance.meetings.map(([a, b, session], m) => ({
      people: [a - 1, b - 1],
      tier: 1,
      value: 0,
      slots: slots.filter((slot) => {
        const fixed = instance.fixed[String(m + 1)];
        const morning = slot < instance.morning_slots;
        return (
          (session === 3 || (session === 1) === morning) &&
          (fixed === undefined || fixed === slot + 1) &&
          !away(a).includes(slot + 1) &&
          !away(b).includes(slot + 1)
        );
      }),
    })),
  };
}

/** Requests lean towards a popular few, as they do; everybody misses a slot or two. */
function generate(kind: '140' | 'large', seed: number): ScheduleProblem {
  const random = randomFrom(seed);
  const [left, right, days, perDay, wishes, cap] =
    kind === '140' ? ([50, 90, 1, 12, 700, 12] as const) : ([400, 500, 2, 20, 6000, 30] as const);
  const people = left + right;
  const dayOf = Array.from({ length: days * perDay }, (_, s) => Math.floor(s / perDay));
  const away = Array.from({ length: people }, () => new Set(random.next() < 0.3 ? [random.below(dayOf.length)] : []));
  const seen = new Set<string>();
  const meetings: ScheduleProblem['meetings'][number][] = [];
  while (meetings.length < wishes) {
    const a = Math.floor(random.next() ** 1.3 * left);
    const b = left + Math.floor(random.next() ** 1.15 * right);
    if (seen.has(`${a}:${b}`)) continue;
    seen.add(`${a}:${b}`);
    meetings.push({
      people: [a, b],
      tier: (1 + random.below(3)) as 1 | 2 | 3,
      value: 20 + random.below(160),
      slots: [...dayOf.keys()].filter((s) => !away[a]!.has(s) && !away[b]!.has(s)),
    });
  }
  const tables = kind === '140' ? 70 : 220;
  return {
    people,
    dayOf,
    tables: dayOf.map(() => tables),
    meetings,
    maxMeetings: Array.from({ length: people }, () => cap),
  };
}

async function planGenerated(
  solver: ReturnType<typeof openThreadSolver>,
  kind: '140' | 'large',
  seconds: number,
  seed: number,
): Promise<void> {
  const problem = generate(kind, seed);
  const started = performance.now();
  let told = -Infinity;
  const result = await solver.solve(
    { problem, seed, seconds },
    {
      onProgress({ slots, score, bounds }) {
        const at = (performance.now() - started) / 1000;
        if (at - told < 5) return;
        told = at;
        const valid = faultsIn(problem, slots).length === 0;
        say(
          `${at.toFixed(1)} s: valid ${valid}, unmet ${score.unmet.join('/')} (at least ${bounds.unmet.join('/')}), value ${score.value} (at most ${bounds.value}), gaps ${score.gaps} (at least ${bounds.gaps})`,
        );
      },
    },
  );
  const { score, bounds } = result;
  say(
    JSON.stringify({
      meetings: problem.meetings.length,
      held: result.slots.filter((slot) => slot !== -1).length,
      valid: faultsIn(problem, result.slots).length === 0,
      score: scoreOf(problem, result.slots),
      bounds,
      distance: {
        unmet: score.unmet.map((n, i) => n - bounds.unmet[i]!),
        value: bounds.value - score.value,
        gaps: score.gaps - bounds.gaps,
      },
      provenOptimal: result.provenOptimal,
      seconds: Number(result.seconds.toFixed(1)),
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
}
