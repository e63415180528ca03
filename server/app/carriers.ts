// The telephone networks of this line, built from the settings: Asterisk, Twilio, or both.
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { trunkOf } from '../domain/trunk/view.ts';
import { AsteriskCarrier } from '../networks/asterisk/carrier.ts';
import { AudioDetector } from '../networks/asterisk/detector/detector.ts';
import { silenceNote } from '../networks/asterisk/silence-note.ts';
import { SipSms } from '../networks/asterisk/sms.ts';
import { spoolDir } from '../networks/fallback/fallback.ts';
import { vosk } from '../networks/speech/vosk.ts';
import type { Known, NetworkParts, Networks } from './network-parts.ts';

export async function openNetworks(parts: NetworkParts, known: Known): Promise<Networks> {
  const { settings } = parts;
  const asterisk = settings.carrier === 'twilio' ? [] : [openAsterisk(parts)];
  const messages = asterisk.flatMap((carrier) => overTrunks(parts, carrier));
  const tests = asterisk[0] ? { asterisk: asterisk[0].tests } : {};
  if (!settings.twilio) return { carriers: asterisk, doors: [], routes: [], sms: messages, tests };
  // Twilio's package is the largest of all: a line that rings by Asterisk does not wait for it.
  const { openTwilio } = await import('./twilio.ts');
  const { carrier, sms, ...ways } = openTwilio(parts, settings.twilio, known);
  return {
    carriers: [...asterisk, carrier],
    ...ways,
    sms: [...messages, sms],
    tests: { ...tests, twilio: carrier.tests },
    rest: carrier.rest,
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

function openAsterisk({ settings, prompts, log, config }: NetworkParts): AsteriskCarrier {
  return new AsteriskCarrier({
    access: settings.ari,
    prompts: {
      uris: (wanted, deadlineMs) =>
        prompts.ready(wanted) ? prompts.uris(wanted) : prompts.urisLater(wanted, deadlineMs),
    },
    recordings: join(settings.var, 'asterisk', 'spool', 'recording'),
    log,
    trunk: (id) => trunkOf(config.reading().trunks, id),
    ...(settings.asterisk ? { silenceNote: join(settings.asterisk.run, silenceNote) } : {}),
    mediaHost: settings.mediaHost,
    ...(settings.listenMs > 0 ? { detector: (tools) => new AudioDetector(tools) } : {}),
    ...(settings.speech ? { recognizer: vosk({ ...settings.speech, clock: systemClock }) } : {}),
  });
}
