// What a planning that is well formed can still get wrong: people, zones, regions, rotations and days that do not exist.
import type { Locate } from '../../base/document.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { Problem } from '../../base/result.ts';
import { problem, rotationProblems } from './check-rotations.ts';
import { knownRegion, publicHolidays } from './holidays.ts';
import { levelNamed } from './levels.ts';
import { asksHolidays } from './occurrence.ts';
import type { HolidayRule, Person, Planning } from './schema.ts';
import type { WrittenChange } from './schema-changes.ts';
import { zoneOf } from './zone.ts';

/** A planning whose periods have been read. */
type Given = Omit<Planning, 'id'>;

/** Every mistake, with its place in the file. Without `people` (their file is broken) names are not checked. */
export function checkPlanning(planning: Given, locate: Locate, people?: ReadonlyMap<string, Person>): Problem[] {
  return [
    ...zoneProblems(planning, locate),
    ...rotationProblems(planning.rotations, locate),
    ...levelProblems(planning, locate),
    ...(planning.holidays ? holidayProblems(planning, planning.holidays, locate) : []),
    ...(people ? peopleProblems(planning, locate, people) : []),
    ...standInProblems(planning, locate),
  ];
}

function zoneProblems({ zone }: Given, locate: Locate): Problem[] {
  if (zoneOf(zone)) return [];
  const hint = didYouMean(zone, Intl.supportedValuesOf('timeZone')) ?? 'expected a name such as Europe/Paris';
  return [problem(locate, ['zone'], `there is no time zone "${zone}"`, hint)];
}

function holidayProblems({ rotations }: Given, rule: HolidayRule, locate: Locate): Problem[] {
  const region = knownRegion(rule.country, rule.region);
  if (!region.country)
    return [
      problem(locate, ['holidays', 'country'], `no holidays are known for the country "${rule.country}"`, 'such as FR'),
    ];
  if (!region.known) {
    const hint = `${rule.country} has: ${region.regions.join(', ') || 'no regions'}`;
    return [problem(locate, ['holidays', 'region'], `${rule.country} has no region "${rule.region}"`, hint)];
  }
  const names = new Set(
    [2025, 2026, 2027, 2028].flatMap((year) => publicHolidays(rule.country, rule.region, year).map(({ name }) => name)),
  );
  const found = rule.except.flatMap((name, index) =>
    names.has(name)
      ? []
      : [
          problem(
            locate,
            ['holidays', 'except', index],
            `no public holiday is named "${name}"`,
            didYouMean(name, names) ?? [...names].join(', '),
          ),
        ],
  );
  return [
    ...found,
    ...standingProblems(rotations, rule.rotation ?? [], locate),
    ...unusedHolidays(rotations, rule, locate),
  ];
}

/** Holidays on which nothing is different. */
function unusedHolidays(rotations: Given['rotations'], { people, rotation }: HolidayRule, locate: Locate): Problem[] {
  if (people ?? rotation ?? rotations.some(({ windows }) => windows?.some(asksHolidays))) return [];
  const message =
    'say who is on call on holidays: either "people" or "rotation", or windows with "férié" or "sauf férié"';
  return [problem(locate, ['holidays'], message)];
}

function standingProblems(rotations: Given['rotations'], names: readonly string[], locate: Locate): Problem[] {
  const titles = rotations.map(({ name }) => name);
  return names.flatMap((name, index) =>
    titles.includes(name)
      ? []
      : [
          problem(
            locate,
            ['holidays', 'rotation', index],
            `this planning has no rotation "${name}"`,
            didYouMean(name, titles) ?? `it has: ${titles.join(', ') || 'none'}`,
          ),
        ],
  );
}

