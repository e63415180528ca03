// A call that the line places by itself as it lies on disk, with the timers that it has. Pure.
import { z } from 'zod';
import type { SetTimer } from '../../base/clock.ts';
import { formatOf, isObject, objectIn, timersShape } from '../../base/saved.ts';
import type { PlacedCall, Placing } from './placed-call.ts';

export type SavedPlacedCall = { call: PlacedCall; timers: Record<string, SetTimer> };

const prompts = z.array(z.looseObject({ kind: z.string() }));
const placing = z.looseObject({
  purpose: z.string(),
  to: z.looseObject({ person: z.string(), name: z.string(), phones: z.array(z.string()), language: z.string() }),
  announce: prompts,
  question: prompts,
  taken: prompts,
  line: z.string(),
  ringMs: z.number(),
});
const carrier = z.enum(['asterisk', 'twilio']);
const shape = z.looseObject({
  call: z.looseObject({
    id: z.string().min(1),
    placing,
    carrier,
    tried: z.array(carrier),
    hunt: z
      .looseObject({
        spec: z.looseObject({ levels: z.array(z.unknown()) }),
        phase: z.enum(['resolving', 'ringing', 'talking', 'over']),
        level: z.int(),
        round: z.int(),
        roundFrom: z.int(),
        people: z.array(z.unknown()),
        waves: z.array(z.unknown()),
        threads: z.array(z.unknown()),
        legs: z.array(z.looseObject({ id: z.string(), phase: z.string() })),
      })
      .optional(),
    effects: z.int().min(0),
    legs: z.int().min(0),
    told: z.looseObject({ leg: z.string(), prompts }).optional(),
    overAt: z.number().optional(),
  }),
  timers: timersShape,
});

/** An earlier server wrote when its timers were due, and not how long they were: none is longer than a whole call. */
const longestMs = 200_000;
const timersOf = (dueAt: unknown): Record<string, SetTimer> =>
  isObject(dueAt)
    ? Object.fromEntries(
        Object.entries(dueAt).flatMap(([name, due]) =>
          typeof due === 'number' ? [[name, { dueAt: due, ms: longestMs }]] : [],
        ),
      )
    : {};

export const placedCallFormat = formatOf<SavedPlacedCall>({
  kind: 'placed call',
  // 0, before there was a number: the call itself, with the instants of its timers in it.
  upgrades: [({ timers, ...call }) => ({ call, timers: timersOf(timers) })],
  shape,
  isOf: ({ call }, id) => call.id === id,
});

/** What a refused state may still tell: who waits for what comes of it. */
export function placingIn(state: string): Placing | undefined {
  const saved = objectIn(state);
  const call = isObject(saved?.call) ? saved.call : saved;
  const found = placing.safeParse(call?.placing);
  return found.success ? (found.data as Placing) : undefined;
}
