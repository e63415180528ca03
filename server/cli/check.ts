// `vigie check`: every file, every cross-reference. `check` reads and prints through what it is handed.

import { parseArgs } from 'node:util';
import { messageOf } from '../base/errors.ts';
import { problemText, type Result } from '../base/result.ts';
import { checkTrunks, messagesIn, planningNames, policiesIn, policyNames, warningsIn } from '../config/read.ts';
import type { Finding } from '../domain/flow/check.ts';
import type { Known } from '../domain/flow/draft.ts';
import { examineFlows, type SourceFile } from '../domain/flow/load.ts';
import { smsWarning } from '../domain/message/segments.ts';
import { readPlannings } from '../domain/planning/load.ts';
import type { PlanningSet } from '../domain/planning/schema.ts';
import { flowFiles, planningFiles } from './at-hand.ts';
import { type Run, terminal } from './command.ts';

export type CheckIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  /** `lines.yaml`, flows and CSV tables; paths as they are to be shown. */
  readFlowFiles: () => Promise<SourceFile[]>;
  readPlanningFiles: () => Promise<SourceFile[]>;
  /** What else is known of the house: recordings, databases, trunk rules. */
  known?: Omit<Known, 'plannings' | 'people'>;
  /** Findings of other files (trunks), put among the rest. */
  more?: () => Promise<Finding[]>;
};

const usage = 'usage: vigie check [--json]';

/** @returns 0 nothing wrong (warnings are told), 1 an error, 2 wrong use. */
export async function check(args: string[], io: CheckIo): Promise<0 | 1 | 2> {
  const asked = readArgs(args);
  if (typeof asked === 'string') {
    io.err(`vigie check: ${asked}; ${usage}`);
    return 2;
  }
  const plannings = readPlannings(await io.readPlanningFiles());
  const files = await io.readFlowFiles();
  const known = knownOf(plannings, io);
  const policies = policiesIn(files, known);
  const messages = messagesIn(files, known);
  const names = {
    ...policyNames(policies.ok ? policies.value : undefined),
    tools: messages.ok ? new Set(Object.keys(messages.value.tools)) : null,
  };
  const { set, findings } = examineFlows(files, { ...known, ...names });
  const all = [
    ...problemsOf(plannings),
    ...problemsOf(policies),
    ...problemsOf(messages),
    ...warningsIn(files),
    ...findings,
    ...((await io.more?.()) ?? []),
  ];
  const errors = all.filter((finding) => finding.severity === 'error').length;
  if (asked.json) io.out(JSON.stringify({ ok: errors === 0, version: set?.version ?? null, findings: all }, null, 2));
  else tell(all, errors, io);
  return errors === 0 ? 0 : 1;
}

function readArgs(args: string[]): { json: boolean } | string {
  try {
    const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } });
    return { json: values.json };
  } catch (error) {
    return messageOf(error);
  }
}

const knownOf = (plannings: Result<PlanningSet>, io: CheckIo): Known => ({
  ...io.known,
  smsWarning,
  ...planningNames(plannings.ok ? plannings.value : undefined),
});

const problemsOf = (read: Result<unknown>): Finding[] =>
  read.ok ? [] : read.problems.map((problem) => ({ ...problem, severity: 'error' }));

/** `file:line:col severity message (hint)`, then one line that sums up. */
function tell(findings: readonly Finding[], errors: number, io: CheckIo): void {
  for (const { severity, ...problem } of findings) {
    io.out(problemText({ ...problem, message: `${severity} ${problem.message}` }));
  }
  const warnings = findings.length - errors;
  io.out(findings.length === 0 ? 'everything holds' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

export const run: Run = async (args, settings) => {
  const { known, findings } = await checkTrunks(settings);
  return check(args, {
    ...terminal,
    readFlowFiles: flowFiles(settings),
    readPlanningFiles: planningFiles(settings),
    known,
    more: async () => findings,
  });
};
