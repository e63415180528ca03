// Conditions in CEL: type-checked when files are read, compiled once for each set.
import { Environment } from '@marcbachmann/cel-js';
import type { Values } from '../telephony/names.ts';
import type { FlowSet } from './set.ts';

type Condition = (values: Record<string, unknown>) => unknown;
type Typed = Pick<FlowSet, 'values'>;

const types = { text: 'string', number: 'double', 'yes-no': 'bool' } as const;
const unset = { text: '', number: 0, 'yes-no': false } as const;
const limits = { maxAstNodes: 500, maxDepth: 50, maxListElements: 200, maxMapEntries: 50, maxCallArguments: 8 };

/** What every call knows: numbers, the line's name, and its local day (`2026-11-30`), time (`03:15`), weekday (1 = Monday). */
function environmentOf(set: Typed): Environment {
  const environment = new Environment({ limits })
    .registerVariable('called', 'string')
    .registerVariable('caller', 'string')
    .registerVariable('line', 'string')
    .registerVariable('today', 'string')
    .registerVariable('time', 'string')
    .registerVariable('weekday', 'int')
    .registerOperator('double == int', (a: number, b: bigint) => a === Number(b));
  for (const [name, { type }] of Object.entries(set.values)) environment.registerVariable(name, types[type]);
  return environment;
}

/** @returns what is wrong with a condition, in one line; undefined when it is a yes-or-no question. */
export function conditionFault(set: Typed, source: string): string | undefined {
  try {
    const checked = environmentOf(set).check(source);
    if (!checked.valid) return firstLine(checked.error);
    return checked.type === 'bool' ? undefined : `gives ${checked.type}, expected yes or no (bool)`;
  } catch (error) {
    return firstLine(error);
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.trim() ?? '';

const compiled = new WeakMap<Typed, Map<string, Condition>>();

function conditionOf(set: Typed, source: string): Condition {
  const known = compiled.get(set) ?? new Map<string, Condition>();
  compiled.set(set, known);
  const condition = known.get(source) ?? (environmentOf(set).parse(source) as Condition);
  known.set(source, condition);
  return condition;
}

/** Whether a checked condition holds. Values not set yet count as empty, 0 or no. A condition that fails does not hold. */
export function isTrue(set: Typed, source: string, values: Values): boolean {
  const all: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(set.values)) all[name] = values[name] ?? unset[type];
  const { called, caller, line, today, time, weekday } = values;
  Object.assign(all, { called, caller, line, today, time, weekday: BigInt(Number(weekday ?? 0)) });
  try {
    return conditionOf(set, source)(all) === true;
  } catch {
    // A type-checked condition can still fail on a value (int("abc")): the caller goes on by the next case.
    return false;
  }
}
