// Starts the line on what was built: the only place where clock, ids, carriers and rooms meet.

import { openMetrics } from '../api/metrics.ts';
import { routesOf } from '../api/routes.ts';
import { serveApi } from '../api/server.ts';
import { type Cancel, systemClock } from '../base/clock.ts';
import { randomIds } from '../base/ids.ts';
import { bad, good, problemText, type Result } from '../base/result.ts';
import type { LiveConfiguration } from '../config/configuration.ts';
import { personWith } from '../domain/alert/contacts.ts';
import { OptOuts } from '../domain/message/opt-outs.ts';
import { Switchboard } from '../engine/calls/switchboard.ts';
import { shareCarrier } from '../engine/placed-calls/share.ts';
import { Saving } from '../engine/saving.ts';
import { callBackOrder, openCallBacks } from '../engine/technician/call-backs.ts';
import { openTechnician, withTechnician } from '../engine/technician/technician.ts';
import { watchDiskSpace } from '../store/disk-space.ts';
import { lockLine } from '../store/line-lock.ts';
import type { Store } from '../store/store.ts';
import { admissionOf } from './admission.ts';
import { openAlertRoom } from './alerts.ts';
import { answerWatchdog } from './alive.ts';
import { type Built, closing } from './build.ts';
import { openNetworks } from './carriers.ts';
import { keepHouse } from './housekeeping.ts';
import { linePins } from './pins.ts';
import { lineSecret } from './secret.ts';
import { openTester, randomCode } from './self-tests.ts';

export type Server = {
  switchboard: Switchboard;
  config: LiveConfiguration;
  store: Store;
  port: number | undefined;
  alivePort: number | undefined;
  stop(): Promise<void>;
};

/** Starts the line on what was built. The problem says what stands in the way. */
export async function serve(built: Built): Promise<Result<Server>> {
  const { settings, log, store, prompts, config } = built;
  const held = await lockLine(settings.database);
  if (!held.ok) return closing(store, held);
  const secret = lineSecret(settings);
  if (!secret.ok) {
    held.value();
    return closing(store, secret);
  }
  const optOuts = new OptOuts(
    store.stops,
    log,
    (number) => personWith(config.reading().plannings, number) !== undefined,
  );
  const networks = await openNetworks({ ...built, optOuts, code: randomCode }, () => switchboard, {
    own: {
      all: () => (alerts.ok ? alerts.value.placedCalls.all() : []),
      one: (id) => (alerts.ok ? alerts.value.placedCalls.one(id) : undefined),
    },
    past: (most) => store.channels.ended('twilio', most),
  });
  const saving = new Saving({
    clock: systemClock,
    log,
    recovered: (message) =>
      store.journal.warn({
        id: randomIds(systemClock.now).next('w'),
        at: systemClock.now(),
        subject: 'saving',
        message,
      }),
  });
  const shared = networks.carriers.map(shareCarrier);
  const alerts = openAlertRoom({
    ...built,
    own: shared.map(({ own }) => own),
    switchboard: () => switchboard,
    sms: networks.sms,
    optOuts,
    saving,
  });
  if (!alerts.ok) {
    held.value();
    return closing(store, alerts);
  }
  const shipping = soon(() =>
    store
      .ship()
      .then(({ refused }) => {
        for (const problem of refused) log.error({ problem: problemText(problem) }, 'a record is set aside');
      })
      .catch((error) => log.error({ error }, 'records wait in the journal: they are brought to the ledger later')),
  );
  const metrics = openMetrics();
  const technician = openTechnician({ store, config, log });
  const room = await watchDiskSpace(settings.var, log);
  const switchboard = new Switchboard({
    clock: systemClock,
    ids: randomIds(systemClock.now),
    log,
    journal: store.journal,
    saving,
    config: withTechnician(config, linePins(built, secret.value, technician.lastCaller), technician),
    carriers: shared.map(({ line }) => line),
    settings: { listenMs: settings.listenMs, silentMs: settings.silentMs },
    room: room.enough,
    onEnd: (record) => {
      if (record.test) tester.ended(record);
      else {
        metrics.ended(record);
        alerts.value.ended(record);
      }
      log.info({ call: record.id, outcome: record.outcome, who: record.who ?? null }, 'call over');
      shipping.ask();
    },
    onAlert: alerts.value.raised,
    onDeliver: alerts.value.delivering,
    onTest: (call) => tester.stepped(call),
  });
  const tester = openTester({
    store,
    config,
    log,
    networks,
    alerting: alerts.value.alerting,
    switchboard: () => switchboard,
  });
  metrics.watch({
    switchboard,
    journal: store.journal,
    clock: systemClock,
    tests: { series: () => store.selfTests.series(), lines: () => config.flows().lines },
    trunks: () => config.trunks(),
    refused: () => config.refused(),
    free: room.free,
  });
  const stopKeeping = keepHouse(built, {
    unsaved: () => switchboard.unsaved,
    ship: shipping.ask,
    ended: (record, alert) => {
      metrics.ended(record);
      if (alert) alerts.value.raised(alert, true);
      // An alert is raised a moment later; what is known of its call follows it.
      queueMicrotask(() => alerts.value.ended(record));
    },
  });
  const stop = async () => {
    stopKeeping();
    room.stop();
    tester.stop();
    await alerts.value.stop();
    await switchboard.stop();
    saving.stop();
    prompts.close();
    shipping.stop();
    await store.ship().catch((error) => log.error({ error }, 'records wait in the journal until the next start'));
    store.close();
    held.value();
  };
  // The door opens first: a port that is taken is told before any call is, and health can be asked while Asterisk is awaited.
  const { now } = systemClock;
  const own = routesOf({
    health: { switchboard, config, metrics, saving, setAside: () => alerts.value.alerting.setAside },
    calls: { store, switchboard },
    who: { config, now },
    duties: { store, plannings: () => config.reading().plannings, changed: config.refresh, now },
    callBacks: { order: callBackOrder, ...openCallBacks({ store, config, switchboard: () => switchboard, log }) },
    alerts: alerts.value.rooms,
  });
  const routes = [...networks.routes, ...alerts.value.routes, ...own];
  const served = { routes, doors: networks.doors, admission: admissionOf(settings), log };
  const api = settings.http ? await serveApi(served, settings.http) : undefined;
  if (api && !api.ok) {
    await stop();
    return api;
  }
  const alive = settings.alivePort === undefined ? undefined : await answerWatchdog('127.0.0.1', settings.alivePort);
  const stopAll = async () => {
    if (alive?.ok) await alive.value.stop();
    await api?.value.stop();
    await stop();
  };
  if (alive && !alive.ok) {
    await stopAll();
    return alive;
  }
  try {
    tester.prepare();
    await switchboard.start();
    await alerts.value.start();
    tester.start();
  } catch (error) {
    await stopAll();
    return isProblem(error) ? bad(error) : Promise.reject(error);
  }
  return good({ switchboard, config, store, port: api?.value.port, alivePort: alive?.value.port, stop: stopAll });
}

const isProblem = (error: unknown): error is { file: string; message: string } =>
  typeof error === 'object' && error !== null && 'file' in error && 'message' in error;

/** Records that end together travel together: the ledger is off the call path, and a quarter of a second late. */
function soon(work: () => Promise<unknown>): { ask(): void; stop(): void } {
  let cancel: Cancel | undefined;
  let over = false;
  const ask = () => {
    if (over) return;
    cancel ??= systemClock.after(250, () => {
      cancel = undefined;
      void work();
    });
  };
  const stop = () => {
    over = true;
    cancel?.();
  };
  return { ask, stop };
}
