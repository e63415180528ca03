// The parts of the house that need no telephone network, from its settings: database, prompts, and what people edit, read and published.

import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { bad, good, type Result } from '../base/result.ts';
import { type LiveConfiguration, openConfiguration } from '../config/configuration.ts';
import { ensureMusic } from '../config/prompts/music.ts';
import { openPrompts, type PromptStore } from '../config/prompts/prompts.ts';
import { espeakCommand, findEspeak } from '../config/prompts/speaker.ts';
import { callBackPrompts } from '../domain/flow/call-back.ts';
import { alertPrompts } from '../engine/alerts/alert-calls.ts';
import { overlayIn } from '../engine/technician/duties.ts';
import { CarrierNames } from '../networks/asterisk/names.ts';
import { asteriskFiles, lastResortPrompts, writeLastResort } from '../networks/fallback/fallback.ts';
import { StoreFailure } from '../store/failure.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Settings } from './settings.ts';

type Environment = Record<string, string | undefined>;
export type Built = {
  settings: Settings;
  env: Environment;
  log: Log;
  store: Store;
  prompts: PromptStore;
  config: LiveConfiguration;
  names: CarrierNames;
};

/** The longest that Asterisk's start waits for name servers: what they say later is taken in then. */
const namesMs = 3000;
/** The longest that a call waits for another program's lock on the database. */
const lockMs = 100;

/** Opens them all. The problems say what stands in the way. @param progress of the prompts that must be spoken first */
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
  const config = await openConfiguration(
    {
      folders: { root, flows, plannings, trunks },
      prompts: prompts.value,
      publish: (version, body) => kept(() => store.value.journal.publish(version, body)),
      alwaysSaid: [...lastResortPrompts, ...alertPrompts, ...callBackPrompts],
      env,
      overlay: { revision: store.value.changes.revision, read: () => overlayIn(store.value, Date.now()) },
      log,
    },
    progress,
  );
  if (!config.ok) return closing(store.value, config);
  const names = new CarrierNames(systemClock, log);
  return good({ settings, env, log, store: store.value, prompts: prompts.value, config: config.value, names });
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

/** What failed, with the database closed behind it. */
export const closing = (store: Store, failed: Result<never>): Result<never> => {
  store.close();
  return failed;
};

/** Waits for the work, and no longer than this. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = systemClock.after(ms, resolve);
  });
  await Promise.race([work, over]).finally(cancel);
}

/** Writes Asterisk's configuration once, for an Asterisk that is not started yet. */
export async function writeAsterisk({ settings, env, log, prompts, config, names }: Built): Promise<Result<void>> {
  if (settings.asterisk) await within(namesMs, names.look(config.reading().trunks));
  const files = asteriskFiles(settings, config.reading(), prompts, Date.now(), (name) => env[name], names);
  if (!files.ok) return files;
  await writeLastResort(settings, files.value, log, false);
  return good(undefined);
}
