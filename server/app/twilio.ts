// The line at Twilio, built from the settings, and the documents for when this server does not answer there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { replaceFiles } from '../base/files.ts';
import { writeWav } from '../base/wav.ts';
import { music } from '../config/prompts/music.ts';
import { lastResortLines } from '../domain/flow/last-resort.ts';
import { TwilioCarrier } from '../networks/twilio/carrier.ts';
import { doors } from '../networks/twilio/doors.ts';
import { type FallbackLine, fallbackFiles } from '../networks/twilio/fallback.ts';
import { files } from '../networks/twilio/files.ts';
import { Media } from '../networks/twilio/media.ts';
import { namesFor } from '../networks/twilio/names.ts';
import { TwilioSms } from '../networks/twilio/sms.ts';
import type { Built } from './build.ts';
import type { Known, NetworkParts } from './network-parts.ts';
import type { Settings } from './settings.ts';

export function openTwilio(
  parts: NetworkParts,
  access: NonNullable<Settings['twilio']>,
  { calls, own: placedCalls, past }: Known,
) {
  const { settings, prompts, log } = parts;
  const media = new Media(prompts, settings.prompts, musicOf(settings.music), namesFor(access.tokens));
  const carrier = new TwilioCarrier({
    access,
    media,
    log,
    clock: systemClock,
    recordings: join(settings.var, 'messages'),
    calls,
    own: placedCalls,
    past,
    code: parts.code,
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
  return { carrier, sms, doors: [doors({ access, carrier, log, sms })], routes: open };
}

/** The admin's music where it is a WAV; ours otherwise. */
function musicOf(dir: string): Uint8Array {
  const file = existsSync(dir) ? readdirSync(dir).find((name) => name.endsWith('.wav')) : undefined;
  return file ? readFileSync(join(dir, file)) : writeWav(music());
}

/** What Twilio is to do for each line when this server does not answer, as of now. */
export function twilioFallback({ settings, config }: Pick<Built, 'settings' | 'config'>): Record<string, string> {
  if (!settings.twilio) return {};
  const { tokens, fallbackUrl } = settings.twilio;
  const lines = lastResortLines(config.reading(), Date.now(), 3_600_000).map(
    ({ number, windows }): FallbackLine => ({ number, phones: windows[0]?.phones.map((phone) => phone.number) ?? [] }),
  );
  // While the account's tokens are rotated, the names of both stand there.
  const all = tokens.map((token) => fallbackFiles(lines, fallbackUrl, namesFor([token])));
  return Object.fromEntries(all.flatMap((files) => Object.entries(files)));
}

/** Writes them where a copy to another host can fetch them. */
export async function writeTwilioFallback(parts: Pick<Built, 'settings' | 'config'>): Promise<void> {
  if (!parts.settings.twilio) return;
  const dir = join(parts.settings.var, 'twilio-fallback');
  const files = twilioFallback(parts);
  await replaceFiles(dir, files);
  // Names of lines that are gone, or of another time, would go on telling who was on call.
  const old = (await readdir(dir)).filter((name) => name.endsWith('.xml') && !Object.hasOwn(files, name));
  await Promise.all(old.map((name) => rm(join(dir, name), { force: true })));
}
