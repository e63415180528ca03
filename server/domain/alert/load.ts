// alert-policies.yaml becomes a checked set; what it names must exist. Pure: text in, policies or problems out.
import { type Locate, readDocument } from '../../base/document.ts';
import { didYouMean } from '../../base/nearest.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import {
  type PolicySet,
  policiesSchema,
  policyOf,
  reaches,
  type WrittenLevel,
  type WrittenPolicies,
} from './policy.ts';

/** The file's name in the folder of the flows: no flow may have it. */
export const policiesFile = 'alert-policies';

/** What policies may name. null: not known (its files are broken), so names are not checked. */
export type KnownNames = {
  plannings: ReadonlySet<string> | null;
  people: ReadonlySet<string> | null;
  /** A telephone number as it is written, in E.164, or why it is never called. */
  number: (text: string) => { e164: string } | { refused: string };
};

export function readPolicies(file: { file: string; text: string }, known: KnownNames): Result<PolicySet> {
  const read = readDocument(file.file, file.text, policiesSchema);
  if (!read.ok) return read;
  const { value, locate } = read.value;
  const wrong = [...names(value, locate), ...levels(value, locate, known)];
  const problems = wrong.length > 0 ? wrong : silentDefault(value, locate);
  if (problems.length > 0) return bad(...problems);
  return good({
    default: value.default,
    answers: value.answers,
    planner: value.planner ?? null,
    message: value.message === undefined || value.message === 'none' ? null : value.message,
    policies: Object.fromEntries(
      Object.entries(value.policies).map(([id, written]) => [id, withNumbers(policyOf(id, written), known)]),
    ),
  });
}

const withNumbers = (policy: ReturnType<typeof policyOf>, known: KnownNames) => ({
  ...policy,
  levels: policy.levels.map((level) => {
    const read = level.whom !== 'raised' && 'number' in level.whom ? known.number(level.whom.number) : undefined;
    return read && 'e164' in read ? { ...level, whom: { number: read.e164 } } : level;
  }),
});

function names(value: WrittenPolicies, locate: Locate): Problem[] {
  const there = Object.keys(value.policies);
  const wrong = (key: 'default' | 'message' | 'planner') => {
    const name = value[key];
    if (name === undefined || there.includes(name) || (key === 'message' && name === 'none')) return [];
    return [
      problem(
        locate([key]),
        `there is no policy "${name}"`,
        didYouMean(name, there) ?? `there are: ${there.join(', ')}`,
      ),
    ];
  };
  return [...wrong('default'), ...wrong('message'), ...wrong('planner')];
}

/** Alerts that name nobody (of the line itself, of a flow that says only a reason) take the default policy. */
function silentDefault({ default: name, policies }: WrittenPolicies, locate: Locate): Problem[] {
  const written = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (!written || reaches(policyOf(name, written))) return [];
  const message = `the default policy "${name}" names nobody: an alert that names nobody either would be told to nobody`;
  return [problem(locate(['default']), message, 'give it a level with a planning, a person or a number')];
}

function levels(value: WrittenPolicies, locate: Locate, known: KnownNames): Problem[] {
  return Object.entries(value.policies).flatMap(([id, policy]) =>
    policy.levels.flatMap((level, i) => {
      const at = (key?: string) => locate(['policies', id, 'levels', i, ...(key ? [key] : [])]);
      return [...oneTarget(level, at), ...targets(level, at, known), ...channels(level, at)];
    }),
  );
}

type At = (key?: string) => ReturnType<Locate>;

function oneTarget(level: WrittenLevel, at: At): Problem[] {
  const named = [level.raised, level.planning, level.person, level.number].filter((one) => one !== undefined).length;
  if (named === 1) return [];
  return [problem(at(), `a level names ${named} of raised, planning, person, number`, 'name exactly one')];
}

function targets(level: WrittenLevel, at: At, known: KnownNames): Problem[] {
  const missing = (key: 'planning' | 'person', names: ReadonlySet<string> | null) => {
    const name = level[key];
    if (name === undefined || !names || names.has(name)) return [];
    return [
      problem(
        at(key),
        `there is no ${key} "${name}"`,
        didYouMean(name, names) ?? `there are: ${[...names].join(', ')}`,
      ),
    ];
  };
  const read = level.number === undefined ? undefined : known.number(level.number);
  const refused =
    read && 'refused' in read ? [problem(at('number'), `${level.number} is never called: ${read.refused}`)] : [];
  return [...missing('planning', known.plannings), ...missing('person', known.people), ...refused];
}

const channels = (level: WrittenLevel, at: At): Problem[] => [
  ...(level.number !== undefined && [...level.by, ...level.also].includes('mail')
    ? [problem(at('number'), 'a number has no e-mail address', 'name a person, or leave mail out')]
    : []),
  ...level.also
    .filter((one) => level.by.includes(one))
    .map((one) => problem(at('also'), `"${one}" stands in "by" already`, 'name it once')),
];

const problem = (place: ReturnType<Locate>, message: string, hint?: string): Problem => ({
  ...place,
  message,
  ...(hint ? { hint } : {}),
});
