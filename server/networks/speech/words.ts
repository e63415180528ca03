// Vosk's protocol, as vosk-server (websocket/asr_server.py) speaks it: what we send, and what its answers may be. Knows no socket.
import { z } from 'zod';
import { bad, good, type Result } from '../../base/result.ts';

/** Samples per second of everything on the telephone. */
export const rate = 8000;

/** The server compares this text letter by letter, blanks included. */
export const endOfSound = '{"eof" : 1}';

/** `words` and alternatives off: only the text is read. */
export const configuration = (phrases: readonly string[]): string =>
  JSON.stringify({
    config: {
      sample_rate: rate,
      words: false,
      max_alternatives: 0,
      ...(phrases.length > 0 ? { phrase_list: phrases } : {}),
    },
  });

/** Said around the words that are looked for. Without them a recogniser that knows nothing else hears « fuite » in « pas de fuite ». */
const around = [
  ...'oui non pas ne de du des une un la le les il elle y a est sans aucun aucune ni plus mais très'.split(' '),
  ...'yes no not without the is there a but'.split(' '),
];

/** What a recogniser is to expect; `[unk]` stands for everything else. */
export const phrasesFor = (hints: readonly string[]): string[] =>
  hints.length === 0 ? [] : [...new Set([...hints.map((hint) => hint.toLowerCase()), ...around, '[unk]'])];

const answer = z.union([z.object({ partial: z.string() }), z.object({ text: z.string() })]);
/** Longer than anything said to a telephone. */
const longest = 2000;

export type Answer = { text: string; final: boolean };

/** One message of the server's. */
export function readAnswer(message: string): Result<Answer> {
  const nonsense = bad({ file: 'VIGIE_SPEECH_URL', message: 'what it answers is not Vosk’s protocol' });
  let given: unknown;
  try {
    given = JSON.parse(message);
  } catch {
    return nonsense;
  }
  const read = answer.safeParse(given);
  if (!read.success) return nonsense;
  const final = 'text' in read.data;
  const text = 'text' in read.data ? read.data.text : read.data.partial;
  return good({ text: text.replaceAll('[unk]', ' ').replace(/\s+/g, ' ').trim().slice(0, longest), final });
}
