// An alert as it lies on disk, with the timers that it has. Pure.
import { z } from 'zod';
import type { SetTimer } from '../../base/clock.ts';
import { formatOf, isObject, objectIn, timersShape } from '../../base/saved.ts';
import type { Alert } from './alert.ts';

export type SavedAlert = { alert: Alert; timers: Record<string, SetTimer> };

const contact = z.looseObject({
  person: z.string(),
  name: z.string(),
  language: z.string(),
  phones: z.array(z.string()),
  sms: z.string().optional(),
  email: z.string().optional(),
});
const whom = z.union([
  z.object({ planning: z.string() }),
  z.object({ person: z.string() }),
  z.object({ number: z.string() }),
]);
const channel = z.enum(['sms', 'call', 'mail']);
const policy = z.looseObject({
  id: z.string(),
  levels: z
    .array(
      z.looseObject({
        whom: z.union([z.literal('raised'), whom]),
        by: z.array(channel),
        also: z.array(channel),
        people: z.enum(['first', 'all']),
        everyMs: z.number(),
        reminders: z.number().nullable(),
        afterMs: z.number().nullable(),
      }),
    )
    .min(1),
  last: z.enum(['repeat', 'stop']),
  deliveryMs: z.number(),
  resolveMs: z.number().nullable(),
});
const notice = z.looseObject({
  id: z.string(),
  kind: z.enum(['alert', 'news']),
  person: z.string(),
  name: z.string(),
  channel,
  state: z.enum(['sending', 'sent', 'delivered', 'failed', 'lost', 'stopped']),
  turn: z.int(),
  at: z.number(),
});
const someone = z.looseObject({ name: z.string(), at: z.number() });
const shape = z.looseObject({
  alert: z.looseObject({
    id: z.string().min(1),
    n: z.int(),
    reason: z.string(),
    about: z.looseObject({}),
    policy,
    target: whom.optional(),
    raisedAt: z.number(),
    phase: z.enum(['deferred', 'open', 'held', 'resolved', 'silent']),
    level: z.int().min(0),
    round: z.int(),
    spentMs: z.number(),
    turn: z.int(),
    ids: z.int().min(0),
    request: z.string().optional(),
    towards: z.string().optional(),
    returned: z.int(),
    everybody: z.int().optional(),
    waiting: z.array(contact),
    declined: z.array(z.string()),
    contacts: z.array(contact),
    notices: z.array(notice),
    story: z.array(z.looseObject({ at: z.number(), what: z.string() })),
    holder: someone.optional(),
    closed: someone.optional(),
  }),
  timers: timersShape,
});

export const alertFormat = formatOf<SavedAlert>({
  kind: 'alert',
  // 0, before there was a number: the same.
  upgrades: [(saved) => saved],
  shape,
  isOf: ({ alert }, id) => alert.id === id,
});

/** What a refused state may still tell of the urgency that it was. */
export function leftOf(state: string): { reason?: string; call?: string; target?: z.output<typeof whom> } {
  const alert = objectIn(state)?.alert;
  if (!isObject(alert)) return {};
  const { reason, about, target } = alert;
  const call = isObject(about) ? about.call : undefined;
  const named = whom.safeParse(target);
  return {
    ...(typeof reason === 'string' ? { reason: reason.slice(0, 500) } : {}),
    ...(typeof call === 'string' ? { call } : {}),
    ...(named.success ? { target: named.data } : {}),
  };
}
