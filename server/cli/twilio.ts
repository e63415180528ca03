// `vigie twilio setup`: says what it would change at Twilio, then does it.
import { systemClock } from '../base/clock.ts';
import { good, problemText, type Result } from '../base/result.ts';
import { readEverything } from '../config/read.ts';
import type { PhoneNumber } from '../domain/telephony/names.ts';
import type { TwilioAccess } from '../networks/twilio/access.ts';
import { Rest } from '../networks/twilio/rest.ts';
import { type Change, doSetup, heldNumbers, type Plan, planSetup } from '../networks/twilio/setup.ts';
import { type Run, terminal } from './command.ts';
import { told } from './usage.ts';

export type TwilioIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  access: TwilioAccess | undefined;
  /** The numbers of lines.yaml. */
  readLines: () => Promise<Result<PhoneNumber[]>>;
};

const usage = 'vigie twilio setup [--dry-run] [--json]';

/** @returns 0: done, or nothing to do; 1: Twilio refused, or a line has no number there; 2: wrong use. */
export async function twilio(args: readonly string[], io: TwilioIo): Promise<0 | 1 | 2> {
  const [command, ...options] = args;
  const unknown = options.find((option) => !['--dry-run', '--json'].includes(option));
  if (command !== 'setup' || unknown) {
    io.err(`vigie twilio: ${unknown ? `"${unknown}" is not known here` : 'say what to do'}; ${usage}`);
    return 2;
  }
  if (!io.access) {
    io.err('vigie twilio: set CARRIER=twilio (or both) and what docs/twilio.md lists');
    return 2;
  }
  const lines = await io.readLines();
  if (!lines.ok) return told(io, lines.problems);
  return setup(io.access, lines.value, { dry: options.includes('--dry-run'), json: options.includes('--json') }, io);
}

async function setup(
  access: TwilioAccess,
  lines: PhoneNumber[],
  { dry, json }: { dry: boolean; json: boolean },
  io: TwilioIo,
): Promise<0 | 1> {
  const rest = new Rest(access, systemClock);
  const held = await heldNumbers(rest);
  if (!held.ok) return told(io, [{ file: 'Twilio', message: held.why, hint: hintFor(held.http) }]);
  const plan = planSetup(access, lines, held.value);
  const failed = dry ? [] : await doSetup(rest, access, plan, held.value);
  if (json) io.out(JSON.stringify({ ...plan, done: !dry && failed.length === 0, failed }));
  else describe(plan, dry, io);
  for (const { number, why } of failed) io.err(problemText({ file: number, message: why }));
  return failed.length > 0 || plan.missing.length > 0 ? 1 : 0;
}

const hintFor = (http: number): string =>
  http === 401 ? 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN' : 'is this machine connected to the internet?';

function describe({ changes, missing }: Plan, dry: boolean, io: TwilioIo): void {
  for (const number of new Set(changes.map((change) => change.number))) {
    io.out(number);
    for (const change of changes.filter((one) => one.number === number)) io.out(`  ${line(change)}`);
  }
  for (const number of missing)
    io.err(`${number} is a line of lines.yaml and no number of this Twilio account (buy or port it there)`);
  if (changes.length === 0) io.out('nothing to change: every number of the account says what it should');
  else io.out(dry ? 'nothing was changed (--dry-run)' : `${changes.length} settings changed`);
}

const line = ({ what, from, to }: Change): string => `${what.padEnd(20)} ${from || '(empty)'} -> ${to}`;

export const run: Run = (args, settings) =>
  twilio(args, {
    ...terminal,
    access: settings.twilio,
    readLines: async () => {
      const read = await readEverything(settings);
      return read.ok ? good(Object.keys(read.value.flows.lines)) : read;
    },
  });
