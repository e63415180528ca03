// Is this the technician they say they are? A known telephone and its owner's PIN. Wrong codes shut out for longer and longer, the owner
// is told, and the code in that message opens at once: somebody who forges their number keeps them out of nothing.
import { createHmac } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { type Instant, systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { pinWeakness } from '../../domain/planning/pin.ts';
import type { Person } from '../../domain/planning/schema.ts';
import type { Values } from '../../domain/telephony/names.ts';
import type { Audit, TechnicianConfiguration } from './ports.ts';

export type PinParts = {
  store: { audit: Audit };
  config: TechnicianConfiguration;
  log: Log;
  /** The last caller who may be called back; empty: there is none. */
  lastCaller(): Promise<string>;
  /** Tells a person that their telephone was shut out, under an id that is told once. */
  tell(person: Person, shut: { id: string; minutes: number; code: string }): void;
  /** Makes the codes that open again; at least 32 characters. */
  secret: string;
  now?: () => number;
};
/** What the caller's network says of their number: proved (STIR/SHAKEN, attestation A), disproved, or nothing. */
export type Attested = 'full' | 'failed' | '';
export type Pins = (caller: string, keyed: string, attested?: Attested) => Promise<Values | null>;

const mostWrong = 5;
const minute = 60_000;
const firstShutMs = 15 * minute;
const longestShutMs = 24 * 60 * minute;
const codeDigits = 6;

/** @returns the person, their name and the last caller of the line who may be called; null: refused, whatever the reason. */
export const openPins = (parts: PinParts): Pins => {
  const check = new PinCheck(parts);
  return (caller, keyed, attested = '') => check.ask(caller, keyed, attested);
};

/** One who is asked: whose telephone it seems to be, and whom their tries count for. */
type Asked = { at: Instant; who: string; caller: string; owners: readonly Person[] };

class PinCheck {
  readonly #parts: PinParts;
  readonly #audit: Audit;

  constructor(parts: PinParts) {
    this.#parts = parts;
    this.#audit = parts.store.audit;
  }

  ask(caller: string, keyed: string, attested: Attested): Promise<Values | null> {
    const { config, now = systemClock.now } = this.#parts;
    const known = attested === 'failed' ? '' : caller;
    const owners = ownersOf(config, known);
    const asked: Asked = { at: now(), who: countedFor(owners, known, attested), caller, owners };
    if (owners.length === 0)
      return this.#refuse(asked, attested === 'failed' ? 'forged, says the network' : 'a stranger');
    const shutAt = this.#audit.last(asked.who, 'pin shut out');
    return shutAt !== undefined && Math.abs(asked.at - shutAt) < this.#shutMs(asked.who)
      ? this.#shutOut(asked, keyed, shutAt)
      : this.#tried(asked, keyed);
  }

  /** The code is looked at first: without it no PIN is tried, so nothing can be learnt here. It opens this once, and for nobody else. */
  async #shutOut(asked: Asked, keyed: string, shutAt: Instant): Promise<Values | null> {
    const [pin, code] = [keyed.slice(0, -codeDigits), keyed.slice(-codeDigits)];
    const owner = code === this.#codeFor(asked.who, shutAt) ? await ownerWith(asked.owners, pin) : undefined;
    return owner
      ? this.#accept(asked, owner, 'pin accepted with the code of the message')
      : this.#refuse(asked, 'shut out');
  }

  async #tried(asked: Asked, keyed: string): Promise<Values | null> {
    const { who, caller, owners } = asked;
    // Written before the code is looked at: calls that come together share the five tries, and a restart gives none back.
    this.#write(asked, 'pin tried', caller);
    const tries = () => this.#audit.countAfter(who, 'pin tried', ['pin accepted', 'pin shut out']);
    if (tries() > mostWrong) return this.#refuse(asked, 'too many at once');
    const owner = await ownerWith(owners, keyed);
    if (owner) return this.#accept(asked, owner, 'pin accepted');
    if (tries() >= mostWrong) this.#shut(asked);
    return this.#refuse(
      asked,
      owners.some((one) => one.pin !== undefined) ? 'wrong code' : 'no PIN for this telephone',
    );
  }

  #shut(asked: Asked): void {
    const { at, who, owners } = asked;
    this.#write(asked, 'pin shut out', `${mostWrong} wrong codes`);
    const minutes = this.#shutMs(who) / minute;
    for (const one of owners)
      this.#parts.tell(one, { id: `pin.${one.id}.${at}`, minutes, code: this.#codeFor(who, at) });
  }

  async #accept(asked: Asked, { id, name }: Person, what: string): Promise<Values> {
    this.#write(asked, what, id);
    return { person: id, name, last: await this.#parts.lastCaller() };
  }

  async #refuse(asked: Asked, why: string): Promise<null> {
    this.#write(asked, 'pin refused', why);
    this.#parts.log.warn({ caller: asked.caller, why }, 'a PIN was refused');
    return null;
  }

  #write({ at, who }: Asked, what: string, detail: string): void {
    this.#audit.add({ at, who, what, detail });
  }

  /** Twice as long each time that no right code came in between. */
  #shutMs(who: string): number {
    const times = this.#audit.countAfter(who, 'pin shut out', ['pin accepted']);
    return Math.min(longestShutMs, firstShutMs * 2 ** Math.max(0, times - 1));
  }

  #codeFor(who: string, shutAt: Instant): string {
    const sealed = createHmac('sha256', this.#parts.secret).update(`vigie-pin ${who} ${shutAt}`).digest();
    return String(100_000 + (sealed.readUInt32BE(0) % 900_000));
  }
}

/**
 * Tries count for the technician, whichever of their telephones they seem to come from; for a telephone that goes round with the duty,
 * for the telephone. A number that the network vouches for counts apart: who only pretends to have it shuts its owner out of nothing.
 */
function countedFor(owners: readonly Person[], caller: string, attested: Attested): string {
  const [owner, ...others] = owners;
  const who = owner && others.length === 0 ? owner.id : caller || 'hidden';
  return attested === 'full' ? `${who} (attested)` : who;
}

/** Whose telephone this is; nobody's when the number is hidden. */
const ownersOf = (config: TechnicianConfiguration, caller: string): Person[] =>
  [...config.reading().plannings.people.values()].filter((one) => caller !== '' && one.phones.includes(caller));

/** A telephone that goes round with the duty has several owners, each with a code of their own. A code that is tried first opens nothing. */
async function ownerWith(owners: readonly Person[], pin: string): Promise<Person | undefined> {
  if (pinWeakness(pin) !== undefined) return undefined;
  for (const owner of owners) if (owner.pin !== undefined && (await verify(owner.pin, pin))) return owner;
  return undefined;
}
