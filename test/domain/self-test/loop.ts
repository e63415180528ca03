// A network that brings the line's call to itself back to its door, with the tester on a real store and a clock in the test's hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../../server/base/log.ts';
import type { FinishedCall } from '../../../server/domain/call/record.ts';
import type { FlowSet } from '../../../server/domain/flow/set.ts';
import type { Handed, TestAlert } from '../../../server/domain/self-test/conclusion.ts';
import type { Arrival } from '../../../server/domain/telephony/event.ts';
import { hangup } from '../../../server/domain/telephony/hangup.ts';
import type { TestDial, TestListener, TestNetwork } from '../../../server/domain/telephony/self-test.ts';
import { Saving } from '../../../server/engine/saving.ts';
import { Tester } from '../../../server/engine/self-test/tester.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { HandClock } from '../../base/hand-clock.ts';
import { trunk, trunkPlan } from '../call/house.ts';

const noon = Date.UTC(2026, 10, 24, 11);

export class Loop {
  readonly dir = mkdtempSync(join(tmpdir(), 'vigie-tester-'));
  readonly store: Store;
  clock = new HandClock(noon);
  readonly dialled: (TestDial & { at: number })[] = [];
  readonly raised: TestAlert[] = [];
  readonly closed: string[] = [];
  /** Of what was raised or closed: whether it was a row already. */
  readonly rows: boolean[] = [];
  readonly recovered: string[] = [];
  /** Whoever leads the alerts is broken. */
  deaf = false;
  /** Who was let in at the door without being the test's own caller. */
  readonly admitted: string[] = [];
  readonly hungUp: string[] = [];
  readonly #through: (store: Store) => Store;
  /** What the carrier does with our calls. */
  carrier: 'brings' | 'refuses' | 'loses' | 'fails' = 'brings';
  flows: FlowSet;
  tester!: Tester;
  saving!: Saving;
  #listener: TestListener | undefined;
  #ids = 0;

  /** @param through a disk that does not do what it is told */
  constructor(flows: FlowSet, through = (store: Store) => store) {
    this.flows = flows;
    this.#through = through;
    const opened = openStore(join(this.dir, 'vigie.db'));
    if (!opened.ok) throw new Error(opened.problems[0]?.message);
    this.store = opened.value;
    this.restart();
  }

  /** A new process on the same store, some time later. */
  restart(away = 0, back = true): void {
    this.clock = new HandClock(this.clock.now() + away);
    const { clock } = this;
    this.saving = new Saving({ clock, log: silentLog, recovered: (message) => this.recovered.push(message) });
    this.tester = new Tester({
      clock: this.clock,
      log: silentLog,
      saving: this.saving,
      store: this.#through(this.store).selfTests,
      networks: { asterisk: this.#network() },
      atTwilio: async () => ({ lines: new Set(), numbers: [] }),
      ids: { next: (prefix) => `${prefix}${++this.#ids}` },
      code: () => '4711',
      flows: () => this.flows,
      trunks: () => trunkPlan([trunk('a'), trunk('b')]),
      ask: () => () => Promise.reject(new Error('no service')),
      calls: () => [],
      handed: (handed, saved) => this.#handed(handed, saved),
      forget: () => {},
    });
    this.tester.prepare();
    if (back) this.#listener?.back();
    this.tester.start();
  }

  /** Minutes go by, with all that happens in them. */
  async passes(minutes: number): Promise<void> {
    for (let second = 0; second < minutes * 60; second++) {
      this.clock.advance(1000);
      // Planning a test is asynchronous.
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
    }
  }

  end(): void {
    this.tester.stop();
    this.store.close();
    rmSync(this.dir, { recursive: true });
  }

  /** Somebody comes to our number. */
  arrives(channel: string, caller: string): boolean {
    const arrival: Arrival = { channel, carrier: 'asterisk', called: '+33199001000', caller, at: 0 };
    return this.#listener?.arrival(arrival, false) ?? false;
  }

  /** The network says something of its own. */
  says(event: Parameters<TestListener['event']>[0]): void {
    this.#listener?.event(event);
  }

  #handed(handed: Handed, saved: boolean): void {
    if (this.deaf) throw new Error('planted');
    this.rows.push(saved);
    if (handed.kind === 'raise') this.raised.push(handed.body);
    else this.closed.push(handed.body.alert);
  }

  #tell(
    event: Parameters<TestListener['event']>[0] extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never,
  ) {
    const listener = this.#listener;
    queueMicrotask(() => listener?.event({ ...event, at: this.clock.now() } as never));
  }

  #network(): TestNetwork {
    let us = '';
    return {
      listen: (listener) => {
        this.#listener = listener;
      },
      expect: () => {},
      dial: (channel, dial) => {
        us = channel;
        this.dialled.push({ ...dial, at: this.clock.now() });
        if (this.carrier === 'fails') throw new Error('planted');
        if (this.carrier === 'refuses') this.#tell({ type: 'ended', channel, hangup: hangup('congestion', 'SIP 503') });
        if (this.carrier !== 'brings') return;
        const arrival: Arrival = {
          channel: 'door',
          carrier: 'asterisk',
          called: dial.number,
          caller: dial.shows,
          at: 0,
        };
        queueMicrotask(() => this.#listener?.arrival(arrival, false));
      },
      answer: () => this.#tell({ type: 'answered', channel: us }),
      press: (_, keys) => {
        for (const digit of keys) this.#tell({ type: 'pressed', channel: 'door', digit });
      },
      sound: (channel) => this.#tell({ type: 'heard', channel: channel === us ? 'door' : us }),
      quiet: () => {},
      hear: () => {},
      hangUp: (channel) => {
        this.hungUp.push(channel);
      },
      admit: ({ test, channel }) => {
        if (!test) {
          this.admitted.push(channel);
          return;
        }
        const path = [{ at: 0, flow: 'essai', node: 'fin', kind: 'hangup' }];
        const record = { id: 'c1', test: test.id, path, legs: [] } as unknown as FinishedCall;
        queueMicrotask(() => this.tester.ended(record));
      },
    };
  }
}
