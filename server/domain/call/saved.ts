// A call as it lies on disk: its value and the number of its format. An older server's call is brought up to today's; a newer one's, or
// one that is damaged, is refused with the reason. Pure.
import { z } from 'zod';
import { bad, good, type Result } from '../../base/result.ts';
import type { Call } from './call.ts';

/** Raised with every change of `Call` that today's step could not read from an older server's disk. */
export const callFormat = 1;

type Saved = Record<string, unknown>;

/** One step from each earlier format to the next. They take and give what may be anything: the shape is looked at last. */
const upgrades: readonly ((saved: Saved) => Saved)[] = [
  // 0, before there was a number: a hunt did not say where its round began. From the first leg on: nobody is rung twice for it.
  (saved) =>
    typeof saved.hunt === 'object' && saved.hunt !== null ? { ...saved, hunt: { roundFrom: 0, ...saved.hunt } } : saved,
];

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

/** The number stands first, where a person looking at the row sees it. */
export const writeCall = (call: Call): string =>
  `{"format":${callFormat},${JSON.stringify(call, withoutSecrets).slice(1)}`;

export function readCall(id: string, state: string): Result<Call> {
  const refuse = (message: string, hint: string) => bad({ file: `saved call ${id}`, message, hint });
  const saved = parsed(state);
  if (!saved) return refuse('its state is no JSON object', 'the row is damaged: see `vigie doctor`');
  const { format = 0, ...rest } = saved;
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 0)
    return refuse(`"${String(format)}" is no format`, 'the row is damaged: see `vigie doctor`');
  if (format > callFormat)
    return refuse(
      `a newer server wrote it (format ${format}, this one reads up to ${callFormat})`,
      'start that server',
    );
  const call = upgrades.slice(format).reduce((older, upgrade) => upgrade(older), rest);
  const found = shape.safeParse(call);
  if (found.success && call.id === id) return good(call as unknown as Call);
  const issue = found.error?.issues[0];
  return refuse(`${issue ? `${issue.path.join('.')}: ${issue.message}` : 'it is another call'}`, 'the row is damaged');
}

function parsed(state: string): Saved | undefined {
  try {
    const saved: unknown = JSON.parse(state);
    return typeof saved === 'object' && saved !== null && !Array.isArray(saved) ? (saved as Saved) : undefined;
  } catch {
    return undefined;
  }
}

/** What a refused state may still tell: who rang whom, for the record. */
export function numbersIn(state: string): { called: string; caller: string } {
  const saved = parsed(state);
  const said = (key: string): string => {
    const value = saved?.[key];
    return typeof value === 'string' ? value.slice(0, 40) : '';
  };
  return { called: said('called'), caller: said('caller') };
}
