// The command line: finds the command, hands it what it may touch, and ends with its exit code.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { readSettings, type Settings } from '../app/settings.ts';
import { randomIds } from '../base/ids.ts';
import { good, problemText } from '../base/result.ts';
import { contactOf } from '../config/contacts.ts';
import { readFolder, type TextFile } from '../config/files.ts';
import { checkTrunks, readEverything } from '../config/read.ts';
import { linesAtTwilio } from '../doctor/at-twilio.ts';
import { examine } from '../doctor/doctor.ts';
import { notesIn } from '../doctor/voicemail.ts';
import { readPlannings } from '../domain/planning/load.ts';
import { emptyOverlay } from '../domain/planning/overlay.ts';
import { overlayIn } from '../engine/technician/duties.ts';
import { spoolDir } from '../networks/fallback/fallback.ts';
import { forgetLeft } from '../networks/fallback/left.ts';
import { backupDatabase, restoreDatabase } from '../store/backup.ts';
import { openStore } from '../store/store.ts';
import { alert, alerts } from './alerts.ts';
import { backup, restore } from './backup.ts';
import { call, calls } from './calls.ts';
import { check } from './check.ts';
import { doctor } from './doctor.ts';
import { duty } from './duty.ts';
import { help } from './help.ts';
import { message, messages } from './messages.ts';
import { pin } from './pin.ts';
import { selfTest } from './self-test.ts';
import { thread, threads } from './threads.ts';
import { voicemail } from './voicemail.ts';
import { who } from './who.ts';

const out = (text: string): void => void process.stdout.write(`${text}\n`);
const err = (text: string): void => void process.stderr.write(`${text}\n`);
type Run = (args: string[], settings: Settings) => Promise<0 | 1 | 2>;

/** A folder that cannot be read is told and taken as empty: the command then says what is missing in it. */
const files = (settings: Settings, dir: string) => async (): Promise<TextFile[]> => {
  const read = await readFolder(settings.root, dir);
  if (!read.ok) for (const problem of read.problems) err(problemText(problem));
  return read.ok ? read.value : [];
};

const ledgerIo = (settings: Settings) => ({
  ...{ out, err, now: Date.now },
  openLedger: () => {
    const store = openStore(settings.database, { as: 'visit' });
    return store.ok
      ? {
          ok: true as const,
          value: { ledger: store.value.ledger, sms: store.value.sms, close: () => store.value.close() },
        }
      : store;
  },
});

const pause = (ms: number) => new Promise<void>((later) => setTimeout(later, ms));

const alertsIo = (settings: Settings) => ({
  ...{ out, err, now: Date.now },
  open: () => {
    const store = openStore(settings.database, { as: 'visit' });
    return store.ok
      ? { ok: true as const, value: { alerts: store.value.alerts, close: () => store.value.close() } }
      : store;
  },
  person: async (id: string) => {
    const read = readPlannings(await files(settings, settings.plannings)());
    return read.ok ? contactOf(read.value, id) : undefined;
  },
  pause,
});

const messagesIo = (settings: Settings) => ({
  ...{ out, err, now: Date.now },
  open: () => {
    const store = openStore(settings.database, { as: 'visit' });
    return store.ok
      ? {
          ok: true as const,
          value: { deliveries: store.value.deliveries, sms: store.value.sms, close: () => store.value.close() },
        }
      : store;
  },
});

const threadsIo = (settings: Settings) => ({
  ...{ out, err, now: Date.now },
  open: () => {
    const store = openStore(settings.database, { as: 'visit' });
    return store.ok
      ? { ok: true as const, value: { threads: store.value.threads, close: () => store.value.close() } }
      : store;
  },
});

/** Duties taken, where there is a database: what is shown is what is routed. */
const overlay =
  ({ database }: Settings) =>
  () => {
    const store = existsSync(database) ? openStore(database, { as: 'visit' }) : undefined;
    if (!store?.ok) return store ?? good(emptyOverlay);
    const laid = overlayIn(store.value, Date.now());
    store.value.close();
    return good(laid);
  };

