// A text as a prompt. One place, so that what is rendered ahead is exactly what is asked for in a call.
import type { Prompt } from '../telephony/prompt.ts';

const audible = /[\p{L}\p{N}]/u;

/** Nothing for a text without a letter or digit (the full stop behind a value). */
export const spoken = (words: string, language: string, live = false): Prompt[] =>
  audible.test(words) ? [{ kind: 'text', text: words.trim(), language, ...(live ? { live: true as const } : {}) }] : [];
