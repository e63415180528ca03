// A switchboard on a real journal, a clock in the test's hand and a network that outlives it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../../server/base/log.ts';
import type { FinishedCall } from '../../../server/domain/call/record.ts';
import type { FlowSet } from '../../../server/domain/flow/set.ts';
import type { Effect } from '../../../server/domain/telephony/effect.ts';
import type { OnCall } from '../../../server/domain/telephony/event.ts';
import type { CallId } from '../../../server/domain/telephony/names.ts';
import type { Trunk } from '../../../server/domain/trunk/schema.ts';
import { CallListeners } from '../../../server/engine/calls/listeners.ts';
import type { CallJournal, CallListener, Configuration, Ports } from '../../../server/engine/calls/ports.ts';
import { Switchboard } from '../../../server/engine/calls/switchboard.ts';
import { Saving } from '../../../server/engine/saving.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { countingIds } from '../../base/counting-ids.ts';
import { HandClock } from '../../base/hand-clock.ts';
import { caller, flowSet, line, now, people, trunk, trunkPlan } from '../../domain/call/house.ts';
import { Network } from './living.ts';

export type Board = typeof Switchboard;
export type Rig = {
  /** Where `vigie.db` is. */
  folder: string;
  network: Network;
  store: Store;
  clock: HandClock;
  ended: FinishedCall[];
  /** What people edit: may be changed at any time. */
  config: {
    flows: FlowSet;
    people: OnCall[];
    trunks: Trunk[];
    lookUp: Configuration['lookUp'];
    onCall?: Configuration['onCall'];
  };
  board: Switchboard;
  saving: Saving;
  /** A new server on the same journal and the same network; the old one never hears of anything again. */
  restart: (options?: Starting) => Promise<void>;
  arrive: (channel?: string) => void;
  end: () => Promise<void>;
};
export type Starting = {
  /** The last id that another server gave. */
  lastId?: number;
  beforePerform?: (call: CallId, effects: readonly Effect[]) => boolean;
  journal?: (real: CallJournal) => CallJournal;
  /** Beside those who write down what is over. */
  listeners?: CallListener;
};

export async function rig(board: Board = Switchboard, starting: Starting = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-switchboard-'));
  const opened = openStore(join(folder, 'vigie.db'));
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  const network = new Network();
  const ids = countingIds(starting.lastId);
  const config: Rig['config'] = {
    flows: flowSet(),
    people: people(1),
    trunks: [trunk('a'), trunk('b')],
    lookUp: () => null,
  };
  opened.value.journal.publish(config.flows.version, JSON.stringify(config.flows));
  const self: Rig = {
    folder,
    network,
    store: opened.value,
    ended: [],
    config,
    clock: new HandClock(now),
    board: undefined as unknown as Switchboard,
    saving: undefined as unknown as Saving,
    restart: async ({ beforePerform, journal = (real: CallJournal) => real, listeners = {} } = {}) => {
      network.disconnect();
      const clock = new HandClock(self.clock.now());
      network.now = () => clock.now();
      const kept = journal(opened.value.journal);
      const saving = new Saving({
        clock,
        log: silentLog,
        recovered: (message) => kept.warn({ id: ids.next('w'), at: clock.now(), subject: 'saving', message }),
      });
      const hears = new CallListeners(silentLog);
      hears.add(listeners);
      hears.add({ onEnd: (record) => self.ended.push(record) });
      const ports: Ports = {
        clock,
        ids,
        log: silentLog,
        journal: kept,
        saving,
        config: {
          flows: () => config.flows,
          trunks: () => trunkPlan(config.trunks),
          planningVersion: () => 'p1',
          onCall: (target, at) => config.onCall?.(target, at) ?? { people: config.people, because: 'rota' },
          lookUp: (flows, asked) => config.lookUp(flows, asked),
        },
        settings: { listenMs: 0, silentMs: 4000 },
        listeners: hears,
      };
      Object.assign(self, { clock, saving, board: new board(ports) });
      await self.board.start([network.carrier(beforePerform)]);
    },
    arrive: (channel = 'caller-1') => {
      network.callers.set(channel, { hears: 'nothing', effect: '' });
      network.emit({
        type: 'arrival',
        arrival: { channel, carrier: 'asterisk', called: line, caller, at: self.clock.now() },
      });
    },
    end: async () => {
      network.disconnect();
      opened.value.close();
      rmSync(folder, { recursive: true });
    },
  };
  await self.restart(starting);
  return self;
}

/** What the people on this network do next, by what they hear: one act each time; undefined when all of them wait. */
export function act({ network, clock }: Rig, key = '1'): string | undefined {
  const at = clock.now();
  const call = [...network.callers.values()][0]?.call;
  const [channel, one] = [...network.callers][0] ?? [];
  if (!channel || !one || !call || one.bridged) return undefined;
  if (one.hears === 'gather') {
    network.emit({ type: 'call', call, event: { type: 'digits', digits: key, at } });
    return 'the caller keys';
  }
  for (const leg of network.legs.values()) {
    if (!leg.up) {
      leg.up = true;
      network.emit({ type: 'call', call, event: { type: 'leg-answered', leg: leg.leg, at } });
      return 'a phone is answered';
    }
    if (leg.asked && !leg.began) {
      leg.began = true;
      network.emit({
        type: 'call',
        call,
        event: { type: 'leg-prompt-started', leg: leg.leg, playback: leg.asked, at },
      });
      return 'the question begins';
    }
    if (leg.asked) {
      network.emit({ type: 'call', call, event: { type: 'leg-pressed', leg: leg.leg, digit: '1', at } });
      return 'the key is pressed';
    }
  }
  return undefined;
}
