// Pieces of a file become prompts: values put in, keyed ones spelled, the rest of a sentence kept whole.
import type { PhoneNumber, Value } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import { flowOf, lineOf, type Run } from './run.ts';
import type { Piece } from './schema-parts.ts';
import { spoken } from './spoken.ts';
import { fill, split } from './template.ts';

/** A number as people say it: `+33612345678` is 0 6 1 2 …; others keep their `+` as 00. */
export const spokenNumber = (number: PhoneNumber): string =>
  number.startsWith('+33') ? `0${number.slice(3)}` : number.replace(/^\+/, '00');

/** What `{name}` stands for: a value of the call, or what every call knows. Unset is empty. */
export function valueIn(run: Run, name: string): Value {
  if (name === 'called') return run.state.called;
  if (name === 'caller') return run.state.caller;
  if (name === 'line') return lineOf(run).name;
  return run.state.values[name] ?? null;
}

/** A text with its values put in, for keys, reasons and names (not for speech). */
export const filled = (run: Run, text: string): string => fill(text, (name) => String(valueIn(run, name) ?? ''));

export const spell = (characters: string, language: string): Prompt[] => {
  const kept = characters.toUpperCase().replace(/[^0-9A-Z*#]/g, '');
  return kept ? [{ kind: 'spell', characters: kept, language }] : [];
};

function said(run: Run, name: string, language: string): Prompt[] {
  if (name === 'called' || name === 'caller') return spell(spokenNumber(String(valueIn(run, name))), language);
  const words = String(valueIn(run, name) ?? '');
  const info = run.set.values[name];
  if (info?.spelled) return spell(words, language);
  const ready = name === 'line' || info?.texts?.includes(words);
  return spoken(words, language, !ready);
}

function prompt(run: Run, piece: Piece, language: string): Prompt[] {
  if ('pause' in piece) return [{ kind: 'pause', ms: piece.pause * 1000 }];
  if ('file' in piece) return [{ kind: 'file', path: piece.file }];
  const tongue = piece.language ?? language;
  if ('spell' in piece) return spell(filled(run, piece.spell), tongue);
  return split(piece.text).flatMap((part, i) => (i % 2 ? said(run, part, tongue) : spoken(part, tongue)));
}

/** What is to be heard, in the flow's language unless a piece has its own. */
export const speak = (run: Run, pieces: readonly Piece[], language = flowOf(run).language): Prompt[] =>
  pieces.flatMap((piece) => prompt(run, piece, language));
