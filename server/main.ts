// Builds the server from its settings: the only place where clock, ids, database, carriers and rooms meet.
import { join } from 'node:path';
import cron from 'node-cron';
import { serveApi } from './api/server.ts';
import { AsteriskCarrier } from './asterisk/carrier.ts';
import { type Cancel, systemClock } from './base/clock.ts';
import { randomIds } from './base/ids.ts';
import type { Log } from './base/log.ts';
import { bad, good, problemText, type Result } from './base/result.ts';
import { type LiveDesk, openDesk } from './desk/desk.ts';
import { watchPaths } from './desk/watch.ts';
import { promptsOf } from './flow/prompts.ts';
import { ensureMusic } from './prompts/music.ts';
import { openPrompts, type PromptStore } from './prompts/prompts.ts';
import { espeakCommand, findEspeak } from './prompts/speaker.ts';
import { configuration, rescuePrompts, writeRescue } from './rescue/rescue.ts';
import { takeInSpool } from './rescue/spool.ts';
import type { Settings } from './settings.ts';
import { openStore, type Store } from './store/store.ts';
import { Switchboard } from './switchboard/switchboard.ts';

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

/** The parts that need no telephone network: database, prompts, and what people edit, read and published. */
export async function build(
  settings: Settings,
  env: Environment,
  log: Log,
  progress?: (done: number, total: number) => void,
): Promise<Result<Built>> {
  await ensureMusic(settings.music);
  const store = openStore(settings.database);
  if (!store.ok) return store;
  const command = settings.tts ?? espeakCommand(findEspeak(env, settings.root));
  const prompts = openPrompts({ dir: settings.prompts, command, log });
  if (!prompts.ok) return closing(store.value, prompts);
  const { root, flows, plannings, trunks } = settings;
  const desk = await openDesk(
    {
      folders: { root, flows, plannings, trunks },
      prompts: prompts.value,
      publish: (version, body) => store.value.journal.publish(version, body),
      alwaysSaid: rescuePrompts,
      env,
      log,
    },
    progress,
  );
  if (!desk.ok) return closing(store.value, desk);
  return good({ settings, env, log, store: store.value, prompts: prompts.value, desk: desk.value });
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
  const carrier = new AsteriskCarrier({
    access: settings.ari,
    prompts: {
      uris: (wanted, deadlineMs) =>
        prompts.ready(wanted) ? prompts.uris(wanted) : prompts.urisLater(wanted, deadlineMs),
    },
    recordings: join(settings.var, 'asterisk', 'spool', 'recording'),
    log,
  });
  const shipping = soon(() =>
    store
      .ship()
      .catch((error) => log.error({ error }, 'records wait in the journal: they are brought to the ledger later')),
  );
  const switchboard = new Switchboard({
    clock: systemClock,
    ids: randomIds(systemClock.now),
    log,
    journal: store.journal,
    desk,
    carriers: [carrier],
    settings: { listenMs: settings.listenMs, silentMs: settings.silentMs },
    onEnd: (record) => {
      log.info({ call: record.id, outcome: record.outcome, who: record.who ?? null }, 'call over');
      shipping.ask();
    },
  });
  const stopKeeping = keepHouse(built, shipping.ask);
  try {
    await switchboard.start();
  } catch (error) {
    stopKeeping();
    await switchboard.stop();
    store.close();
    return isProblem(error) ? bad(error) : Promise.reject(error);
  }
  const api = settings.http ? await serveApi({ desk, store, switchboard, log }, settings.http) : undefined;
  if (api && !api.ok) return api;
  return good({
    switchboard,
    desk,
    store,
    port: api?.value.port,
    stop: async () => {
      stopKeeping();
      await api?.value.stop();
      await switchboard.stop();
      prompts.close();
      shipping.stop();
      await store.ship();
      store.close();
    },
  });
}

const isProblem = (error: unknown): error is { file: string; message: string } =>
  typeof error === 'object' && error !== null && 'file' in error && 'message' in error;

/** Records that end together travel together: the ledger is off the call path, and a quarter of a second late. */
function soon(work: () => Promise<unknown>): { ask(): void; stop(): void } {
  let cancel: Cancel | undefined;
  const ask = () => {
    cancel ??= systemClock.after(250, () => {
      cancel = undefined;
      void work();
    });
  };
  return { ask, stop: () => cancel?.() };
}

/** What goes on beside the calls: edits taken in, the last-resort route kept fresh, records brought home, old files removed. */
function keepHouse({ settings, env, log, store, prompts, desk }: Built, ship: () => void): () => void {
  const trouble = (what: string) => (error: unknown) => log.error({ error }, what);
  const rescue = async () => {
    const files = configuration(settings, desk.reading(), prompts, Date.now(), (name) => env[name]);
    if (files.ok) await writeRescue(settings, files.value, log, true);
    else
      for (const problem of files.problems)
        log.error({ problem: problemText(problem) }, "Asterisk's files stay as they were");
  };
  const spool = async () => {
    await takeInSpool(settings, (record) => store.journal.end(record), log);
    ship();
  };
  const prune = async () => {
    store.journal.prunePublications([desk.flows().version]);
    await prompts.prune([...promptsOf(desk.flows()), ...rescuePrompts], Date.now() - 30 * 86_400_000);
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
    cron.schedule('*/10 * * * * *', collect),
    cron.schedule('23 4 * * *', tick('old files could not be removed', prune)),
  ];
  return () => {
    unwatch();
    for (const task of tasks) void task.stop();
  };
}
