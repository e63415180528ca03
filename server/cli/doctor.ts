// `vigie doctor`: says what was found, each line with its mend. It looks through the function it is handed.

import { parseArgs } from 'node:util';
import { messageOf } from '../base/errors.ts';
import { examine } from '../doctor/doctor.ts';
import { exitCode, type Finding } from '../doctor/finding.ts';
import { type Run, terminal } from './command.ts';

export type DoctorIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  examine: () => Promise<Finding[]>;
};

const usage = 'usage: vigie doctor [--json]';
const marks = { good: '✓', warning: '!', bad: '✗' } as const;

/** @returns 0 nothing bad (warnings are told), 1 something is, 2 wrong use. */
export async function doctor(args: string[], io: DoctorIo): Promise<0 | 1 | 2> {
  let json: boolean;
  try {
    json = parseArgs({ args, options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch (error) {
    io.err(`vigie doctor: ${messageOf(error)}; ${usage}`);
    return 2;
  }
  const findings = await io.examine();
  if (json) io.out(JSON.stringify({ ok: exitCode(findings) === 0, findings }, null, 2));
  else for (const text of [...findings.flatMap(lines), summary(findings)]) io.out(text);
  return exitCode(findings);
}

function lines({ state, says, mend }: Finding): string[] {
  const first = `${marks[state]} ${says.fr} (${says.en})`;
  return mend ? [first, `    → ${mend.fr}`, `      ${mend.en}`] : [first];
}

function summary(findings: readonly Finding[]): string {
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  if (bad + warnings === 0) return 'Tout va bien (all is well).';
  return `${bad} à réparer, ${warnings} à surveiller (${bad} to mend, ${warnings} to watch).`;
}

export const run: Run = (args, settings, env) =>
  doctor(args, { ...terminal, examine: () => examine(settings, env, terminal.now) });
