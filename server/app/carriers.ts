// The telephone networks of this line, built from the settings: Asterisk, Twilio, or both.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Router } from 'express';
import type { Door } from '../api/server.ts';
import { systemClock } from '../base/clock.ts';
import { replaceFiles } from '../base/files.ts';
import type { Log } from '../base/log.ts';
import { writeWav } from '../base/wav.ts';
import type { LiveConfiguration } from '../config/configuration.ts';
import { music } from '../config/prompts/music.ts';
import type { PromptStore } from '../config/prompts/prompts.ts';
import { lastResortLines } from '../domain/flow/last-resort.ts';
import type { OptOuts } from '../domain/message/opt-outs.ts';
import type { SmsProvider } from '../domain/message/port.ts';
import type { Carrier } from '../domain/telephony/carrier.ts';
import type { TestNetwork } from '../domain/telephony/self-test.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { AsteriskCarrier } from '../networks/asterisk/carrier.ts';
import { AudioDetector } from '../networks/asterisk/detector/detector.ts';
import { silenceNote } from '../networks/asterisk/silence-note.ts';
import { SipSms } from '../networks/asterisk/sms.ts';
import { spoolDir } from '../networks/fallback/fallback.ts';
import { vosk } from '../networks/speech/vosk.ts';
import { TwilioCarrier } from '../networks/twilio/carrier.ts';
import { doors } from '../networks/twilio/doors.ts';
import { type FallbackLine, fallbackFiles } from '../networks/twilio/fallback.ts';
import { files } from '../networks/twilio/files.ts';
import { Media } from '../networks/twilio/media.ts';
import { namesFor } from '../networks/twilio/names.ts';
import type { TwilioOptions } from '../networks/twilio/options.ts';
import type { Rest } from '../networks/twilio/rest.ts';
import { TwilioSms } from '../networks/twilio/sms.ts';
import type { Settings } from './settings.ts';

/** What a network is built from. */
export type Parts = { settings: Settings; prompts: PromptStore; config: LiveConfiguration; log: Log };
export type NetworkParts = Parts & {
  optOuts: OptOuts;
  /** Ten random digits. */
  code: () => string;
};

export type Networks = {
  carriers: Carrier[];
  /** Before all others. */
  doors: Door[];
  routers: Router[];
  /** Those that carry SMS, best first. */
  sms: SmsProvider[];
  /** What the line can test itself through. */
  tests: Partial<Record<Carrier['name'], TestNetwork>>;
  /** The account, asked what stands there. */
  rest?: Rest;
};

/** What the house knows of calls beside those of callers: those that the line places by itself, and the channels of those that were. */
type Known = Required<Pick<TwilioOptions, 'own' | 'past'>>;

/** @param switchboard asked only once calls come in: it is built with these carriers */
export function openNetworks(parts: NetworkParts, switchboard: () => Switchboard, known: Known): Networks {
  const { settings } = parts;
  const asterisk = settings.carrier === 'twilio' ? [] : [openAsterisk(parts)];
  const messages = asterisk.flatMap((carrier) => overTrunks(parts, carrier));
  const tests = asterisk[0] ? { asterisk: asterisk[0].tests } : {};
  if (!settings.twilio) return { carriers: asterisk, doors: [], routers: [], sms: messages, tests };
  const { carrier, sms, ...ways } = openTwilio(parts, settings.twilio, switchboard, known);
  return {
    ...{ carriers: [...asterisk, carrier], ...ways, sms: [...messages, sms] },
    ...{ tests: { ...tests, twilio: carrier.tests }, rest: carrier.rest },
  };
}

/** Only where a trunk carries SMS: Asterisk reads that when it starts, and so do we. */
function overTrunks({ settings, config, optOuts, log }: NetworkParts, { texts }: AsteriskCarrier): SipSms[] {
  if (!config.trunks().trunks.some(({ sms }) => sms)) return [];
  const own = () => Object.keys(config.flows().lines);
  return [
    new SipSms({
      link: texts,
      spool: spoolDir(settings),
      plan: () => config.trunks(),
      own,
      optOuts,
      clock: systemClock,
      log,
    }),
  ];
}

function openAsterisk({ settings, prompts, log }: Parts): AsteriskCarrier {
  return new AsteriskCarrier({
    access: settings.ari,
    prompts: {
      uris: (wanted, deadlineMs) =>
        prompts.ready(wanted) ? prompts.uris(wanted) : prompts.urisLater(wanted, deadlineMs),
    },
    recordings: join(settings.var, 'asterisk', 'spool', 'recording'),
    log,
    ...(settings.asterisk ? { silenceNote: join(settings.asterisk.run, silenceNote) } : {}),
    mediaHost: settings.mediaHost,
    ...(settings.listenMs > 0 ? { detector: (tools) => new AudioDetector(tools) } : {}),
    ...(settings.speech ? { recognizer: vosk({ ...settings.speech, clock: systemClock }) } : {}),
  });
}

function openTwilio(
  parts: NetworkParts,
  access: NonNullable<Settings['twilio']>,
  switchboard: () => Switchboard,
  { own: placedCalls, past }: Known,
) {
  const { settings, prompts, log } = parts;
  const media = new Media(prompts, settings.prompts, musicOf(settings.music), namesFor(access.tokens));
  const carrier = new TwilioCarrier({
    ...{ access, media, log, clock: systemClock, recordings: join(settings.var, 'messages') },
    calls: { all: () => switchboard().calls(), one: (id) => switchboard().call(id) },
    ...{ own: placedCalls, past, code: parts.code },
  });
  const own = () => Object.keys(parts.config.flows().lines);
  const sms = new TwilioSms({
    rest: carrier.rest,
    links: carrier.links,
    own,
    clock: systemClock,
    log,
    optOuts: parts.optOuts,
  });
  const open = files(media, (name) => twilioFallback(parts)[name]);
  return { carrier, sms, doors: [doors({ access, carrier, log, sms })], routers: [open] };
}

/** The admin's music where it is a WAV; ours otherwise. */
function musicOf(dir: string): Uint8Array {
  const file = existsSync(dir) ? readdirSync(dir).find((name) => name.endsWith('.wav')) : undefined;
  return file ? readFileSync(join(dir, file)) : writeWav(music());
}

/** What Twilio is to do for each line when this server does not answer, as of now. */
export function twilioFallback({ settings, config }: Parts): Record<string, string> {
  if (!settings.twilio) return {};
  const { tokens, fallbackUrl } = settings.twilio;
  const lines = lastResortLines(config.reading(), Date.now(), 3_600_000).map(
    ({ number, windows }): FallbackLine => ({ number, phones: windows[0]?.phones.map((phone) => phone.number) ?? [] }),
  );
  // While the account's tokens are rotated, the names of both stand there.
  const all = tokens.map((token) => fallbackFiles(lines, fallbackUrl, namesFor([token])));
  return Object.assign({}, ...all) as Record<string, string>;
}

/** Writes them where a copy to another host can fetch them. */
export async function writeTwilioFallback(parts: Parts): Promise<void> {
  if (!parts.settings.twilio) return;
  const dir = join(parts.settings.var, 'twilio-fallback');
  const files = twilioFallback(parts);
  await replaceFiles(dir, files);
  // Names of lines that are gone, or of another time, would go on telling who was on call.
  const old = (await readdir(dir)).filter((name) => name.endsWith('.xml') && !Object.hasOwn(files, name));
  await Promise.all(old.map((name) => rm(join(dir, name), { force: true })));
}
