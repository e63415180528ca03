// A text as a prompt. One place, so that what is rendered ahead is exactly what is asked for in a call.
import type { Prompt } from '../telephony/prompt.ts';

const audible = /[\p{L}\p{N}]/u;

/** Without the full stop of a value before it; nothing at all for a text without a letter or digit. */
export function spoken(words: string, language: string, live = false): Prompt[] {
  const text = words.replace(/^[\s.,;:!?)»]+/, '').trim();
  return audible.test(text) ? [{ kind: 'text', text, language, ...(live ? { live: true as const } : {}) }] : [];
}
