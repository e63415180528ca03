// Who hears of the calls, and what they do: metrics count, alerts are raised and learn, messages are written, tests go on, records are shipped.
import type { Metrics } from '../api/metrics.ts';
import type { AlertRecord, FinishedCall } from '../domain/call/record.ts';
import type { Alerting } from '../engine/alerts/alerting.ts';
import type { CallListener } from '../engine/calls/ports.ts';
import type { Messages } from '../engine/messages/messages.ts';
import type { Tester } from '../engine/self-test/tester.ts';
import { learnOfCall } from './alerts.ts';
import type { Parts } from './parts.ts';
import type { Shipping } from './shipping.ts';

export type Hearing = {
  /** Each is guarded from the others. */
  listeners: CallListener[];
  /** A call that no server led is on record. */
  unled(record: FinishedCall, alert?: AlertRecord): void;
};
type Hearers = { alerting: Alerting; messages: Messages; metrics: Metrics; tester: Tester; shipping: Shipping };

export function openHearing({ store, config, log, inbox }: Parts, rooms: Hearers): Hearing {
  const { alerting, messages, metrics, tester, shipping } = rooms;
  const learn = (record: FinishedCall) => {
    try {
      learnOfCall(alerting, config, record);
      messages.ended(record, () => store.alerts.ofCall(record.id));
    } catch (error) {
      log.error({ call: record.id, error }, 'what follows a call could not be written');
    }
  };
  const told = ({ id, outcome, who }: FinishedCall) => {
    log.info({ call: id, outcome, who: who ?? null }, 'call over');
    shipping.ask();
  };
  return {
    listeners: [
      { onTest: (call) => tester.stepped(call), onEnd: (record) => record.test && tester.ended(record) },
      { onEnd: (record) => record.test || metrics.ended(record) },
      {
        onAlert: (alert, saved) => alerting.raised(alert, saved),
        // After the step that ordered it: no sender holds up a caller.
        onDeliver: () => queueMicrotask(() => inbox.wake()),
        onEnd: (record) => record.test || learn(record),
      },
      { onEnd: told },
    ],
    unled: (record, alert) => {
      metrics.ended(record);
      if (alert) alerting.raised(alert, true);
      // An alert is raised a moment later; what is known of its call follows it.
      queueMicrotask(() => learn(record));
    },
  };
}
