/** Last of all: the same meetings, with no gap more, as early on the day as that comes about. */
import type { ScheduleProblem } from '../../domain/schedule/problem.ts';
import { randomFrom } from '../../domain/schedule/random.ts';
import { scoreOf } from '../../domain/schedule/score.ts';
import { smooth } from '../../domain/schedule/smooth.ts';
import { createTimetable } from '../../domain/schedule/timetable.ts';

const leastSteps = 200_000;
const stepsPerMeeting = 100;

/** Takes a fraction of a second, which no deadline cuts off: the answer must not depend on the clock. */
export function settle(problem: ScheduleProblem, slots: readonly number[], seed: number): number[] {
  const table = createTimetable(problem, slots);
  smooth(table, randomFrom(seed), {
    steps: Math.max(leastSteps, stepsPerMeeting * problem.meetings.length),
    target: scoreOf(problem, slots).gaps,
    startTemperature: 3,
    endTemperature: 0.1,
    stop: () => false,
    early: true,
  });
  return table.toSlots();
}