const commands: Record<string, Run> = {
  // The whole server is loaded only by those who start it: the other commands answer in half the time.
  serve: async (_args, settings) => (await import('./serve.ts')).serve(settings, { out, err, env: process.env }),
  asterisk: async (_args, settings) => (await import('./serve.ts')).asterisk(settings, { out, err, env: process.env }),
  who: (args, settings) =>
    who(args, {
      ...{ out, err, now: Date.now, readPlanningFiles: files(settings, settings.plannings) },
      overlay: overlay(settings),
      machineNotes: () => notesIn(settings.database, Date.now()),
    }),
  check: async (args, settings) => {
    const { known, findings } = await checkTrunks(settings);
    return check(args, {
      out,
      err,
      readFlowFiles: files(settings, settings.flows),
      readPlanningFiles: files(settings, settings.plannings),
      known,
      more: async () => findings,
    });
  },
  calls: (args, settings) => calls(args, ledgerIo(settings)),
  alerts: (args, settings) => alerts(args, alertsIo(settings)),
  alert: (args, settings) => alert(args, alertsIo(settings)),
  messages: (args, settings) => messages(args, messagesIo(settings)),
  message: (args, settings) => message(args, messagesIo(settings)),
  duty: (args, settings) =>
    duty(args, {
      ...{ out, err, now: Date.now, open: () => openStore(settings.database, { as: 'visit' }) },
      readPlannings: async () => readPlannings(await files(settings, settings.plannings)()),
    }),
  threads: (args, settings) => threads(args, threadsIo(settings)),
  thread: (args, settings) => thread(args, threadsIo(settings)),
  call: (args, settings) => call(args, ledgerIo(settings)),
  doctor: (args, settings) => doctor(args, { out, err, examine: () => examine(settings, process.env, Date.now) }),
  'self-test': (args, settings) =>
    selfTest(args, {
      ...{ out, err, now: Date.now, pause, id: () => randomIds(Date.now).next('t') },
      atTwilio: (lines) => linesAtTwilio(settings, lines),
      read: () => readEverything(settings),
      open: () => {
        const store = openStore(settings.database, { as: 'visit' });
        return store.ok
          ? { ok: true as const, value: { selfTests: store.value.selfTests, close: () => store.value.close() } }
          : store;
      },
    }),
  backup: (args, { database }) => backup(args, { out, err, backup: (to) => backupDatabase(database, to) }),
  restore: (args, settings) =>
    restore(args, {
      ...{ out, err },
      restore: (from) => {
        const restored = restoreDatabase(settings.database, from, new Date());
        if (restored.ok) forgetLeft(spoolDir(settings));
        return restored;
      },
    }),
  // The SDK is loaded only here.
  twilio: async (args, settings) =>
    (await import('./twilio.ts')).twilio(args, {
      ...{ out, err, access: settings.twilio },
      readLines: async () => {
        const read = await readEverything(settings);
        return read.ok ? good(Object.keys(read.value.flows.lines)) : read;
      },
    }),
  pin: (args) => pin(args, { out, err, read: () => text(process.stdin) }),
  voicemail: (args) => voicemail(args, { out, err, readFile }),
  help: async () => {
    out(help);
    return 0;
  },
};

/** @returns the exit code. */
export async function main(args: readonly string[], env: Record<string, string | undefined>): Promise<0 | 1 | 2> {
  const [name = 'help', ...rest] = args;
  const wanted = ['--help', '-h'].includes(name) || rest.includes('--help') ? 'help' : name;
  const command = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined;
  if (!command) {
    err(`vigie: there is no command "${name}"; "vigie help" lists them`);
    return 2;
  }
  const settings = readSettings(env);
  if (settings.ok) return command(rest, settings.value);
  for (const problem of settings.problems) err(problemText(problem));
  return 2;
}
