// From the texts of the plannings folder to one checked, frozen set; or everything that is wrong with it, each with its place.
import { digest } from '../../base/digest.ts';
import { type Locate, readDocument } from '../../base/document.ts';
import { deepFreeze } from '../../base/freeze.ts';
import { didYouMean } from '../../base/nearest.ts';
import { plainName } from '../../base/paths.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import { checkPlanning } from './check.ts';
import { type Periods, periodsSchema, periodsWith, withPeriods } from './periods.ts';
import { type Person, type Planning, type PlanningSet, peopleSchema, planningSchema } from './schema.ts';
import { nobodyWords } from './schema-rotation.ts';

export type PlanningFile = { file: string; text: string };

/**
 * Reads `people.yaml`, `periods.yaml` where there is one, and every other `*.yaml` or `*.yml` as a planning whose id is its file name. One mistake anywhere and there
 * is no set: a running server keeps the one it has.
 */
export function readPlannings(files: readonly PlanningFile[]): Result<PlanningSet> {
  const sorted = files.filter(({ file }) => /\.ya?ml$/.test(file)).sort((a, b) => (a.file < b.file ? -1 : 1));
  const peopleFile = sorted.find((one) => plainName(one.file) === 'people');
  if (!peopleFile)
    return bad({
      file: 'people.yaml',
      message: 'there is no people.yaml',
      hint: 'it names the people plannings speak of',
    });
  const people = readPeople(peopleFile);
  const periodsFile = sorted.find((one) => plainName(one.file) === 'periods');
  const periods = readPeriods(periodsFile);
  const problems: Problem[] = [people, periods].flatMap((read) => (read.ok ? [] : read.problems));
  if (!periods.ok) return bad(...problems);
  const plannings = new Map<string, Planning>();
  for (const one of sorted) {
    if (one === peopleFile || one === periodsFile) continue;
    const read = readPlanning(one, periods.value, people.ok ? people.value : undefined);
    if (!read.ok) problems.push(...read.problems);
    else if (plannings.has(read.value.id)) problems.push(twice(one.file, read.value.id));
    else plannings.set(read.value.id, read.value);
  }
  if (!people.ok || problems.length > 0) return bad(...problems);
  return good(Object.freeze({ version: versionOf(sorted), people: people.value, plannings }));
}

const twice = (file: string, id: string): Problem => ({
  file,
  line: 1,
  column: 1,
  message: `two files define the planning "${id}"`,
  hint: 'rename one of them',
});

/** The order of the files and the folder they stand in do not count. */
function versionOf(sorted: readonly PlanningFile[]): string {
  const written = sorted.map(({ file, text }) => JSON.stringify([plainName(file), text]));
  return digest(written, 12);
}

function readPeople({ file, text }: PlanningFile): Result<Map<string, Person>> {
  const read = readDocument(file, text, peopleSchema);
  if (!read.ok) return read;
  const people = new Map(Object.entries(read.value.value).map(([id, person]) => [id, deepFreeze({ ...person, id })]));
  const { locate } = read.value;
  const found = [...keptWords(people, locate), ...repeatedPhones(people, locate), ...strangeCover(people, locate)];
  return found.length > 0 ? bad(...found) : good(people);
}

/** Whoever steps in for somebody is somebody else, whom the file knows. */
const strangeCover = (people: ReadonlyMap<string, Person>, locate: Locate): Problem[] =>
  [...people.values()].flatMap(({ id, absences }) =>
    absences.flatMap(({ by }, index) => {
      if (by === undefined || (by !== id && people.has(by))) return [];
      const message = by === id ? `"${by}" cannot stand in for themselves` : `nobody is named "${by}" in people.yaml`;
      const hint =
        didYouMean(
          by,
          [...people.keys()].filter((one) => one !== id),
        ) ?? 'name somebody else';
      return [{ ...locate([id, 'absences', index, 'by']), message, hint }];
    }),
  );

/** The words for nobody name no person. */
const keptWords = (people: ReadonlyMap<string, Person>, locate: Locate): Problem[] =>
  nobodyWords.flatMap((word) =>
    people.has(word)
      ? [{ ...locate([word], 'key'), message: `"${word}" is the word for an empty turn`, hint: 'choose another id' }]
      : [],
  );

/** Two people may share the phone that goes round with the duty; one person may not have it twice. */
function repeatedPhones(people: ReadonlyMap<string, Person>, locate: Locate): Problem[] {
  return [...people.values()].flatMap(({ id, phones }) =>
    phones.flatMap((phone, index) =>
      phones.indexOf(phone) < index
        ? [{ ...locate([id, 'phones', index]), message: 'this number stands twice', hint: 'remove one of them' }]
        : [],
    ),
  );
}

function readPeriods(given: PlanningFile | undefined): Result<Periods> {
  if (!given) return good(periodsWith());
  const read = readDocument(given.file, given.text, periodsSchema);
  return read.ok ? good(periodsWith(read.value.value)) : read;
}

function readPlanning(
  { file, text }: PlanningFile,
  periods: Periods,
  people: ReadonlyMap<string, Person> | undefined,
): Result<Planning> {
  const id = plainName(file);
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(id))
    return bad({
      file,
      line: 1,
      column: 1,
      message: `"${id}" cannot be the id of a planning`,
      hint: 'name the file with small letters without accents, digits, "-" and "_"',
    });
  const read = readDocument(file, text, planningSchema);
  if (!read.ok) return read;
  const { value: written, locate } = read.value;
  const named = withPeriods(written, locate, periods);
  const value = { ...written, rotations: named.rotations };
  const problems = [...named.problems, ...(named.problems.length > 0 ? [] : checkPlanning(value, locate, people))];
  return problems.length > 0 ? bad(...problems) : good(deepFreeze({ ...value, id }));
}

/** For those who name a planning elsewhere (a flow, a command): the hint that goes with "there is no such planning". */
export const planningHint = (set: PlanningSet, id: string): string =>
  didYouMean(id, set.plannings.keys()) ?? `there are: ${[...set.plannings.keys()].join(', ') || 'none'}`;
