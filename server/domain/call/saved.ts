// A call as it lies on disk: its value and the number of its format. An older server's call is brought up to today's; a newer one's, or
// one that is damaged, is refused with the reason. Pure.
import { z } from 'zod';
import { formatOf, isObject, objectIn } from '../../base/saved.ts';
import type { Call } from './call.ts';

/** What every step takes for granted. More would only repeat the types; less, and a foreign row would throw in the middle of a step. */
const shape = z.looseObject({
  id: z.string().min(1),
  channel: z.string().min(1),
  version: z.string(),
  called: z.string(),
  caller: z.string(),
  carrier: z.enum(['asterisk', 'twilio']),
  phase: z.enum(['flow', 'hunt']),
  startedAt: z.number(),
  effects: z.int().min(0),
  legs: z.int().min(0),
  flow: z.looseObject({
    flow: z.string(),
    node: z.string(),
    turn: z.int(),
    stack: z.array(z.unknown()),
    values: z.record(z.string(), z.unknown()),
    doing: z.looseObject({ kind: z.string() }),
  }),
  hunt: z
    .looseObject({
      spec: z.looseObject({ levels: z.array(z.unknown()) }),
      phase: z.string(),
      people: z.array(z.unknown()),
      legs: z.array(z.looseObject({ id: z.string(), phase: z.string() })),
      waves: z.array(z.unknown()),
      threads: z.array(z.unknown()),
    })
    .optional(),
  pastLegs: z.array(z.unknown()),
  path: z.array(z.unknown()),
  notes: z.array(z.string()),
});

/** A PIN that is being keyed lives in memory alone; after a restart it is asked for again. */
const withoutSecrets = (key: string, value: unknown): unknown => (key === 'secret' ? undefined : value);

const format = formatOf<Call>({
  kind: 'call',
  upgrades: [
    // 0, before there was a number: a hunt did not say where its round began. From the first leg on: nobody is rung twice for it.
    (saved) => (isObject(saved.hunt) ? { ...saved, hunt: { roundFrom: 0, ...saved.hunt } } : saved),
  ],
  shape,
  isOf: (call, id) => call.id === id,
  replacer: withoutSecrets,
});

/** Raised with every change of `Call` that today's step could not read from an older server's disk: by an upgrade. */
export const callFormat = format.format;
export const writeCall = format.write;
export const readCall = format.read;

/** What a refused state may still tell: who rang whom, for the record. */
export function numbersIn(state: string): { called: string; caller: string } {
  const saved = objectIn(state);
  const said = (key: string): string => {
    const value = saved?.[key];
    return typeof value === 'string' ? value.slice(0, 40) : '';
  };
  return { called: said('called'), caller: said('caller') };
}
