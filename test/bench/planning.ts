// How many planning questions a second: 50 people, 1,000 overrides, instants spread evenly over 10 years, on one core.
import { performance } from 'node:perf_hooks';
import { DAY, HOUR } from '../../server/domain/planning/calendar.ts';
import type { Overlay } from '../../server/domain/planning/changes.ts';
import { readPlannings } from '../../server/domain/planning/load.ts';
import { onCall } from '../../server/domain/planning/resolve.ts';
import type { PlanningSet } from '../../server/domain/planning/schema.ts';

export type BenchRow = { name: string; value: number; unit: string; goal: string; holds: boolean };

const FROM = Date.UTC(2026, 0, 5);
const YEARS = 10 * 365.25 * DAY;
const person = (index: number): string => `p${index % 50}`;
const turns = (count: number, step: number): string =>
  Array.from(
    { length: count },
    (_, turn) => `[${person(turn)}, ${person(turn + step)}, ${person(turn + 2 * step)}]`,
  ).join(', ');

/** 50 people, each first in a weekly rotation, and in another at night and at week-ends; holidays on top. */
function company(): PlanningSet {
  const people = Array.from({ length: 50 }, (_, index) => {
    const number = `06 39 98 01 ${String(index).padStart(2, '0')}`;
    return `${person(index)}: {name: Technicien ${index}, phones: ["${number}"]}`;
  }).join('\n');
  const planning = `
name: Banc
rotations:
  - {name: jour, every: 1 semaine, handoff: lundi 08:00, start: 2026-01-05, windows: [lundi-vendredi 08:00-18:00], turns: [${turns(50, 1)}]}
  - {name: nuit, every: 1 jour, handoff: "08:00", start: 2026-01-05, windows: [lundi-vendredi 18:00-08:00, samedi-dimanche 08:00-08:00], turns: [${turns(50, 7)}]}
holidays: {country: FR, hours: 08:00-08:00, rotation: nuit}`;
  const read = readPlannings([
    { file: 'people.yaml', text: people },
    { file: 'banc.yaml', text: planning },
  ]);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return read.value;
}

/** Numbers that look random and are the same at each run. */
function* numbers(seed = 42): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function overrides(random: Generator<number, never>): Overlay {
  const next = () => random.next().value;
  const made = Array.from({ length: 1000 }, () => {
    const from = Math.floor(FROM + next() * YEARS);
    return {
      kind: 'override' as const,
      planning: 'banc',
      people: [person(Math.floor(next() * 50))],
      from,
      until: from + Math.ceil(next() * 48) * HOUR,
    };
  });
  return { changes: made };
}

const round = (value: number): number => Number(value.toPrecision(3));

/** Asks `count` questions; the first pass makes the timeline as well, the second finds it made. */
function ask(set: PlanningSet, overlay: Overlay, instants: Float64Array): { perSecond: number; people: number } {
  let people = 0;
  const start = performance.now();
  for (const at of instants) people += onCall(set, 'banc', at, overlay).people.length;
  return { perSecond: (instants.length / (performance.now() - start)) * 1000, people };
}

export async function planningBench(count = 400_000): Promise<BenchRow[]> {
  const set = company();
  const random = numbers();
  const overlay = overrides(random);
  const instants = Float64Array.from({ length: count }, () =>
    Math.floor(FROM + 12 * HOUR + random.next().value * YEARS),
  );
  const cold = performance.now();
  onCall(set, 'banc', FROM + YEARS / 2, overlay);
  const firstMs = performance.now() - cold;
  const making = ask(set, overlay, instants);
  const made = ask(set, overlay, instants);
  const everybody = making.people === made.people && made.people >= count;
  const row = (name: string, perSecond: number): BenchRow => ({
    name,
    value: Math.round(perSecond),
    unit: 'questions/s',
    goal: '>= 200000',
    holds: everybody && perSecond >= 200_000,
  });
  return [
    row('planning questions, 10 years, 50 people, 1,000 overrides, cold', making.perSecond),
    row('planning questions, 10 years, 50 people, 1,000 overrides', made.perSecond),
    {
      name: 'first planning question of a process',
      value: round(firstMs),
      unit: 'ms',
      goal: '<= 200',
      holds: firstMs <= 200,
    },
  ];
}
