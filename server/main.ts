// Builds the server from its settings: the only place where clock, ids, database, carriers and rooms meet.
import cron from 'node-cron';
import { alertPrompts } from './alerting/alert-calls.ts';
import { shareCarrier } from './alerting/share.ts';
import { openAlertRoom } from './alerts.ts';
import { callBackRoutes } from './api/call-back.ts';
import { dutyRoutes } from './api/duty.ts';
import { openMetrics } from './api/metrics.ts';
import { serveApi } from './api/server.ts';
import { channelsNow } from './asterisk/write.ts';
import { type Cancel, systemClock } from './base/clock.ts';
import { randomIds } from './base/ids.ts';
import type { Log } from './base/log.ts';
import { bad, good, problemText, type Result } from './base/result.ts';
import type { AlertRecord, FinishedCall } from './call/record.ts';
import { callBackOrder, openCallBacks } from './call-backs.ts';
import { openNetworks, writeTwilioFallback } from './carriers.ts';
import { type LiveDesk, openDesk } from './desk/desk.ts';
import { watchPaths } from './desk/watch.ts';
import { overlayIn } from './duty/duties.ts';
import { callBackPrompts } from './flow/call-back.ts';
import { promptsOf } from './flow/prompts.ts';
import type { FlowSet } from './flow/set.ts';
import { Manners } from './messaging/manners.ts';
import { openPins } from './pins.ts';
import { ensureMusic } from './prompts/music.ts';
import { openPrompts, type PromptStore } from './prompts/prompts.ts';
import { espeakCommand, findEspeak } from './prompts/speaker.ts';
import { configuration, rescuePrompts, writeRescue } from './rescue/rescue.ts';
import { takeInSpool } from './rescue/spool.ts';
import { openTester, randomCode } from './self-tests.ts';
import type { Settings } from './settings.ts';
import { StoreFailure } from './store/failure.ts';
import { holdLine } from './store/hold.ts';
import { watchRoom } from './store/room.ts';
import { openStore, type Store } from './store/store.ts';
import { Switchboard } from './switchboard/switchboard.ts';
import { openTechnician, withTechnician } from './technician.ts';

export type Server = {
  switchboard: Switchboard;
  desk: LiveDesk;
  store: Store;
  port: number | undefined;
  stop(): Promise<void>;
};

type Environment = Record<string, string | undefined>;
export type Built = {
  settings: Settings;
  env: Environment;
  log: Log;
  store: Store;
  prompts: PromptStore;
  desk: LiveDesk;
};

/** The longest that a call waits for another program's lock on the database. */
const lockMs = 100;

/** The parts that need no telephone network: database, prompts, and what people edit, read and published. */
export async function build(
  settings: Settings,
  env: Environment,
  log: Log,
  progress?: (done: number, total: number) => void,
): Promise<Result<Built>> {
  await ensureMusic(settings.music);
  const store = openStore(settings.database, {
    busyMs: lockMs,
    onTrouble: (error) =>
      log.warn({ error }, 'the database is brought up to date by the server itself: calls may wait for the disk'),
  });
  if (!store.ok) return store;
  const command = settings.tts ?? espeakCommand(findEspeak(env, settings.root));
  const prompts = openPrompts({ dir: settings.prompts, command, log });
  if (!prompts.ok) return closing(store.value, prompts);
  const { root, flows, plannings, trunks } = settings;
  const desk = await openDesk(
    {
      folders: { root, flows, plannings, trunks },
      prompts: prompts.value,
      publish: (version, body) => kept(() => store.value.journal.publish(version, body)),
      alwaysSaid: [...rescuePrompts, ...alertPrompts, ...callBackPrompts],
      env,
      overlay: { revision: store.value.overrides.revision, read: () => overlayIn(store.value, Date.now()) },
      log,
    },
    progress,
  );
  if (!desk.ok) return closing(store.value, desk);
  return good({ settings, env, log, store: store.value, prompts: prompts.value, desk: desk.value });
}

/** What the disk or the file refuses, as a problem. */
function kept(work: () => void): Result<void> {
  try {
    return good(work());
  } catch (error) {
    if (error instanceof StoreFailure) return bad(error.problem);
    throw error;
  }
}

const closing = (store: Store, failed: Result<never>): Result<never> => {
  store.close();
  return failed;
};

/** Writes Asterisk's configuration once, for an Asterisk that is not started yet. */
export async function writeAsterisk({ settings, env, log, prompts, desk }: Built): Promise<Result<void>> {
  const files = configuration(settings, desk.reading(), prompts, Date.now(), (name) => env[name]);
  if (!files.ok) return files;
  await writeRescue(settings, files.value, log, false);
  return good(undefined);
}

