// The words in which a schema's issues are told to whoever edits the file: what was expected, what stands there.
import type { z } from 'zod';
import { kindNames } from './nodes/index.ts';

const oneOf = (values: readonly unknown[]): string => values.map(String).join(', ');
const shown = (input: unknown): string =>
  typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean'
    ? `"${String(input).slice(0, 60)}"`
    : Array.isArray(input)
      ? 'a list'
      : input === null
        ? 'nothing'
        : `a ${typeof input === 'object' ? 'map' : typeof input}`;

const types: Record<string, string> = { string: 'a text', object: 'a map', array: 'a list', boolean: 'true or false' };
const named = (expected: string): string => types[expected] ?? `a ${expected}`;

const speechAt = new Set<PropertyKey>(['say', 'announce']);

function union(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  if (issue.discriminator === 'kind') {
    const kind = (issue.input as { kind?: unknown } | null)?.kind;
    return kind === undefined
      ? `missing "kind", expected one of ${oneOf(kindNames)}`
      : `unknown kind ${shown(kind)}, expected one of ${oneOf(kindNames)}`;
  }
  if (issue.path?.some((part) => speechAt.has(part))) {
    return `found ${shown(issue.input)}, expected a text, one of {text, file, spell, pause}, or a list of these`;
  }
  return `found ${shown(issue.input)}, which is none of the forms allowed here`;
}

/** zod's error map for the files of this room. A schema's own words go before it. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'missing';
  switch (issue.code) {
    case 'invalid_type':
      return `found ${shown(issue.input)}, expected ${named(issue.expected)}`;
    case 'invalid_value':
      return `found ${shown(issue.input)}, expected one of ${oneOf(issue.values)}`;
    case 'invalid_union':
      return union(issue);
    default:
      return undefined;
  }
};
