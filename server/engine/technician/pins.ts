// Is this the technician they say they are? A known telephone and its owner's PIN; five wrong codes shut a telephone out for a quarter of an hour.
import { verify } from '@node-rs/argon2';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Person } from '../../domain/planning/schema.ts';
import type { Values } from '../../domain/telephony/names.ts';
import type { Audit, TechnicianConfiguration } from './ports.ts';

export type PinParts = {
  store: { audit: Audit };
  config: TechnicianConfiguration;
  log: Log;
  /** The last caller who may be called back; empty: there is none. */
  lastCaller(): Promise<string>;
  now?: () => number;
};
export type Pins = (caller: string, pin: string) => Promise<Values | null>;

const mostWrong = 5;
const shutMs = 15 * 60_000;
/** Who hides their number shares one count with all who do. */
const hidden = 'hidden';

/** @returns the person, their name and the last caller of the line who may be called; null: refused, whatever the reason. */
export function openPins({ store: { audit }, config, log, lastCaller, now = systemClock.now }: PinParts): Pins {
  return async (caller, pin) => {
    const at = now();
    const who = caller === '' ? hidden : caller;
    const write = (what: string, detail: string) => audit.add({ at, who, what, detail });
    const tries = () => audit.countAfter(who, 'pin tried', ['pin accepted', 'pin shut out']);
    const refuse = (why: string): null => {
      write('pin refused', why);
      log.warn({ caller, why }, 'a PIN was refused');
      return null;
    };
    const shut = audit.last(who, 'pin shut out');
    if (shut !== undefined && Math.abs(at - shut) < shutMs) return refuse('shut out');
    // Written before the code is looked at: calls that come together share the five tries, and a restart gives none back.
    write('pin tried', '');
    if (tries() > mostWrong) return refuse('too many at once');
    const owners = ownersOf(config, caller);
    const owner = await ownerWith(owners, pin);
    if (owner) {
      write('pin accepted', owner.id);
      return { person: owner.id, name: owner.name, last: await lastCaller() };
    }
    if (tries() >= mostWrong) write('pin shut out', `${mostWrong} wrong codes`);
    return refuse(owners.some((one) => one.pin !== undefined) ? 'wrong code' : 'no PIN for this telephone');
  };
}

/** Whose telephone this is; nobody's when the number is hidden. */
const ownersOf = (config: TechnicianConfiguration, caller: string): Person[] =>
  [...config.reading().plannings.people.values()].filter((one) => caller !== '' && one.phones.includes(caller));

/** A telephone that goes round with the duty has several owners, each with a code of their own. */
async function ownerWith(owners: readonly Person[], pin: string): Promise<Person | undefined> {
  if (!/^\d{6,12}$/.test(pin)) return undefined;
  for (const owner of owners) if (owner.pin !== undefined && (await verify(owner.pin, pin))) return owner;
  return undefined;
}
