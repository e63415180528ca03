// One event's way through a call: step, answer at once what the house itself can answer, step again, until only the world is left.
import type { Instant } from '../../base/clock.ts';
import type { Call, CallContext, Step } from '../../domain/call/call.ts';
import { stepCall } from '../../domain/call/step.ts';
import type { Effect, LookUp, Originate, ResolveOnCall } from '../../domain/telephony/effect.ts';
import type { CallEvent } from '../../domain/telephony/event.ts';
import type { EffectId } from '../../domain/telephony/names.ts';

/** The house's own answers. `undefined`: not at once; the answer comes later as an event of its own. */
export interface Answers {
  resolve(call: Call, asked: ResolveOnCall, request: EffectId, at: Instant): CallEvent;
  lookUp(call: Call, asked: LookUp, request: EffectId, at: Instant): CallEvent | undefined;
  /** May this leg leave? An event says why not. */
  refuse(call: Call, asked: Originate, at: Instant): CallEvent | undefined;
  /** May a recording begin? An event says why not. */
  refuseRecording(call: Call, request: EffectId, at: Instant): CallEvent | undefined;
}

/** What one event came to: the call as it will be saved, and what is to be done once it is. */
export type Settled = {
  call: Call;
  /** For the carrier, in order. */
  outside: Effect[];
  /** Timer name → milliseconds from now, or null: stopped. */
  timers: Map<string, number | null>;
  /** Warnings and alerts, saved in the same transaction. */
  notices: Extract<Effect, { type: 'warn' | 'raise-alert' | 'deliver' }>[];
};

/** A step whose answer asks again would never end; no real call comes near this. */
const mostAnswers = 500;

export function settle(context: CallContext, first: Step, at: Instant, answers: Answers): Settled {
  const outcome: Settled = { call: first.call, outside: [], timers: new Map(), notices: [] };
  const queue = sort(outcome, first.effects, at, answers);
  for (let given = 0; queue.length > 0; given++) {
    if (given > mostAnswers) throw new Error(`call ${outcome.call.id} asks without end`);
    const event = queue.shift();
    if (!event) break;
    const step = stepCall(context, outcome.call, event);
    outcome.call = step.call;
    queue.push(...sort(outcome, step.effects, at, answers));
  }
  return { ...outcome, outside: legsFirst(outcome.outside) };
}

/** New legs leave before anything else: it is them that the caller waits for, and they need nothing of the caller's channel. */
const legsFirst = (effects: Effect[]): Effect[] => [
  ...effects.filter((effect) => effect.type === 'originate'),
  ...effects.filter((effect) => effect.type !== 'originate'),
];

/** Puts each effect where it belongs, and gives the answers that are there at once. */
function sort(outcome: Settled, effects: readonly Effect[], at: Instant, answers: Answers): CallEvent[] {
  return effects.flatMap((effect): CallEvent[] => {
    switch (effect.type) {
      case 'start-timer':
        outcome.timers.set(effect.name, effect.ms);
        return [];
      case 'cancel-timer':
        outcome.timers.set(effect.name, null);
        return [];
      case 'warn':
      case 'raise-alert':
      case 'deliver':
        tell(outcome, effect);
        return [];
      case 'resolve-on-call':
        return [answers.resolve(outcome.call, effect, effect.id, at)];
      case 'look-up':
        return [answers.lookUp(outcome.call, effect, effect.id, at) ?? []].flat();
      case 'originate': {
        const refused = answers.refuse(outcome.call, effect, at);
        if (!refused) outcome.outside.push(asTest(outcome.call, effect));
        return refused ? [refused] : [];
      }
      case 'record': {
        const refused = answers.refuseRecording(outcome.call, effect.id, at);
        if (!refused) outcome.outside.push(effect);
        return refused ? [refused] : [];
      }
      default:
        outcome.outside.push(effect);
        return [];
    }
  });
}

type Notice = Settled['notices'][number];

const asTest = ({ test }: Call, effect: Effect): Effect =>
  test && effect.type === 'originate' ? { ...effect, test: true } : effect;

/** A test call tells nobody; what it would have told stands in its record. */
function tell(outcome: Settled, notice: Notice): void {
  const { call } = outcome;
  if (call.test) outcome.call = { ...call, notes: [...call.notes, `would have been sent: ${wordsOf(notice)}`] };
  else outcome.notices.push(notice);
}

function wordsOf(notice: Notice): string {
  if (notice.type === 'warn') return `warning « ${notice.message} »`;
  if (notice.type === 'raise-alert') return `alert « ${notice.reason} »`;
  const { what } = notice;
  return what.by === 'ticket' ? `ticket for ${what.tool}` : `${what.by} « ${what.text} »`;
}
