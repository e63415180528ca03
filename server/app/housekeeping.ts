// What goes on beside the calls: edits taken in, the last-resort route kept fresh, records brought home, old files removed.
import cron from 'node-cron';
import { systemClock } from '../base/clock.ts';
import { oneAtATime } from '../base/one-at-a-time.ts';
import { problemText } from '../base/result.ts';
import { watchPaths } from '../config/watch.ts';
import type { AlertRecord, FinishedCall } from '../domain/call/record.ts';
import { callBackPrompts } from '../domain/flow/call-back.ts';
import { promptsOf } from '../domain/flow/prompts.ts';
import { flowSetFormat } from '../domain/flow/saved.ts';
import { wasDisguised } from '../domain/self-test/disguised.ts';
import { toE164 } from '../domain/telephony/numbers.ts';
import { alertPrompts } from '../engine/alerts/alert-calls.ts';
import { channelsNow } from '../networks/asterisk/write.ts';
import { asteriskFiles, lastResortPrompts, spoolDir, writeLastResort } from '../networks/fallback/fallback.ts';
import { type LeftTools, takeInLeft } from '../networks/fallback/left.ts';
import { takeInSpool } from '../networks/fallback/spool.ts';
import type { Built } from './build.ts';

/** More than can be made within the seconds in which somebody's leaving is looked at. */
const testsLately = 20;
const soundsKeptMs = 30 * 86_400_000;

export type HouseTools = {
  /** Calls, live or over, whose last step is not on disk. */
  unsaved(): number;
  /** Brings records to the ledger. */
  ship(): void;
  /** A call that no server led is on record. */
  unled(record: FinishedCall, alert?: AlertRecord): void;
};

/** @returns what stops it all */
export function keepHouse(built: Built, tools: HouseTools): () => void {
  const { settings, log, config } = built;
  const tick = (what: string, work: () => Promise<unknown>) => () =>
    void work().catch((error: unknown) => log.error({ error }, what));
  const freshen = tick('the last-resort route could not be refreshed', () => refreshLastResort(built));
  const bringHome = oneAtATime(() => takeInRecords(built, tools));
  const collect = tick('records of the last-resort route could not be taken in', bringHome);
  const lookAround = oneAtATime(newAddresses(built));
  const resolve = tick('the names of carriers could not be looked up', lookAround);
  config.onChange(() => {
    freshen();
    resolve();
  });
  const unwatch = watchPaths(
    [settings.flows, settings.plannings, settings.trunks],
    systemClock,
    log,
    () => void config.reload(),
  );
  freshen();
  collect();
  const tasks = [
    cron.schedule('7 * * * *', freshen),
    // These documents name who is on call now, and follow every hand-off.
    cron.schedule(
      '* * * * *',
      tick("Twilio's fallback documents could not be written", () => writeElsewhere(built)),
    ),
    cron.schedule('*/10 * * * * *', collect),
    cron.schedule('*/10 * * * * *', resolve),
    // What `vigie duty` wrote: calls see it by themselves, the last-resort route must be told.
    cron.schedule('* * * * * *', config.refresh),
    cron.schedule(
      '23 4 * * *',
      tick('old files could not be removed', () => removeOld(built)),
    ),
  ];
  return () => {
    unwatch();
    for (const task of tasks) void task.stop();
  };
}

/** Twilio's part is loaded only where Twilio carries the line. */
async function writeElsewhere(built: Built): Promise<void> {
  if (built.settings.twilio) await (await import('./twilio.ts')).writeTwilioFallback(built);
}

/** Whoever is on call now is who a network rings while this server is dead. */
async function refreshLastResort(built: Built): Promise<void> {
  await writeElsewhere(built);
  const { settings, config, prompts, env, log, names } = built;
  const files = asteriskFiles(settings, config.reading(), prompts, Date.now(), (name) => env[name], names);
  if (files.ok) return writeLastResort(settings, files.value, log, true);
  for (const problem of files.problems)
    log.error({ problem: problemText(problem) }, "Asterisk's files stay as they were");
}

/** Asks for the names of carriers; Asterisk's files are written again where one has moved, or could not be resolved before. */
function newAddresses(built: Built): () => Promise<void> {
  let written = '';
  return async () => {
    const told = await built.names.look(built.config.reading().trunks);
    if (told === written) return;
    await refreshLastResort(built);
    written = told;
  };
}

/** Calls that no server led, as Asterisk wrote them down, come to the journal and from there to the ledger. */
async function takeInRecords({ settings, log, store }: Built, { unsaved, ship, unled }: HouseTools): Promise<void> {
  const keep = (record: FinishedCall, alert?: AlertRecord) => {
    store.journal.together(() => {
      store.journal.end(record);
      if (alert) store.journal.alert(alert);
    });
    unled(record, alert);
  };
  const known: LeftTools['known'] = async (left) => {
    // What is not saved yet would be taken for unknown.
    if (unsaved() > 0) return undefined;
    const tests = store.selfTests.latest(testsLately);
    const own = left.filter(({ caller, at }) => wasDisguised(tests, { number: toE164(caller), at }));
    const channels = (all: typeof left) => all.map(({ channel }) => channel);
    return new Set([...channels(own), ...(await store.channels.among('asterisk', channels(left)))]);
  };
  await takeInSpool(settings, { keep, living: () => channelsNow(settings.ari), log });
  await takeInLeft(spoolDir(settings), { known, keep, log });
  ship();
}

/** Publications that no call is pinned to, and sounds that nothing says any more. */
async function removeOld({ store, config, prompts }: Built): Promise<void> {
  store.journal.prunePublications([config.flows().version]);
  // Sets that a live call is pinned to stand there still: their words may yet be said.
  const used = store.journal.publications().flatMap(({ version, body }) => {
    const read = flowSetFormat.read(version, body);
    return read.ok ? [read.value] : [];
  });
  const said = [...used.flatMap(promptsOf), ...promptsOf(config.flows())];
  const always = [...lastResortPrompts, ...alertPrompts, ...callBackPrompts];
  await prompts.prune([...said, ...always], Date.now() - soundsKeptMs);
}
