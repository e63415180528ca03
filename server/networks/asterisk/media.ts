// Ports to what is heard: where prompts become audio, and where a detector listens to an answered leg.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { CallEvent } from '../../domain/telephony/event.ts';
import type { LegId } from '../../domain/telephony/names.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import type { AudioTaps } from './audio/taps.ts';

export interface PromptSource {
  /**
   * Media of these prompts, in order: `sound:` URIs or absolute paths, without extension. At once when all audio is ready; a promise when something
   * must be rendered first, kept within `deadlineMs`. What cannot be had is left out.
   */
  uris(prompts: Prompt[], deadlineMs: number): Promise<string[]> | string[];
}

/** Tells people from machines on a leg; each verdict comes as a `leg-heard` event. It never throws: what it cannot hear it is silent about. */
export interface Detector {
  /** The leg has answered, now. */
  attach(leg: LegId, heard: (event: CallEvent & { type: 'leg-heard' }) => void): void;
  /** The leg is taken, or over: nothing of the detector stays on it. */
  detach(leg: LegId): void;
  /** From now on the leg hears these media, whose echo is not the callee's voice; none: nothing any more. */
  plays(leg: LegId, media: readonly string[]): void;
  /** The connection is gone, and with it all that was listened to. */
  reset(): void;
  stop(): void;
}

export type DetectorTools = { taps: AudioTaps; clock: Clock; log: Log };
export type MakeDetector = (tools: DetectorTools) => Detector;

/** Longest wait for a live prompt: a caller hears nothing meanwhile. */
export const promptDeadlineMs = 1500;

/** One ARI media list. A path becomes a `sound:` URI; what could break the list apart is left out. */
export const mediaList = (uris: readonly string[]): string =>
  uris
    .map((uri) => (uri.startsWith('/') ? `sound:${uri}` : uri))
    .filter((uri) => !uri.includes(','))
    .join(',');
