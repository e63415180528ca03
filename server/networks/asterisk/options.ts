// What an Asterisk carrier is built with.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { AriAccess } from './ari/probe.ts';
import type { HearingOptions } from './hearing.ts';
import type { PromptSource } from './media.ts';
import type { TrunkOf } from './way-out.ts';

export type AsteriskOptions = {
  access: AriAccess;
  prompts: PromptSource;
  /** Folder in which Asterisk keeps recordings (`<astspooldir>/recording`). */
  recordings: string;
  log: Log;
  /** What trunks.yaml says of a trunk. */
  trunk: TrunkOf;
  clock?: Clock;
  /** Stasis application; the dialplan names it too. */
  app?: string;
  /** The longest the first connection may take; 10 s unless said otherwise. */
  firstMs?: number;
  /** File that says for how long Asterisk has been silent, while it is: for the watchdog (silence-note.ts). */
  silenceNote?: string;
  /** No heartbeat while this says no: new callers then take the last-resort route. */
  healthy?: () => boolean;
  /** Another process connected as the same application, and has the calls now: nothing is left but to end. */
  replaced?: () => void;
} & HearingOptions;
