// How letters, digits and telephone numbers are said, piece by piece. Knows no files and no audio.
import type { Language } from '../../domain/telephony/prompt.ts';

/** Names that a French reader says; a speech command left alone says some of them in ways no caller understands. */
const french: Record<string, string> = {
  A: 'a',
  B: 'bé',
  C: 'cé',
  D: 'dé',
  E: 'e',
  F: 'effe',
  G: 'gé',
  H: 'hache',
  I: 'i',
  J: 'ji',
  K: 'ka',
  L: 'elle',
  M: 'ème',
  N: 'ène',
  O: 'o',
  P: 'pé',
  Q: 'ku',
  R: 'erre',
  S: 'esse',
  T: 'té',
  U: 'u',
  V: 'vé',
  W: 'double vé',
  X: 'ixe',
  Y: 'i grec',
  Z: 'zède',
  '*': 'étoile',
  '#': 'dièse',
  '+': 'plus',
};

const english: Record<string, string> = { '*': 'star', '#': 'pound', '+': 'plus' };

const alphabet = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*#+'];
const pairs = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));

const isFrench = (language: Language): boolean => /^fr\b/i.test(language);

/** A French number as people say it: five pairs. `+33612345678` and `0612345678` both. */
const frenchNumber = /^(?:\+33|0)(\d)(\d{2})(\d{2})(\d{2})(\d{2})$/;

const sayPair = (pair: string): string => (pair.startsWith('0') ? `zéro ${pair[1] === '0' ? 'zéro' : pair[1]}` : pair);

const sayOne = (character: string, language: Language): string =>
  (isFrench(language) ? french : english)[character] ?? character;

/**
 * The texts to say for `characters`, in order: one per letter or digit, a French telephone number by pairs
 * (« zéro 6, 12, 34 … »). Accents are dropped; what has no name (spaces, dashes, dots) is passed over.
 */
export function spelled(characters: string, language: Language): string[] {
  const plain = characters
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[\s.-]/g, '');
  const number = isFrench(language) ? frenchNumber.exec(plain) : null;
  if (number) return [`0${number[1]}`, ...number.slice(2)].map(sayPair);
  return [...plain].filter((character) => alphabet.includes(character)).map((one) => sayOne(one, language));
}

/** Everything `spelled` can ever answer in this language: rendered ahead, so that no keyed digit has to wait. */
export function everyPiece(language: Language): string[] {
  const singles = alphabet.map((character) => sayOne(character, language));
  return isFrench(language) ? [...singles, ...pairs.map(sayPair)] : singles;
}
