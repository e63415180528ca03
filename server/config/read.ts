// From the folders to one checked reading of everything that people edit: all of it good, or every problem found.
import { join } from 'node:path';
import { bad, good, type Problem, type Result } from '../base/result.ts';
import { policiesFile, readPolicies } from '../domain/alert/load.ts';
import { type PolicySet, policyNamed, reaches, usualPolicies } from '../domain/alert/policy.ts';
import type { Finding } from '../domain/flow/check.ts';
import type { Known } from '../domain/flow/draft.ts';
import { examineFlows } from '../domain/flow/load.ts';
import { defaultRefusal } from '../domain/flow/numbers.ts';
import type { FlowSet } from '../domain/flow/set.ts';
import { messageWarnings, readMessages } from '../domain/message/load.ts';
import { type Messages, noMessages } from '../domain/message/rules.ts';
import { smsWarning } from '../domain/message/segments.ts';
import { emptyOverlay, type Overlay } from '../domain/planning/changes.ts';
import { ringsSaid } from '../domain/planning/levels.ts';
import { readPlannings } from '../domain/planning/load.ts';
import type { PlanningSet } from '../domain/planning/schema.ts';
import { readPhone } from '../domain/telephony/numbers.ts';
import { readTrunks, trunkWarnings } from '../domain/trunk/load.ts';
import { refusal } from '../domain/trunk/numbers.ts';
import type { TrunkPlan } from '../domain/trunk/schema.ts';
import { readFolder, readOne, type TextFile } from './files.ts';
import { columnsIn } from './lookup/sqlite.ts';
import { recordingsIn } from './recordings.ts';

export type Folders = { root: string; flows: string; plannings: string; trunks: string };

/** One moment's truth: flows, plannings and trunks that fit each other. `warnings` refuse nothing. */
export type Reading = {
  flows: FlowSet;
  plannings: PlanningSet;
  trunks: TrunkPlan;
  policies: PolicySet;
  messages: Messages;
  warnings: Finding[];
  /** What is laid over the plannings' files. */
  overlay: Overlay;
};

/** Reads and checks everything, so that one look shows all that is wrong. */
export async function readEverything(folders: Folders): Promise<Result<Reading>> {
  const [planningFiles, flowFiles, trunkFile, recordings] = await Promise.all([
    readFolder(folders.root, folders.plannings),
    readFolder(folders.root, folders.flows),
    readOne(folders.root, folders.trunks),
    recordingsIn(join(folders.flows, 'sons')),
  ]);
  const problems: Problem[] = [];
  const take = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    problems.push(...result.problems);
    return undefined;
  };
  const plannings = takeFrom(planningFiles, (files) => readPlannings(files), take);
  const trunks = takeFrom(trunkFile, (file) => readTrunks(file, []), take);
  const known = {
    ...planningNames(plannings),
    recordings,
    columns: columnsIn(folders.flows),
    smsWarning,
    ...(trunks ? ofTrunks(trunks) : {}),
  };
  const texts = take(flowFiles);
  const policies = texts ? take(policiesIn(texts, known)) : undefined;
  const messages = texts ? take(messagesIn(texts, known)) : undefined;
  const names = { ...policyNames(policies), tools: keysOf(messages?.tools) };
  const examined = texts ? examineFlows(texts, { ...known, ...names }) : undefined;
  const findings = examined?.findings ?? [];
  problems.push(
    ...findings.filter(({ severity }) => severity === 'error').map(({ severity: _, ...problem }) => problem),
  );
  if (problems.length > 0 || !examined?.set || !plannings || !trunks || !policies || !messages) return bad(...problems);
  // Those that the carriers gave us beside the lines come back to us as well.
  const ownNumbers = [...new Set([...Object.keys(examined.set.lines), ...trunks.ownNumbers])];
  return good({
    flows: examined.set,
    plannings,
    trunks: { ...trunks, ownNumbers },
    policies,
    messages,
    overlay: emptyOverlay,
    warnings: [...findings, ...warningsIn(texts ?? []), ...ownPhones(plannings, ownNumbers), ...warningsOf(trunkFile)],
  });
}

