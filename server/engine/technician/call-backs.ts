// The line calls a customer back for a technician, on request: whom it may ring, whom it may call, and what became of it.
import { z } from 'zod';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Call } from '../../domain/call/call.ts';
import type { FinishedCall } from '../../domain/call/record.ts';
import { isCallBack } from '../../domain/flow/own-flows.ts';
import { readPhone } from '../../domain/telephony/numbers.ts';
import { refusal } from '../../domain/trunk/numbers.ts';
import type { CallRecords } from '../calls/ports.ts';
import type { Switchboard } from '../calls/switchboard.ts';
import type { Audit, TechnicianConfiguration } from './ports.ts';

export type CallBackParts = {
  store: { audit: Audit; ledger: CallRecords; ship(): Promise<unknown> };
  config: TechnicianConfiguration;
  switchboard: Pick<Switchboard, 'callBack' | 'call'>;
  log: Log;
  now?: () => number;
};

/** `call`: the id of a call on record, whose caller is meant. `number`: a caller of some call on record. */
export const callBackOrder = z
  .strictObject({
    person: z.string().min(1).max(64),
    call: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'is not the id of a call')
      .optional(),
    number: z.string().min(1).max(40).optional(),
    /** Who asks, for the record and the audit. */
    by: z.string().min(1).max(100).default('api'),
  })
  .refine((given) => (given.call === undefined) !== (given.number === undefined), {
    error: 'say whom to call: either "call" (an id) or "number", one of a call on record',
  });
type Order = z.output<typeof callBackOrder>;

export type Refused = { status: 400 | 404 | 409 | 422 | 429 | 503; error: string };
export type State = {
  id: string;
  state: 'ringing-technician' | 'ringing-customer' | 'talking' | 'over';
  end?:
    | 'talked'
    | 'customer-not-reached'
    | 'technician-not-reached'
    | 'technician-declined'
    | 'technician-hung-up'
    | 'lost';
  talkSeconds?: number;
};

/** `carrier`: over which they rang. */
type Customer = { caller: string; called: string; carrier?: string };

export interface CallBacks {
  ask(order: Order): Promise<State | Refused>;
  state(id: string): Promise<State | undefined>;
}

const statuses = { busy: 409, cap: 429, down: 503 } as const;

export function openCallBacks(parts: CallBackParts): CallBacks {
  const { store, now = systemClock.now } = parts;
  return {
    ask: async (order) => {
      const answer = await ask(parts, order);
      const refused = 'error' in answer;
      const detail = `${order.person} calls ${order.call ?? order.number}: ${refused ? answer.error : answer.id}`;
      store.audit.add({ at: now(), who: order.by, what: refused ? 'call back refused' : 'call back asked', detail });
      return answer;
    },
    state: (id) => stateOf(parts, id),
  };
}

async function ask(parts: CallBackParts, order: Order): Promise<State | Refused> {
  const { config, switchboard } = parts;
  const person = config.reading().plannings.people.get(order.person);
  if (!person) return { status: 400, error: `there is no person "${order.person}" in people.yaml` };
  const found = await customerOf(parts, order);
  if ('error' in found) return found;
  const { lines } = config.flows();
  const line = Object.hasOwn(lines, found.called) ? found.called : Object.keys(lines)[0];
  if (line === undefined) return { status: 503, error: 'this line has no number to show' };
  const begun = switchboard.callBack({
    person: person.id,
    language: person.language,
    maxCalls: person.maxCalls,
    number: found.caller,
    line,
    by: order.by,
    ...(line === found.called && found.carrier ? { over: found.carrier } : {}),
  });
  if ('refused' in begun) return { status: statuses[begun.refused], error: begun.why };
  return (await stateOf(parts, begun.call)) ?? { id: begun.call, state: 'ringing-technician' };
}

/** The call on record whose caller is meant, where they may be dialled at all. */
async function customerOf(parts: CallBackParts, { call, number = '' }: Order): Promise<Customer | Refused> {
  await parts.store.ship();
  return call === undefined ? callerWith(parts, number) : callerOf(parts, call);
}

async function callerOf(parts: CallBackParts, id: string): Promise<Customer | Refused> {
  const found = await parts.store.ledger.get(id);
  if (found.found === 'several') return { status: 404, error: 'several calls end so; write more of the id' };
  if (found.found === 'none') return { status: 404, error: `no call "${id}" is on record` };
  return found.call.caller === '' ? { status: 422, error: 'this caller hid their number' } : dialled(parts, found.call);
}

async function callerWith(parts: CallBackParts, number: string): Promise<Customer | Refused> {
  const read = readPhone(number);
  if ('refused' in read) return { status: 422, error: read.refused };
  const barred = dialled(parts, { caller: read.e164, called: '' });
  if ('error' in barred) return barred;
  const last = await parts.store.ledger.lastOf(read.e164);
  return last ?? { status: 404, error: `no call of ${read.e164} is on record` };
}

function dialled({ config }: CallBackParts, found: Customer): Customer | Refused {
  const why = refusal(config.trunks(), found.caller);
  return why ? { status: 422, error: `${found.caller} is not called: ${why}` } : found;
}

async function stateOf({ store, switchboard, log }: CallBackParts, id: string): Promise<State | undefined> {
  const live = switchboard.call(id);
  if (live) return live.callBack && liveState(live);
  await store.ship().catch((error) => log.warn({ error }, 'records wait in the journal'));
  const found = await store.ledger.get(id);
  return found.found === 'one' && found.call.id === id && isCallBack(found.call.path[0]?.flow ?? '')
    ? overState(found.call)
    : undefined;
}

function liveState({ id, callBack, hunt }: Call): State {
  if (!callBack?.leg) return { id, state: 'ringing-technician' };
  return { id, state: hunt?.phase === 'talking' ? 'talking' : 'ringing-customer' };
}

function overState(call: FinishedCall): State {
  const seconds = call.talkSeconds === undefined ? {} : { talkSeconds: call.talkSeconds };
  return { id: call.id, state: 'over', end: endOf(call), ...seconds };
}

function endOf({ outcome, legs, notes }: FinishedCall): NonNullable<State['end']> {
  if (outcome === 'talked' || outcome === 'lost') return outcome;
  if (outcome === 'told') return 'customer-not-reached';
  if (!notes.some((note) => note.startsWith('technician: '))) return 'technician-hung-up';
  return legs.some(({ cause }) => cause === 'declined') ? 'technician-declined' : 'technician-not-reached';
}