/** Starts the line on what was built. The problem says what stands in the way. */
export async function serve(built: Built): Promise<Result<Server>> {
  const { settings, log, store, prompts, desk } = built;
  const held = await holdLine(settings.database);
  if (!held.ok) return closing(store, held);
  const manners = new Manners(store.stops, log);
  const networks = openNetworks({ ...built, manners, code: randomCode }, () => switchboard, {
    own: {
      all: () => (alerts.ok ? alerts.value.ownCalls.all() : []),
      one: (id) => (alerts.ok ? alerts.value.ownCalls.one(id) : undefined),
    },
    // What ended last may still wait in the journal.
    past: (most) => store.ship().then(() => store.ledger.channels('twilio', most)),
  });
  const shared = networks.carriers.map(shareCarrier);
  const alerts = openAlertRoom({
    ...{ ...built, own: shared.map(({ own }) => own), switchboard: () => switchboard },
    ...{ sms: networks.sms, manners },
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
  const technician = openTechnician({ store, desk, log });
  const room = await watchRoom(settings.var, log);
  const switchboard = new Switchboard({
    clock: systemClock,
    ids: randomIds(systemClock.now),
    log,
    journal: store.journal,
    desk: withTechnician(desk, openPins({ store, desk, log, lastCaller: technician.lastCaller }), technician),
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
    ...{ store, desk, log, networks },
    ...{ alerting: alerts.value.alerting, switchboard: () => switchboard },
  });
  metrics.watch({
    ...{ switchboard, journal: store.journal, clock: systemClock },
    tests: { series: () => store.selfTests.series(), lines: () => desk.flows().lines },
    ...{ trunks: () => desk.trunks(), refused: () => desk.refused(), free: room.free },
  });
  const stopKeeping = keepHouse(built, shipping.ask, (record, alert) => {
    metrics.ended(record);
    if (alert) alerts.value.raised(alert);
    // An alert is raised a moment later; what is known of its call follows it.
    queueMicrotask(() => alerts.value.ended(record));
  });
  const stop = async () => {
    stopKeeping();
    room.stop();
    tester.stop();
    await alerts.value.stop();
    await switchboard.stop();
    prompts.close();
    shipping.stop();
    await store.ship().catch((error) => log.error({ error }, 'records wait in the journal until the next start'));
    store.close();
    held.value();
  };
  // The door opens first: a port that is taken is told before any call is, and health can be asked while Asterisk is awaited.
  const rooms = { desk, store, switchboard, metrics, log };
  const token = settings.apiToken ? { token: settings.apiToken } : {};
  const duties = dutyRoutes({
    ...{ store, plannings: () => desk.reading().plannings, changed: desk.refresh, now: systemClock.now, ...token },
  });
  const calling = openCallBacks({ store, desk, switchboard: () => switchboard, log });
  const backs = callBackRoutes({ order: callBackOrder, ...calling, ...token });
  const { doors } = networks;
  const routers = [...networks.routers, ...alerts.value.routers, duties, backs];
  const api = settings.http ? await serveApi(rooms, settings.http, { doors, routers }) : undefined;
  if (api && !api.ok) {
    await stop();
    return api;
  }
  const stopAll = async () => {
    await api?.value.stop();
    await stop();
  };
  try {
    tester.prepare();
    await switchboard.start();
    await alerts.value.start();
    tester.start();
  } catch (error) {
    await stopAll();
    return isProblem(error) ? bad(error) : Promise.reject(error);
  }
  return good({ switchboard, desk, store, port: api?.value.port, stop: stopAll });
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

/** What goes on beside the calls: edits taken in, the last-resort route kept fresh, records brought home, old files removed. */
function keepHouse(
  { settings, env, log, store, prompts, desk }: Built,
  ship: () => void,
  ended: (record: FinishedCall, alert?: AlertRecord) => void,
): () => void {
  const trouble = (what: string) => (error: unknown) => log.error({ error }, what);
  const elsewhere = () => writeTwilioFallback({ settings, prompts, desk, log });
  const rescue = async () => {
    await elsewhere();
    const files = configuration(settings, desk.reading(), prompts, Date.now(), (name) => env[name]);
    if (files.ok) await writeRescue(settings, files.value, log, true);
    else
      for (const problem of files.problems)
        log.error({ problem: problemText(problem) }, "Asterisk's files stay as they were");
  };
  const spool = async () => {
    const keep = (record: FinishedCall, alert?: AlertRecord) => {
      store.journal.together(() => {
        store.journal.end(record);
        if (alert) store.journal.alert(alert);
      });
      ended(record, alert);
    };
    await takeInSpool(settings, { keep, living: () => channelsNow(settings.ari), log });
    ship();
  };
  const prune = async () => {
    store.journal.prunePublications([desk.flows().version]);
    // Sets that a live call is pinned to stand there still: their words may yet be said.
    const used = store.journal.publications().map((body) => JSON.parse(body) as FlowSet);
    await prompts.prune(
      [...used.flatMap(promptsOf), ...promptsOf(desk.flows()), ...rescuePrompts, ...alertPrompts, ...callBackPrompts],
      Date.now() - 30 * 86_400_000,
    );
  };
  const tick = (what: string, work: () => Promise<unknown>) => () => void work().catch(trouble(what));
  const freshen = tick('the last-resort route could not be refreshed', rescue);
  const collect = tick('records of the last-resort route could not be taken in', spool);
  desk.onChange(freshen);
  const unwatch = watchPaths(
    [settings.flows, settings.plannings, settings.trunks],
    systemClock,
    log,
    () => void desk.reload(),
  );
  freshen();
  collect();
  const tasks = [
    cron.schedule('7 * * * *', freshen),
    // These documents name who is on call now, and follow every hand-off.
    cron.schedule('* * * * *', tick("Twilio's fallback documents could not be written", elsewhere)),
    cron.schedule('*/10 * * * * *', collect),
    // What `vigie duty` wrote: calls see it by themselves, the last-resort route must be told.
    cron.schedule('* * * * * *', desk.refresh),
    cron.schedule('23 4 * * *', tick('old files could not be removed', prune)),
  ];
  return () => {
    unwatch();
    for (const task of tasks) void task.stop();
  };
}
