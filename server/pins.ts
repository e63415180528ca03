// Is this the technician they say they are? A known telephone and its owner's PIN; five wrong codes shut a telephone out for a quarter of an hour.
import { verify } from '@node-rs/argon2';
import { systemClock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { LiveDesk } from './desk/desk.ts';
import { pinTable } from './flow/nodes/pin.ts';
import type { Store } from './store/store.ts';
import type { Desk } from './switchboard/ports.ts';
import type { Values } from './telephony/names.ts';
import { refusal } from './trunk/numbers.ts';

export type PinParts = { store: Pick<Store, 'audit' | 'ledger'>; desk: LiveDesk; log: Log; now?: () => number };
export type Pins = (caller: string, pin: string) => Promise<Values | null>;

const mostWrong = 5;
const shutMs = 15 * 60_000;

/** @returns the person, their name and the last caller of the line who may be called; null: refused, whatever the reason. */
export function openPins({ store, desk, log, now = systemClock.now }: PinParts): Pins {
  const { audit, ledger } = store;
  return async (caller, pin) => {
    const at = now();
    const who = caller === '' ? 'hidden' : caller;
    const refuse = (why: string): null => {
      audit.add({ at, who, what: 'pin refused', detail: why });
      log.warn({ caller, why }, 'a PIN was refused');
      return null;
    };
    if (audit.count(who, 'pin refused', at - shutMs) >= mostWrong) return refuse('shut out');
    if (!/^\d{6,12}$/.test(pin)) return refuse('too short');
    const owners = [...desk.reading().plannings.people.values()].filter(
      (one) => caller !== '' && one.phones.includes(caller),
    );
    for (const { id, name, pin: hash } of owners) {
      if (hash === undefined || !(await verify(hash, pin))) continue;
      audit.add({ at, who, what: 'pin accepted', detail: id });
      return { person: id, name, last: await lastCaller() };
    }
    return refuse(owners.some((one) => one.pin !== undefined) ? 'wrong code' : 'no PIN for this telephone');
  };

  /** The latest caller who showed a number, is none of us, and may be dialled. */
  async function lastCaller(): Promise<string> {
    const { calls } = await ledger.list({ limit: 200 });
    const own = new Set([...desk.reading().plannings.people.values()].flatMap(({ phones }) => phones));
    const found = calls.find(
      ({ caller }) => caller !== '' && !own.has(caller) && refusal(desk.trunks(), caller) === undefined,
    );
    return found?.caller ?? '';
  }
}

/** The desk, which also answers for PINs: calls ask it as they ask any table. */
export const withPins = (desk: Desk, check: Pins): Desk => ({
  ...desk,
  lookUp: (flows, asked) => {
    if (asked.table !== pinTable) return desk.lookUp(flows, asked);
    const [caller = '', pin = ''] = String(asked.key ?? '').split(' ');
    return check(caller, pin);
  },
});
