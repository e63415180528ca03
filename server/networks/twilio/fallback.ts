// What Twilio is to do when this server does not answer: a document that stands elsewhere, and rings whoever is on call as it was written.
// It can keep no state: whoever presses a key first gets the caller; nobody in time, and the caller is told.
import type { PhoneNumber } from '../../domain/telephony/names.ts';
import type { Names } from './names.ts';
import { element, hangup, response, say, words } from './twiml.ts';

const language = 'fr-FR';

export const fallbackWords = {
  welcome: 'Bonjour. Nous cherchons la personne d’astreinte. Merci de patienter.',
  question: 'Appel d’astreinte. Pour prendre cet appel, appuyez sur une touche.',
  next: 'Si vous avez déjà parlé à quelqu’un, vous pouvez raccrocher. Sinon, nous appelons la personne suivante.',
  nobody: 'Personne n’est joignable pour le moment. Merci de rappeler dans quelques minutes. Au revoir.',
};

export type FallbackLine = { number: PhoneNumber /** In the order in which they are rung. */; phones: PhoneNumber[] };

/** Nobody waits for more phones than this. */
const most = 10;
const ringSeconds = 25;

/** The name of a line's document: it tells who is on call and by which numbers, so nobody can guess it. */
export const fallbackName = (line: PhoneNumber, names: Names): string => names.sealed(line.replace(/\D/g, ''), 'xml');

/**
 * Documents by file name; they stand together in one folder.
 * @param base the folder's URL
 */
export function fallbackFiles(lines: readonly FallbackLine[], base: string, names: Names): Record<string, string> {
  const at = (name: string) => `${base.replace(/\/$/, '')}/${name}`;
  const gathering = { numDigits: 1, timeout: 10, action: at('taken.xml'), method: 'GET' };
  const question = element('Gather', gathering, say(language, fallbackWords.question));
  return {
    ...Object.fromEntries(
      lines.map((line) => [fallbackName(line.number, names), lineDocument(line, at('question.xml'))]),
    ),
    'question.xml': response(question, hangup),
    // An empty document lets the two be joined.
    'taken.xml': response(),
  };
}

/**
 * One Dial for each: a Dial of several ends with the first pick-up, a voicemail's included. It cannot tell a talk from a declined
 * question either, so whoever has talked is told that they may hang up.
 */
function lineDocument({ phones }: FallbackLine, question: string): string {
  const rung = phones
    .slice(0, most)
    .flatMap((phone, index) => [
      ...(index > 0 ? [say(language, fallbackWords.next)] : []),
      element('Dial', { timeout: ringSeconds }, element('Number', { url: question, method: 'GET' }, words(phone))),
    ]);
  return response(say(language, fallbackWords.welcome), ...rung, say(language, fallbackWords.nobody), hangup);
}
