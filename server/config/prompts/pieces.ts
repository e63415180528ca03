// A prompt as the audio files it is made of, and the name of each in the cache. Pure: knows no disk.
import { createHash } from 'node:crypto';
import type { Language, Prompt } from '../../domain/telephony/prompt.ts';
import { spelled } from './spelling.ts';

/** One audio file: spoken, silent or recorded. */
export type Piece =
  | { kind: 'speech'; text: string; language: Language }
  | { kind: 'silence'; ms: number }
  | { kind: 'recorded'; path: string };

/** Raised when the way audio is made changes: old cache files are then made anew. */
const audioVersion = 1;

/** Longer pauses are a mistake in a flow, and would fill the disk. */
const longestPauseMs = 60_000;

/** Made lately: the same few hundred texts are said in every call. */
function remembered(make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= mostRemembered) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
}
const mostRemembered = 10_000;

/** Text as it is spoken: one line, no control characters (an argument of a command cannot hold NUL). */
const speakable = remembered((text) =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .normalize('NFC')
    .trim(),
);

const speech = (text: string, language: Language): Piece[] => {
  const said = speakable(text);
  return said ? [{ kind: 'speech', text: said, language }] : [];
};

/** The pieces to hear, in order; none for an empty text. */
export function piecesOf(prompt: Prompt): Piece[] {
  switch (prompt.kind) {
    case 'text':
      return speech(prompt.text, prompt.language);
    case 'spell':
      return spelled(prompt.characters, prompt.language).flatMap((text) => speech(text, prompt.language));
    case 'pause': {
      const ms = Math.min(longestPauseMs, Math.ceil(Math.max(0, prompt.ms) / 20) * 20);
      return ms > 0 ? [{ kind: 'silence', ms }] : [];
    }
    case 'file':
      return [{ kind: 'recorded', path: prompt.path }];
  }
}

/** The piece's file name in the cache: by content, so that the same words in two flows are one file. Never holds outside text. */
export function cacheName(piece: Exclude<Piece, { kind: 'recorded' }>, voice: string): string {
  if (piece.kind === 'silence') return `silence-${piece.ms}.wav`;
  const content = JSON.stringify([audioVersion, voice, piece.language.toLowerCase(), piece.text]);
  return nameOf(content);
}

const nameOf = remembered((content) => `${createHash('sha256').update(content).digest('hex').slice(0, 32)}.wav`);
