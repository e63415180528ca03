// Telephone numbers of a file become E.164, or a problem with its place. Which ones may be dialled, the checks say.
import type { Problem } from '../../base/result.ts';
import { isEmergency, readNumber } from '../telephony/numbers.ts';
import { readPattern } from './numbers.ts';

export type Report = (path: PropertyKey[], message: string, hint?: string) => void;
/** Reads numbers below one place of a file. What cannot be read is told, and left as it is. */
export type Numbers = {
  /** A number to be dialled. */
  target(text: string, ...path: PropertyKey[]): string;
  /** Numbers, or beginnings marked by `*`. */
  patterns(texts: readonly string[], ...path: PropertyKey[]): string[];
};

export const writeIt = 'write "01 99 00 10 00" or "+33 1 99 00 10 00"';

export const reporter =
  (locate: (path: PropertyKey[]) => Omit<Problem, 'message' | 'hint'>, problems: Problem[]): Report =>
  (path, message, hint) =>
    problems.push({ ...locate(path), message, ...(hint ? { hint } : {}) });

export const numbersAt = (place: PropertyKey[], report: Report): Numbers => ({
  target: (text, ...path) => target(text, [...place, ...path], report),
  patterns: (texts, ...path) => texts.flatMap((text, i) => pattern(text, [...place, ...path, i], report)),
});

/** Emergency numbers are told apart first: as short numbers they would only be "no number". */
function target(text: string, path: PropertyKey[], report: Report): string {
  if (isEmergency(text)) {
    const message = `"${text}" is an emergency number: a trunk takes it to the wrong centre`;
    report(path, message, 'say the number in a prompt instead');
    return text;
  }
  const number = readNumber(text);
  if (!number) report(path, `"${text}" is not a telephone number`, writeIt);
  return number ?? text;
}

function pattern(text: string, path: PropertyKey[], report: Report): string[] {
  const read = readPattern(text);
  if (!read) report(path, `"${text}" is not a telephone number`, `${writeIt}, or a beginning such as "+33 1 99*"`);
  return read ? [read] : [];
}
