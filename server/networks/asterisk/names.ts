// The names that trunks.yaml gives carriers, and the addresses they mean now. Asterisk asks for a name once, when it reads its file, and
// refuses that carrier's callers for good where nobody answered then: so its file holds addresses alone, and is written again when they change.
import { Resolver } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { TrunkPlan } from '../../domain/trunk/schema.ts';

/** Every address of a name. @throws when it cannot be resolved */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** A name that means another part of a carrier's addresses at each question keeps them all; an address that is not told any more goes after this. */
const keptMs = 3_600_000;

/** True for what must be asked for: no address, no network. */
export const isHostName = (text: string): boolean => /^[A-Za-z0-9.-]+$/.test(text) && isIP(text) === 0;

/** The names that calls of these trunks come from. */
export const namesOf = ({ trunks }: TrunkPlan): string[] => [
  ...new Set(trunks.flatMap(({ addresses }) => addresses.filter(isHostName))),
];

export class CarrierNames {
  readonly #lookup: Lookup;
  readonly #clock: Clock;
  readonly #log: Log;
  /** Name → address → when it was told last. A name that nobody could resolve yet has no entry. */
  readonly #known = new Map<string, Map<string, number>>();
  readonly #unresolved = new Set<string>();

  constructor(clock: Clock, log: Log, lookup: Lookup = lookedUp) {
    this.#clock = clock;
    this.#log = log;
    this.#lookup = lookup;
  }

  /** Asks for every name of the plan, one after the other: each question may hold one of the process's few threads. @returns what they all mean, to be compared */
  async look(plan: TrunkPlan): Promise<string> {
    const names = namesOf(plan);
    for (const name of names) await this.#ask(name);
    return names.map((name) => `${name}=${this.addressesOf(name).join()}`).join(' ');
  }

  /** What stands for this entry of trunks.yaml in Asterisk's file: none for a name that has never been resolved. */
  readonly addressesOf = (entry: string): string[] =>
    isHostName(entry) ? [...(this.#known.get(entry)?.keys() ?? [])].sort() : [entry];

  async #ask(name: string): Promise<void> {
    let found: readonly string[];
    try {
      found = await this.#lookup(name);
    } catch (error) {
      this.#failed(name, error);
      return;
    }
    if (this.#unresolved.delete(name)) this.#log.info({ name }, 'the name of a carrier is resolved again');
    const before = this.addressesOf(name).join();
    this.#took(name, found);
    const now = this.addressesOf(name).join();
    if (before !== '' && before !== now) this.#log.info({ name, addresses: now }, 'a carrier has other addresses now');
  }

  /** What was known of it before stays: a name server that is away has moved no carrier. */
  #failed(name: string, error: unknown): void {
    if (this.#unresolved.has(name)) return;
    this.#unresolved.add(name);
    const addresses = this.addressesOf(name);
    const meaning = addresses.length > 0 ? 'it keeps its addresses' : 'its callers are refused until it can';
    this.#log.warn({ name, error }, `the name of a carrier cannot be resolved: ${meaning}`);
  }

  #took(name: string, found: readonly string[]): void {
    const now = this.#clock.now();
    const told = this.#known.get(name) ?? new Map<string, number>();
    for (const address of found) told.set(address, now);
    for (const [address, at] of told) if (now - at > keptMs) told.delete(address);
    this.#known.set(name, told);
  }
}

const resolver = new Resolver({ timeout: 2000, tries: 1 });
const servers = promisify(resolver.resolveSrv.bind(resolver));

/** The machine's own answer, and the hosts that the name's SIP service points to (RFC 3263 §4.2); either may be all there is. @throws when there is neither */
export async function lookedUp(name: string): Promise<readonly string[]> {
  const own = addressesAt(name);
  const pointed = await hostsBehind(name);
  const found: string[] = [];
  let why: unknown;
  for (const asked of [own, ...pointed.map(addressesAt)])
    await asked.then(
      (addresses) => found.push(...addresses),
      (error: unknown) => {
        why = error;
      },
    );
  if (found.length === 0) throw why;
  return found;
}

const addressesAt = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** Most names have no such record, and a name server that does not answer is told of by the other question. */
const hostsBehind = (name: string): Promise<string[]> =>
  servers(`_sip._udp.${name}`).then(
    (records) => records.map((record) => record.name),
    () => [],
  );