/** Levels are named once, and what names a level names one that there is. */
function levelProblems(planning: Given, locate: Locate): Problem[] {
  const levels = planning.levels?.map(({ name }) => name) ?? [];
  const twice = levels.flatMap((name, index) =>
    levels.indexOf(name) < index
      ? [problem(locate, ['levels', index], `two levels are named "${name}"`, 'rename one of them')]
      : [],
  );
  const named: { path: PropertyKey[]; level: string | undefined }[] = [
    ...planning.rotations.map(({ level }, index) => ({ path: ['rotations', index, 'level'], level })),
    { path: ['holidays', 'level'], level: planning.holidays?.level },
    ...planning.shifts.map(({ level }, index) => ({ path: ['shifts', index, 'level'], level })),
    ...planning.changes.map((one, index) => ({
      path: ['changes', index, 'level'],
      level: 'level' in one ? one.level : undefined,
    })),
  ];
  const unknown = named.flatMap(({ path, level }) => {
    if (level === undefined || levels.includes(level)) return [];
    const inRotation = path[0] === 'rotations';
    if (!planning.levels && !inRotation && levelNamed(planning, level) !== undefined) return [];
    const hint = planning.levels
      ? (didYouMean(level, levels) ?? `it has: ${levels.join(', ')}`)
      : `name the levels in their order: levels: [${[...new Set(named.flatMap((one) => one.level ?? []))].join(', ')}]`;
    return [problem(locate, path, `this planning has no level "${level}"`, hint)];
  });
  return [...twice, ...unknown];
}

/** Nobody steps in for themselves. */
function standInProblems({ changes }: Given, locate: Locate): Problem[] {
  return changes.flatMap((change, index) => {
    const { person, by, with: other }: Named = change;
    const word = by === undefined ? 'with' : 'by';
    if (person === undefined || (by ?? other) !== person) return [];
    return [
      problem(locate, ['changes', index, word], `"${person}" cannot stand in for themselves`, 'name somebody else'),
    ];
  });
}

/** Each place where people are named, and who is named there. */
export function* namings(
  planning: Pick<Planning, 'rotations' | 'holidays' | 'shifts' | 'changes'>,
): Generator<{ path: PropertyKey[]; rungs: string[][] }> {
  for (const [index, { turns, later }] of planning.rotations.entries()) {
    for (const [turn, rungs] of turns.entries()) yield { path: ['rotations', index, 'turns', turn], rungs };
    for (const [place, team] of (later ?? []).entries())
      for (const [turn, rungs] of (team.turns ?? []).entries())
        yield { path: ['rotations', index, 'later', place, 'turns', turn], rungs };
  }
  if (planning.holidays?.people) yield { path: ['holidays', 'people'], rungs: planning.holidays.people };
  for (const [index, { people }] of planning.shifts.entries())
    yield { path: ['shifts', index, 'people'], rungs: people };
  for (const [index, change] of planning.changes.entries())
    for (const [word, rungs] of namingsOf(change)) yield { path: ['changes', index, word], rungs };
}

const namingsOf = (change: WrittenChange): [word: string, rungs: string[][]][] => {
  const { people, person, by, with: other }: Named = change;
  const single = Object.entries({ person, by, with: other }).flatMap(([word, id]): [string, string[][]][] =>
    id === undefined ? [] : [[word, [[id]]]],
  );
  return people ? [...single, ['people', people]] : single;
};
type Named = { kind: string; people?: string[][]; person?: string; by?: string | undefined; with?: string };

function peopleProblems(planning: Given, locate: Locate, people: ReadonlyMap<string, Person>): Problem[] {
  return [...namings(planning)].flatMap(({ path, rungs }) => {
    const ids = rungs.flat();
    const places = rungs.flatMap((rung, place) =>
      rung.map((_, at) => (rung.length > 1 ? [...path, place, at] : [...path, place])),
    );
    return ids.flatMap((id, index) => {
      const where = places[index] ?? path;
      if (!people.has(id)) {
        const hint = didYouMean(id, people.keys()) ?? 'add this person there';
        return [problem(locate, where, `nobody is named "${id}" in people.yaml`, hint)];
      }
      return ids.indexOf(id) < index
        ? [problem(locate, where, `"${id}" stands twice in one turn`, 'remove one of them')]
        : [];
    });
  });
}
