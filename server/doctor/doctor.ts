// Looks at everything a line needs, all at once, and puts what was found in order. It changes nothing.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../app/settings.ts';
import { type Instant, systemClock } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import { espeakCommand, findEspeak } from '../config/prompts/speaker.ts';
import { type Reading, readEverything } from '../config/read.ts';
import { lastResortFile } from '../networks/asterisk/render/last-resort.ts';
import { examineDatabase } from '../store/health.ts';
import { examineAsterisk, lastResortFinding } from './asterisk.ts';
import { linesAtTwilio } from './at-twilio.ts';
import { databaseFindings } from './database.ts';
import { brokenFiles, planningFindings, promptFinding, secretFindings, soundFiles } from './files.ts';
import type { Finding } from './finding.ts';
import { listenFindings } from './listening.ts';
import { diskFinding, nodeFinding, ntpFinding, permissionFindings, speechFinding } from './machine.ts';
import { optOutFindings } from './opt-outs.ts';
import { selfTestFindings } from './self-test.ts';
import { serverFindings } from './server.ts';
import { examineTwilio } from './twilio.ts';
import { machineFindings } from './voicemail.ts';

type Environment = Record<string, string | undefined>;

/** Everything found, in the order in which a person would mend it. Takes a few seconds at most. */
export async function examine(settings: Settings, env: Environment, now: () => Instant): Promise<Finding[]> {
  const read = await readEverything(settings);
  const command = settings.tts ?? espeakCommand(findEspeak(env, settings.root));
  const groups = await Promise.all([
    nodeFinding(process.version),
    diskFinding(settings.var),
    ntpFinding(),
    permissionFindings(settings),
    databaseFindings(examineDatabase(settings.database), !existsSync(settings.database)),
    machineFindings(settings.database, now()),
    speechFinding(command[0] ?? '', env.PATH),
    read.ok ? edited(read.value, settings, command, env, now()) : brokenFiles(read.problems),
    read.ok ? tested(read.value, settings, now()) : [],
    read.ok ? optOutFindings(settings.database, read.value.plannings) : [],
    settings.carrier === 'twilio' ? [] : examineAsterisk(settings.ari, read.ok ? read.value.trunks : undefined, now),
    listenFindings(settings, read.ok ? read.value.flows : undefined),
    twilioFindings(settings, read),
    lastResort(settings, now()),
    settings.http && settings.http.port > 0 ? serverFindings(addressOf(settings.http), settings.apiToken) : [],
  ]);
  return groups.flat().filter((finding) => finding !== undefined);
}

const edited = (
  reading: Reading,
  settings: Settings,
  command: readonly string[],
  env: Environment,
  now: Instant,
): Finding[] => [
  ...soundFiles(reading),
  promptFinding(reading, settings.prompts, command),
  ...planningFindings(reading.plannings, now),
  ...secretFindings(reading.trunks, env),
];

const tested = async (reading: Reading, settings: Settings, now: Instant): Promise<Finding[]> => {
  const atTwilio = await linesAtTwilio(settings, Object.keys(reading.flows.lines));
  return selfTestFindings(settings.database, { ...reading, atTwilio }, now);
};

const twilioFindings = ({ twilio, carrier }: Settings, read: Result<Reading>): Promise<Finding[]> | Finding[] =>
  twilio ? examineTwilio(twilio, carrier, read.ok ? Object.keys(read.value.flows.lines) : [], systemClock) : [];

async function lastResort({ asterisk }: Settings, now: Instant): Promise<Finding[]> {
  if (!asterisk) return [];
  const modified = await stat(join(asterisk.etc, lastResortFile)).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  return [lastResortFinding(modified, now)];
}

/** A server that listens on every address answers on loopback. */
const addressOf = ({ host, port }: { host: string; port: number }): string => {
  const asked = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}`;
};
