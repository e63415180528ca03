// What a technician who proved who they are may ask of the house, in a call: the calls on record, the duties they may take.
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { mostOffered } from '../../domain/flow/nodes/common/offering.ts';
import { callsTable, dutiesTable, pinTable, takeTable } from '../../domain/flow/own-tables.ts';
import { planningsNaming, takeDuty } from '../../domain/planning/take.ts';
import type { Values } from '../../domain/telephony/names.ts';
import { refusal } from '../../domain/trunk/numbers.ts';
import type { CallRecords, Configuration } from '../calls/ports.ts';
import { type DutyStore, take } from './duties.ts';
import type { Attested, Pins } from './pins.ts';
import type { TechnicianConfiguration } from './ports.ts';

export type TechnicianParts = {
  store: DutyStore & { ledger: CallRecords };
  config: TechnicianConfiguration;
  log: Log;
  now?: () => number;
};
/** Answers the tables that no file can name. */
export type Technician = {
  lastCaller(): Promise<string>;
  calls(): Promise<Values>;
  duties(person: string, only: string): Values;
  take(person: string, planning: string): Values | null;
};

/** As far back as the log is searched for callers. */
const searched = 200;
const rows = (list: readonly { id: string; name: string; at: number }[]): Values =>
  Object.fromEntries([
    ['count', list.length],
    ...list.flatMap(({ id, name, at }, i) =>
      Object.entries({ id, name, at }).map(([key, value]) => [`${key}${i + 1}`, value]),
    ),
  ]);

export function openTechnician({ store, config, log, now = systemClock.now }: TechnicianParts): Technician {
  /** The latest call of each caller, newest first; none of us. Who hides their number is nobody we could know again. */
  async function callers() {
    const { calls } = await store.ledger.list({ limit: searched });
    const { plannings, flows } = config.reading();
    const own = new Set([...plannings.people.values()].flatMap(({ phones }) => phones));
    const seen = new Set<string>();
    return calls.flatMap(({ caller, called, startedAt }) => {
      if (own.has(caller) || seen.has(caller)) return [];
      if (caller !== '') seen.add(caller);
      const line = Object.hasOwn(flows.lines, called) ? (flows.lines[called]?.name ?? '') : '';
      const callable = caller !== '' && refusal(config.trunks(), caller) === undefined;
      return [{ caller, callable, line, at: startedAt }];
    });
  }
  return {
    lastCaller: async () => (await callers()).find(({ callable }) => callable)?.caller ?? '',
    calls: async () =>
      rows(
        (await callers()).slice(0, mostOffered).map(({ caller, callable, line, at }) => ({
          id: callable ? caller : '',
          at,
          name: callable || caller === '' ? line : `${line}\n${caller}`,
        })),
      ),
    duties: (person, only) => {
      const { plannings, overlay } = config.reading();
      const at = now();
      const offered = planningsNaming(plannings, overlay, person).flatMap(({ id, name }) => {
        const taken = takeDuty(plannings, overlay, { planning: id, person, at });
        return 'change' in taken && (only === '' || only === id) ? [{ id, name, at: taken.change.until }] : [];
      });
      return rows(offered.slice(0, mostOffered));
    },
    take: (person, planning) => {
      const { plannings, overlay } = config.reading();
      // Asked again here: the key was pressed a while after the list was made.
      const named = planningsNaming(plannings, overlay, person).find(({ id }) => id === planning);
      const done = named
        ? take(store, plannings, { planning, person, by: person, via: 'par téléphone' }, now())
        : `${planning} does not name ${person}`;
      if (typeof done === 'string') log.warn({ person, planning, why: done }, 'a duty could not be taken');
      config.refresh();
      return typeof done === 'string' ? null : { planning, name: named?.name ?? planning, until: done.change.until };
    },
  };
}

const attestedIn = (text: string): Attested => (text === 'full' || text === 'failed' ? text : '');

/** The configuration, which also answers for PINs, the call log and duties: calls ask it as they ask any table. */
export const withTechnician = (config: Configuration, check: Pins, technician: Technician): Configuration => ({
  ...config,
  lookUp: (flows, asked) => {
    const [first = '', second = '', third = ''] = String(asked.key ?? '').split(' ');
    if (asked.table === pinTable) return check(first, second, attestedIn(third));
    if (asked.table === callsTable) return technician.calls();
    if (asked.table === dutiesTable) return technician.duties(first, second);
    if (asked.table === takeTable) return technician.take(first, second);
    return config.lookUp(flows, asked);
  },
});
