// The line's test of itself, built from the settings: what it calls through, what it asks the flows' services, and how it raises the alarm.
import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Alerting } from './alerting/alerting.ts';
import { systemClock } from './base/clock.ts';
import { randomIds } from './base/ids.ts';
import type { Log } from './base/log.ts';
import type { LiveDesk } from './desk/desk.ts';
import { Tester } from './self-test/tester.ts';
import type { Store } from './store/store.ts';
import type { Switchboard } from './switchboard/switchboard.ts';
import type { TestNetwork } from './telephony/self-test.ts';

export type SelfTestParts = {
  store: Store;
  desk: LiveDesk;
  log: Log;
  network: TestNetwork;
  alerting: Alerting;
  switchboard: () => Switchboard;
};

/** The key with which our caller proves itself at the door: nobody guesses it in the one try there is. */
const code = (): string => Array.from({ length: 10 }, () => randomInt(10)).join('');

export function openTester({ store, desk, log, network, alerting, switchboard }: SelfTestParts): Tester {
  return new Tester({
    ...{ clock: systemClock, ids: randomIds(systemClock.now), log, network, code },
    store: store.selfTests,
    flows: () => desk.flows(),
    trunks: () => desk.trunks(),
    ask: (flows) => async (asked) => desk.lookUp(flows, asked),
    calls: () => switchboard().calls(),
    raise: (alert) => alerting.raise(alert),
    close: (alert, note) => {
      const said = { type: 'closed', who: { name: 'Vigie' }, by: 'command', note } as const;
      if (alerting.leading) alerting.act(alert, said);
      else store.alerts.post('said', { alert, said });
    },
    forget: (recording) =>
      void rm(recording, { force: true }).catch((error: unknown) =>
        log.warn({ error }, 'the recording of a test call stays on the disk'),
      ),
  });
}
