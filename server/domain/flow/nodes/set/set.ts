// Set: values written in the file are put in.
import { z } from 'zod';
import { exit } from '../../exits.ts';
import { nodeKind } from '../../kind.ts';
import { typeOf, value, valueName } from '../../schema-parts.ts';
import type { ValueInfo } from '../../set.ts';
import { filled } from '../../speak.ts';
import { hasTemplate } from '../../template.ts';
import { next } from '../common/grammar.ts';

export const set = nodeKind({
  schema: z.strictObject({ kind: z.literal('set'), values: z.record(valueName, value), then: next }),
  about: 'Donne une valeur à des noms, pour la suite de l’appel.',
  exits: ({ then, values }) => exit(then, ['then'], true, Object.keys(values)),
  enter(run, { values, then }) {
    for (const [name, given] of Object.entries(values))
      run.state.values[name] = typeof given === 'string' ? filled(run, given) : given;
    return { go: then };
  },
  ahead: 'pass',
  texts: ({ values }) =>
    Object.entries(values).flatMap(([name, given]) =>
      typeof given === 'string' ? [{ path: ['values', name], text: given }] : [],
    ),
  values: ({ values }) =>
    Object.entries(values).map(([name, given]) => ({ name, info: infoOf(given), path: ['values', name] })),
});

const infoOf = (given: string | number | boolean): ValueInfo => ({
  type: typeOf(given),
  spelled: false,
  texts: typeof given === 'string' && hasTemplate(given) ? null : [String(given)],
});
