// All rules that a set must hold before it is published. Each is pure: a draft in, findings with their place out.
import { own } from './checks/own.ts';
import { references } from './checks/references.ts';
import { selfTest } from './checks/self-test.ts';
import { targets } from './checks/targets.ts';
import { texts } from './checks/texts.ts';
import { values } from './checks/values.ts';
import { ways } from './checks/ways.ts';
import type { Draft } from './draft.ts';
import type { Finding } from './finding.ts';

export type { Finding } from './finding.ts';

/** Every finding, by file and line. Ways are only walked where everything named exists. */
export function check(draft: Draft): Finding[] {
  const named = [references, targets, values, texts, own, selfTest].flatMap((rule) => rule(draft));
  const walked = named.some((finding) => finding.severity === 'error') ? [] : ways(draft);
  return [...named, ...walked].sort(byPlace);
}

const byPlace = (a: Finding, b: Finding): number =>
  a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
