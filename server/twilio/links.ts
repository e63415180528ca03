// The addresses that Twilio asks and tells. Each carries what the answer depends on: the call, its turn, the leg, the question.
import { type CallId, callOf, type EffectId, type LegId } from '../telephony/names.ts';

/** Everything of ours stands below this path. */
export const root = '/twilio';

/** What came to its end on the caller's channel. */
export type Ending = 'played' | 'keyed' | 'recorded' | 'left';

export type Links = ReturnType<typeof linksFor>;

export const linksFor = (publicUrl: string) => {
  const at = (...path: (string | number)[]) => [publicUrl.replace(/\/$/, '') + root, ...path].join('/');
  return {
    /** The number's voice URL: a caller at the door. */
    arrival: () => at('voice'),
    /** The number's status callback: the caller is gone. */
    gone: () => at('gone'),
    now: (call: CallId) => at('voice', call),
    after: (call: CallId, turn: number, what: Ending) => at('voice', call, turn, what),
    wait: (call: CallId, round: number) => at('wait', call, round),
    leg: (leg: LegId) => at('leg', leg),
    pressed: (leg: LegId, question: EffectId) => at('leg', leg, question.slice(callOf(question).length + 1)),
    legStatus: (leg: LegId) => at('leg-status', leg),
    legHeard: (leg: LegId) => at('leg-heard', leg),
    recording: (call: CallId) => at('recording', call),
    audio: (name: string) => at('audio', name),
    message: () => at('sms'),
    messageStatus: (id: string, last: boolean) => at('sms-status', encodeURIComponent(id), last ? 'last' : 'part'),
  };
};
