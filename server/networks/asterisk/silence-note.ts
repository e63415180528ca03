// A note for whoever may end Asterisk (scripts/watch.mjs): for how long it has been silent to us, and what we knew to live in it. Written
// anew each second as long as that lasts, so that an old one is known to be nobody's word any more. It ends nothing itself.
import { rmSync, writeFileSync } from 'node:fs';
import type { Cancel, Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

export const silenceNote = 'asterisk.silent';
const everyMs = 1000;

export type NoteParts = {
  /** Full path; its folder is one that Asterisk's user and the watchdog's can reach. Undefined: nobody watches, and nothing is noted. */
  file: string | undefined;
  clock: Clock;
  log: Log;
  silentMs(): number | undefined;
  /** Names of the channels that were known to live. */
  channels(): readonly string[];
};

/** @returns what stops it; nothing of it is left then */
export function keepSilenceNote({ file, clock, log, silentMs, channels }: NoteParts): Cancel {
  if (!file) return () => {};
  let stands = true;
  const look = () => {
    const ms = silentMs();
    try {
      if (ms !== undefined) writeFileSync(file, JSON.stringify({ silentMs: ms, channels: channels() }));
      else if (stands) rmSync(file, { force: true });
      stands = ms !== undefined;
    } catch (error) {
      log.warn({ error, file }, 'the note of a silent Asterisk cannot be written: a watchdog will not know of it');
    }
  };
  let cancel = clock.after(everyMs, function again() {
    look();
    cancel = clock.after(everyMs, again);
  });
  look();
  return () => {
    cancel();
    rmSync(file, { force: true });
  };
}
