// Ports to what is heard: where prompts become audio, and where (later) a detector listens to an answered leg.
import type { CallEvent } from '../telephony/event.ts';
import type { LegId } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';

export interface PromptSource {
  /**
   * Media of these prompts, in order: `sound:` URIs or absolute paths, without extension. At once when all audio is ready; a promise when something
   * must be rendered first, kept within `deadlineMs`. What cannot be had is left out.
   */
  uris(prompts: Prompt[], deadlineMs: number): Promise<string[]> | string[];
}

/** Tells people from machines on a leg; each verdict comes as a `leg-heard` event. */
export interface Detector {
  attach(leg: LegId, heard: (event: CallEvent & { type: 'leg-heard' }) => void): void;
  detach(leg: LegId): void;
}

/** Longest wait for a live prompt: a caller hears nothing meanwhile. */
export const promptDeadlineMs = 1500;

/** One ARI media list. A path becomes a `sound:` URI; what could break the list apart is left out. */
export const mediaList = (uris: readonly string[]): string =>
  uris
    .map((uri) => (uri.startsWith('/') ? `sound:${uri}` : uri))
    .filter((uri) => !uri.includes(','))
    .join(',');
