// A change as it is kept: its kind by the word that planners use, and its parts as JSON. What is read back is checked before it is believed.
import { z } from 'zod';
import type { Change } from './changes.ts';

const id = z.string().min(1).max(64);
const dated = { from: z.number(), until: z.number(), why: z.string().optional() };
const onLevel = { ...dated, planning: id, level: z.string().min(1).optional() };

const duty = z.strictObject({
  planning: id,
  person: id,
  from: z.number(),
  until: z.number(),
  rotation: z.string().min(1).optional(),
});

/** The words that planners use, and ours. */
const kinds = {
  changement: z.strictObject({ kind: z.literal('override'), ...onLevel, people: z.array(id) }),
  garde: z.strictObject({ kind: z.literal('shift'), ...onLevel, people: z.array(id) }),
  renfort: z.strictObject({ kind: z.literal('reinforcement'), ...onLevel, people: z.array(id) }),
  personne: z.strictObject({ kind: z.literal('closing'), ...onLevel }),
  prise: z.strictObject({ kind: z.literal('taking'), ...onLevel, person: id }),
  remplacement: z.strictObject({
    kind: z.literal('replacement'),
    ...dated,
    person: id,
    by: id,
    planning: id.optional(),
    level: z.string().min(1).optional(),
  }),
  absence: z.strictObject({
    kind: z.literal('absence'),
    ...dated,
    person: id,
    planning: id.optional(),
    by: id.optional(),
    next: z.boolean().optional(),
  }),
  échange: z.strictObject({ kind: z.literal('swap'), ...dated, duties: z.tuple([duty, duty]) }),
} as const;

export type ChangeWord = keyof typeof kinds;
const words = Object.keys(kinds) as ChangeWord[];

export const wordOf = (change: Change): ChangeWord =>
  words.find((word) => kinds[word].shape.kind.value === change.kind) ?? 'changement';

/** What stands in columns of its own is left out of the body. */
export type ChangeRow = {
  kind: string;
  planning: string | null;
  from: number;
  until: number;
  why: string | null;
  body: string;
};

export function rowOfChange(change: Change): ChangeRow {
  const { kind: _, from, until, why, ...rest } = change;
  const { planning, ...body } = { planning: undefined, ...rest };
  return {
    kind: wordOf(change),
    planning: planning ?? null,
    from: Math.round(from),
    until: Math.round(until),
    why: why ?? null,
    body: JSON.stringify(body),
  };
}

/** The change, or why it cannot be read. */
export function changeOfRow({ kind, planning, from, until, why, body }: ChangeRow): Change | { unreadable: string } {
  const schema = Object.hasOwn(kinds, kind) ? kinds[kind as ChangeWord] : undefined;
  if (!schema) return { unreadable: `"${kind}" is no kind of change (a newer server wrote it?)` };
  const parts = jsonOf(body);
  const read = schema.safeParse({
    ...(typeof parts === 'object' ? parts : {}),
    kind: schema.shape.kind.value,
    from,
    until,
    ...(planning === null ? {} : { planning }),
    why: why ?? undefined,
  });
  return read.success ? read.data : { unreadable: read.error.issues[0]?.message ?? 'it is damaged' };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
