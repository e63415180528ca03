// The call back that the line begins by itself: what the technician hears before it, and the small flow that they are in once they said yes.
import type { DialSpec } from '../telephony/dial.ts';
import type { PersonId, PhoneNumber } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import { dialWords } from './nodes/dial/words.ts';
import { callBackFlows, callBackIn } from './own-flows.ts';
import { ownLine, stateAt } from './run.ts';
import type { Flow, FlowSet } from './set.ts';
import { spell, spokenNumber } from './speak.ts';
import { spoken } from './spoken.ts';
import type { FlowState } from './state.ts';
import { wordsIn } from './words.ts';

/** Whom the line rings, for whom, in which language. Both numbers and the person are the server's own, never keyed. */
export type CallBackAsked = { person: PersonId; language: string; number: PhoneNumber; line: PhoneNumber };

/** Each phone of the technician rings so long, and nobody waits: they are asked for no longer than this. */
const ringMs = 25_000;
const longestMs = 90_000;
const keyMs = 10_000;

/** « Ligne : », before its name. */
const onLine = (language: string): string => dialWords(language).onLine.split('{line}')[0] ?? '';

/** Said in every language that the line speaks: to be made ahead. */
export const callBackPrompts: Extract<Prompt, { kind: 'text' }>[] = Object.values(callBackFlows).flatMap(
  (flow: Flow) => {
    const { callBackAsked, callBackQuestion, customerAbsent } = wordsIn(flow.language);
    return [callBackAsked, callBackQuestion, customerAbsent, onLine(flow.language)].flatMap((text) =>
      spoken(text, flow.language).flatMap((one) => (one.kind === 'text' ? [one] : [])),
    );
  },
);

/** The technician is rung as in any hunt: their phones, the trunks, the key. */
export function technicianSpec(set: FlowSet, { person, language, number, line }: CallBackAsked): DialSpec {
  const tongue = callBackFlows[callBackIn(language)]?.language ?? 'fr';
  const words = wordsIn(tongue);
  const say = (text: string) => spoken(text, tongue);
  const own = ownLine(set, line);
  const named = own ? [...say(onLine(tongue)), ...spoken(own.name, tongue, own.language !== tongue)] : [];
  return {
    levels: [{ target: { person }, strategy: 'sequential', rounds: 1, ringMs }],
    maxWaitMs: longestMs,
    wait: 'ringing',
    words: { prompts: [], everyMs: longestMs },
    announce: [...say(words.callBackAsked), ...spell(spokenNumber(number), tongue), ...named],
    confirm: { by: 'key', question: say(words.callBackQuestion), taken: [], waitMs: keyMs },
    show: 'line',
    line,
    caller: '',
  };
}

/** Before its first step: the technician is not there yet. */
export const callBackState = ({ person, language, number, line }: CallBackAsked): FlowState => ({
  ...stateAt(callBackIn(language), line, ''),
  answered: true,
  technician: { person, last: number },
});
