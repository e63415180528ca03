// What is asked of the line over HTTP and by Prometheus, and who answers.
import { type Metrics, openMetrics } from '../api/metrics.ts';
import type { Rooms } from '../api/routes.ts';
import { contactOf } from '../domain/alert/contacts.ts';
import type { Alerting } from '../engine/alerts/alerting.ts';
import type { Links } from '../engine/alerts/links.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import type { Placer } from '../engine/placed-calls/placer.ts';
import type { Tester } from '../engine/self-test/tester.ts';
import { callBackOrder, openCallBacks } from '../engine/technician/call-backs.ts';
import type { Room } from '../store/disk-space.ts';
import { clock, type Parts } from './parts.ts';

export function openLineMetrics({ store, config }: Parts, switchboard: Switchboard, disk: Room): Metrics {
  const metrics = openMetrics();
  metrics.watch({
    switchboard,
    clock,
    journal: store.journal,
    tests: { series: () => store.selfTests.series(), lines: () => config.flows().lines },
    trunks: () => config.trunks(),
    refused: () => config.refused(),
    free: disk.free,
  });
  return metrics;
}

type Asked = {
  switchboard: Switchboard;
  alerting: Alerting;
  placer: Placer;
  tester: Tester;
  links: Links;
  metrics: Metrics;
};

export function askedRooms(
  { store, config, log, saving }: Parts,
  { switchboard, alerting, placer, tester, links, metrics }: Asked,
): Rooms {
  const { now } = clock;
  const plannings = () => config.reading().plannings;
  return {
    health: {
      switchboard,
      config,
      metrics,
      saving,
      setAside: () => alerting.setAside + placer.setAside + tester.setAside,
    },
    calls: { store, switchboard },
    who: { config, now },
    duties: { store, plannings, changed: config.refresh, now },
    callBacks: { order: callBackOrder, ...openCallBacks({ store, config, switchboard, log }) },
    alerts: { alerting, links, now, person: (id) => contactOf(plannings(), id), list: store.alerts.list },
  };
}
