// The line's own calls on a real database, with networks and a clock in the test's hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { silentLog } from '../../../server/base/log.ts';
import type { HuntContext } from '../../../server/domain/hunt/state.ts';
import type { Effect } from '../../../server/domain/telephony/effect.ts';
import type { Prompt } from '../../../server/domain/telephony/prompt.ts';
import { readTrunks } from '../../../server/domain/trunk/load.ts';
import {
  type PlacedEnd,
  type PlacedListener,
  Placer,
  type Placing,
} from '../../../server/engine/placed-calls/placer.ts';
import type { PlacedCallListener, PlacedCallNetwork } from '../../../server/engine/placed-calls/share.ts';
import { Saving } from '../../../server/engine/saving.ts';
import { openStore } from '../../../server/store/store.ts';
import { countingIds } from '../../base/counting-ids.ts';
import { HandClock } from '../../base/hand-clock.ts';
import { Disk } from '../alerts/disk.ts';

export const say = (text: string): Prompt => ({ kind: 'text', text, language: 'fr' });
export const placing = (purpose = 'alert1.n1'): Placing => ({
  purpose,
  to: { person: 'lea', name: 'Léa', phones: ['+33639980001'], language: 'fr' },
  announce: [say('alerte')],
  question: [say('1 ou 2 ?')],
  taken: [say('déjà pris')],
  line: '+33199001000',
  ringMs: 20_000,
});
const trunks = readTrunks({ file: 'trunks.yaml', text: 'trunks: { a: { host: 192.0.2.1 } }' }, []);
if (!trunks.ok) throw new Error('the trunks of this test are wrong');
const plan = trunks.value;

/** A network at the other end of the port: what it is asked for is seen, what happens there is the test's word. */
export class Network implements PlacedCallNetwork {
  readonly name: PlacedCallNetwork['name'];
  readonly listens = false;
  up = true;
  readonly asked: Effect[] = [];
  readonly dropped: string[] = [];
  onPerform: () => void = () => {};
  #listener: PlacedCallListener | undefined;

  constructor(name: PlacedCallNetwork['name']) {
    this.name = name;
  }
  listen(listener: PlacedCallListener): void {
    this.#listener = listener;
  }
  perform(_call: string, effects: readonly Effect[]): void {
    this.onPerform();
    this.asked.push(...effects);
  }
  adopt(): void {}
  forget(): void {}
  drop(channel: string): void {
    this.dropped.push(channel);
  }
  get rung(): Extract<Effect, { type: 'originate' }>[] {
    return this.asked.filter((effect) => effect.type === 'originate');
  }
  get leg(): string {
    return this.rung.at(-1)?.leg ?? '';
  }
  says(event: Parameters<PlacedCallListener['event']>[1], leg = this.leg): void {
    this.#listener?.event(leg.slice(0, leg.indexOf('.')), event);
  }
  isBack(legs: Record<string, 'ringing' | 'up'>, at: number): void {
    const channels = Object.entries(legs).map(([channel, state]) => ({ channel, state }));
    this.#listener?.back({ channels, bridges: [] }, at);
  }
}

export function room(t: Test, networks: [Network, ...Network[]] = [new Network('twilio')]) {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-own-'));
  const opened = openStore(join(dir, 'vigie.db'));
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  const disk = new Disk();
  const { placedCalls } = disk.through(opened.value);
  t.teardown(() => {
    opened.value.close();
    rmSync(dir, { recursive: true });
  });
  const clock = new HandClock(1_000_000);
  const ids = countingIds();
  const ended: (PlacedEnd & { of: string })[] = [];
  const recovered: string[] = [];
  const self = {
    context: (): HuntContext => ({ trunks: { plan, health: {} }, listenMs: 0, silentMs: 3500 }),
    listener: {
      ringing: () => {},
      ended: ({ purpose }, end) => {
        ended.push({ of: purpose, ...end });
        return [say('merci')];
      },
    } as PlacedListener,
  };
  let before: Placer | undefined;
  /** Opened again: the one before is dead, and does nothing any more. */
  const open = () => {
    before?.close();
    const saving = new Saving({ clock, log: silentLog, recovered: (message) => recovered.push(message) });
    const placer = new Placer({
      clock,
      ids,
      saving,
      store: placedCalls,
      log: silentLog,
      context: () => self.context(),
      prepare: async () => undefined,
    });
    placer.listen({
      ringing: (placing) => self.listener.ringing(placing),
      ended: (placing, end) => self.listener.ended(placing, end),
    });
    placer.start(networks);
    before = placer;
    return Object.assign(placer, { saving });
  };
  return { self, dir, disk, clock, ended, recovered, open, placedCalls, network: networks[0] };
}
