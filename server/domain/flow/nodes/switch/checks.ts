// What can be wrong with a case: nothing to decide by, a condition that is no question, a value of another type, hours nobody can read.
import { conditionFault } from '../../condition.ts';
import type { Draft } from '../../draft.ts';
import { at, type Finding, noSuch } from '../../finding.ts';
import { hourFindings } from '../../hour-findings.ts';
import { typeOf } from '../../schema-parts.ts';
import type { Case } from './schema.ts';

const conditions = ['called', 'caller', 'caller-in', 'hours', 'holiday', 'value', 'when'] as const;
type Path = PropertyKey[];

export function caseFaults(draft: Draft, flow: string, path: Path, one: Case): Finding[] {
  if (conditions.every((name) => one[name] === undefined)) {
    const hint = `give one of ${conditions.join(', ')}, or use "else"`;
    return [at(draft, flow, path, 'a case without a condition', hint)];
  }
  return [
    ...list(draft, flow, path, one),
    ...condition(draft, flow, path, one),
    ...(one.value ? value(draft, flow, [...path, 'value'], one.value) : []),
    ...hourFindings(one.hours, (days, message, hint) => at(draft, flow, [...path, 'hours', days], message, hint)),
  ];
}

const list = (draft: Draft, flow: string, path: Path, { 'caller-in': name }: Case): Finding[] =>
  name === undefined ? [] : noSuch(draft, flow, [...path, 'caller-in'], 'list', name, Object.keys(draft.set.lists));

function condition(draft: Draft, flow: string, path: Path, { when }: Case): Finding[] {
  const fault = when === undefined ? undefined : conditionFault(draft.set, when);
  return fault ? [at(draft, flow, [...path, 'when'], `the condition is wrong: ${fault}`)] : [];
}

function value(draft: Draft, flow: string, path: Path, { name, is }: NonNullable<Case['value']>): Finding[] {
  const info = draft.set.values[name];
  if (!info) return noSuch(draft, flow, [...path, 'name'], 'value', name, Object.keys(draft.set.values));
  const hint = info.type === 'text' ? 'put it in quotes' : undefined;
  return is
    .filter((given) => typeOf(given) !== info.type)
    .map((given) =>
      at(draft, flow, [...path, 'is'], `"${name}" is ${info.type}, "${given}" is ${typeOf(given)}`, hint),
    );
}
