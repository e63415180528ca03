// The addresses that Twilio asks and tells. Each carries what the answer depends on: the call, its turn, the leg, the question.
import { type CallId, callOf, type EffectId, type LegId } from '../../domain/telephony/names.ts';

/** Everything of ours stands below this path. */
export const root = '/twilio';

/** Twilio gives up at once where we do not answer (webhook connection overrides): our own calls must not outlive us. */
const soon = '#ct=1000&rt=3000&tt=4000&rc=0';

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
    /** A caller who is kept at the door while a test is on its way. */
    door: (place: number) => at('door', place),
    test: (test: string, place: number) => at('test', test, place) + soon,
    testStatus: (test: string) => at('test-status', test),
    testLeg: (leg: LegId) => at('test-leg', leg) + soon,
    message: () => at('sms'),
    messageStatus: (id: string, last: boolean) => at('sms-status', encodeURIComponent(id), last ? 'last' : 'part'),
  };
};
