// What goes on beside the calls: edits taken in, the last-resort route kept fresh, records brought home, old files removed.
import cron from 'node-cron';
import { systemClock } from '../base/clock.ts';
import { oneAtATime } from '../base/one-at-a-time.ts';
import { problemText } from '../base/result.ts';
import { watchPaths } from '../config/watch.ts';
import type { AlertRecord, FinishedCall } from '../domain/call/record.ts';
import { callBackPrompts } from '../domain/flow/call-back.ts';
import { promptsOf } from '../domain/flow/prompts.ts';
import type { FlowSet } from '../domain/flow/set.ts';
import { wasDisguised } from '../domain/self-test/disguised.ts';
import { toE164 } from '../domain/telephony/numbers.ts';
import { alertPrompts } from '../engine/alerts/alert-calls.ts';
import { channelsNow } from '../networks/asterisk/write.ts';
import { asteriskFiles, lastResortPrompts, spoolDir, writeLastResort } from '../networks/fallback/fallback.ts';
import { type LeftTools, takeInLeft } from '../networks/fallback/left.ts';
import { takeInSpool } from '../networks/fallback/spool.ts';
import type { Built } from './build.ts';
import { writeTwilioFallback } from './carriers.ts';

/** More than can be made within the seconds in which somebody's leaving is looked at. */
const testsLately = 20;

export type HouseTools = {
  /** Calls, live or over, whose last step is not on disk. */
  unsaved(): number;
  /** Brings records to the ledger. */
  ship(): void;
  /** A call that no server led is on record. */
  ended(record: FinishedCall, alert?: AlertRecord): void;
};

/** @returns what stops it all */
export function keepHouse(
  { settings, env, log, store, prompts, config }: Built,
  { unsaved, ship, ended }: HouseTools,
): () => void {
  const trouble = (what: string) => (error: unknown) => log.error({ error }, what);
  const elsewhere = () => writeTwilioFallback({ settings, prompts, config, log });
  const rescue = async () => {
    await elsewhere();
    const files = asteriskFiles(settings, config.reading(), prompts, Date.now(), (name) => env[name]);
    if (files.ok) await writeLastResort(settings, files.value, log, true);
    else
      for (const problem of files.problems)
        log.error({ problem: problemText(problem) }, "Asterisk's files stay as they were");
  };
  const keep = (record: FinishedCall, alert?: AlertRecord) => {
    store.journal.together(() => {
      store.journal.end(record);
      if (alert) store.journal.alert(alert);
    });
    ended(record, alert);
  };
  const known: LeftTools['known'] = async (left) => {
    // What is not saved yet would be taken for unknown.
    if (unsaved() > 0) return undefined;
    const tests = store.selfTests.latest(testsLately);
    const own = left.filter(({ caller, at }) => wasDisguised(tests, { number: toE164(caller), at }));
    const channels = (all: typeof left) => all.map(({ channel }) => channel);
    return new Set([...channels(own), ...(await store.channels.among('asterisk', channels(left)))]);
  };
  const spool = oneAtATime(async () => {
    await takeInSpool(settings, { keep, living: () => channelsNow(settings.ari), log });
    await takeInLeft(spoolDir(settings), { known, keep, log });
    ship();
  });
  const prune = async () => {
    store.journal.prunePublications([config.flows().version]);
    // Sets that a live call is pinned to stand there still: their words may yet be said.
    const used = store.journal.publications().map((body) => JSON.parse(body) as FlowSet);
    await prompts.prune(
      [
        ...used.flatMap(promptsOf),
        ...promptsOf(config.flows()),
        ...lastResortPrompts,
        ...alertPrompts,
        ...callBackPrompts,
      ],
      Date.now() - 30 * 86_400_000,
    );
  };
  const tick = (what: string, work: () => Promise<unknown>) => () => void work().catch(trouble(what));
  const freshen = tick('the last-resort route could not be refreshed', rescue);
  const collect = tick('records of the last-resort route could not be taken in', spool);
  config.onChange(freshen);
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
    cron.schedule('* * * * *', tick("Twilio's fallback documents could not be written", elsewhere)),
    cron.schedule('*/10 * * * * *', collect),
    // What `vigie duty` wrote: calls see it by themselves, the last-resort route must be told.
    cron.schedule('* * * * * *', config.refresh),
    cron.schedule('23 4 * * *', tick('old files could not be removed', prune)),
  ];
  return () => {
    unwatch();
    for (const task of tasks) void task.stop();
  };
}