/** What flows may name of the plannings. Broken plannings are told themselves; their names are then not held against the flows. */
export const planningNames = (set: PlanningSet | undefined): Pick<Known, 'plannings' | 'people' | 'rings'> =>
  set
    ? {
        plannings: new Set(set.plannings.keys()),
        people: new Set(set.people.keys()),
        rings: new Map([...set.plannings].map(([id, planning]) => [id, ringsSaid(planning)])),
      }
    : { plannings: null, people: null };

/** What flows may name of the alert policies, and whether one reaches somebody by itself. */
export const policyNames = (set: PolicySet | undefined): Pick<Known, 'policies' | 'reaches'> =>
  set ? { policies: keysOf(set.policies), reaches: (name) => reaches(policyNamed(set, name)) } : { policies: null };

const keysOf = (names: object | undefined): ReadonlySet<string> | null => (names ? new Set(Object.keys(names)) : null);

const named = (files: readonly TextFile[], name: string) =>
  files.find((one) => new RegExp(`(?:^|/)${name}\\.ya?ml$`).test(one.file));

/** messages.yaml among the flow files; nobody is written to without it. */
export function messagesIn(files: readonly TextFile[], known: Known): Result<Messages> {
  const file = named(files, 'messages');
  return file ? readMessages(file, known) : good(noMessages);
}

/** What nobody need mend in messages.yaml, and somebody should know. */
export function warningsIn(files: readonly TextFile[]): Finding[] {
  const file = named(files, 'messages');
  return file ? messageWarnings(file).map((one): Finding => ({ ...one, severity: 'warning' })) : [];
}

/** alert-policies.yaml among the flow files; what holds without it where there is none. */
export function policiesIn(files: readonly TextFile[], known: Known): Result<PolicySet> {
  const file = named(files, policiesFile);
  if (!file) return good(usualPolicies);
  const number = (text: string): ReturnType<typeof readPhone> => {
    const read = readPhone(text);
    const refused = 'e164' in read ? (known.refusal ?? defaultRefusal)(read.e164) : undefined;
    return refused ? { refused } : read;
  };
  return readPolicies(file, { plannings: known.plannings, people: known.people, number });
}

/** What `vigie check` must know of the trunks, and what is wrong with their file. */
export async function checkTrunks(
  folders: Folders,
): Promise<{ known: Omit<Known, 'plannings' | 'people'>; findings: Finding[] }> {
  const recordings = await recordingsIn(join(folders.flows, 'sons'));
  const columns = columnsIn(folders.flows);
  const file = await readOne(folders.root, folders.trunks);
  const plan = file.ok ? readTrunks(file.value, []) : file;
  if (plan.ok) return { known: { recordings, columns, ...ofTrunks(plan.value) }, findings: warningsOf(file) };
  return {
    known: { recordings, columns },
    findings: plan.problems.map((problem) => ({ ...problem, severity: 'error' })),
  };
}

const warningsOf = (file: Result<TextFile>): Finding[] =>
  file.ok ? trunkWarnings(file.value).map((problem) => ({ ...problem, severity: 'warning' })) : [];

const ofTrunks = (plan: TrunkPlan): Pick<Known, 'refusal' | 'trunks'> => ({
  refusal: (number) => refusal(plan, number),
  trunks: new Set(plan.trunks.map(({ id }) => id)),
});

function takeFrom<A, B>(
  source: Result<A>,
  read: (value: A) => Result<B>,
  take: <T>(result: Result<T>) => T | undefined,
): B | undefined {
  const value = take(source);
  return value === undefined ? undefined : take(read(value));
}

/** A person whose phone is one of our lines would ring the line itself. */
function ownPhones(plannings: PlanningSet, own: readonly string[]): Finding[] {
  return [...plannings.people.values()].flatMap((person) =>
    person.phones
      .filter((phone) => own.includes(phone))
      .map(
        (phone): Finding => ({
          file: 'people.yaml',
          severity: 'warning',
          message: `${person.name} has our own number ${phone} as a phone`,
          hint: 'it will never be dialled: write a phone of theirs',
        }),
      ),
  );
}
