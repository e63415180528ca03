// The door of a test call: who of those at our number is our own call? Only the code tells, and until it has told nobody of them rings anybody. Pure.
import type { Arrival } from '../telephony/event.ts';
import type { ChannelId } from '../telephony/names.ts';
import { meansOf } from './means.ts';
import { change, emit, letAllIn, say, type TestStep, timer } from './moves.ts';
import type { Fault, Test } from './test.ts';
import { beginTones, soundBack } from './tones.ts';

/** Somebody at our number's door. Who shows our number may be us; who shows another may be us as a carrier rewrote us: they ring on, unanswered. */
export function arrived(step: TestStep, arrival: Arrival, at: number): TestStep {
  const { test } = step;
  const known = [...test.candidates.map((one) => one.arrival), ...test.others];
  // Told twice, it is one caller.
  if (known.some(({ channel }) => channel === arrival.channel)) return step;
  const unknown = test.stage === 'dialling' || (test.stage === 'settling' && !test.door);
  if (!unknown) return emit(step, { type: 'admit', arrival });
  const first = known.length === 0;
  const waits = first && test.stage === 'dialling' ? emit(step, timer('held', meansOf[test.carrier].heldMs)) : step;
  if (test.stage === 'settling' || !test.own.includes(arrival.caller))
    return change(waits, { others: [...test.others, arrival] });
  const held = change(waits, { candidates: [...test.candidates, { arrival, keyed: '' }] });
  const told = say(held, at, `un appel arrive, montrant le ${arrival.caller}`);
  return emit(told, { type: 'answer', channel: arrival.channel, ringing: true });
}

/** Answered: the code is keyed. It reaches the candidate that is us, or is lost on the way. */
export function answered(step: TestStep, at: number): TestStep {
  if (step.test.answeredAt !== undefined) return step;
  const seconds = ((at - step.test.startedAt) / 1000).toFixed(1);
  const told = say(change(step, { answeredAt: at }), at, `décroché après ${seconds} s`);
  return emit(told, { type: 'press', channel: told.test.caller, keys: told.test.code });
}

export function pressed(step: TestStep, channel: ChannelId, digit: string, at: number): TestStep {
  const { test } = step;
  const one = test.candidates.find(({ arrival }) => arrival.channel === channel);
  if (test.stage !== 'dialling' || !one) return step;
  const keyed = one.keyed + digit;
  if (keyed === test.code) return proved(step, one.arrival, at);
  // A wrong key spoils the only try there is. It may still be us, on a network that loses keys: nobody is let in for it.
  return change(step, { candidates: test.candidates.map((each) => (each === one ? { ...each, keyed } : each)) });
}

/** Now it is known which one is us: everybody else goes in, and sound is sent both ways. */
function proved(step: TestStep, door: Arrival, at: number): TestStep {
  const mine = step.test.candidates.filter(({ arrival }) => arrival !== door);
  const free = letAllIn(change(step, { candidates: mine }));
  const told = say(change(free, { stage: 'sounding', door }), at, 'reconnu à son code : les touches passent');
  if (meansOf[step.test.carrier].proof === 'tones') return beginTones(told, door.channel);
  return soundBack(say(told, at, "la ligne entend l'appelant : son code"), door.channel);
}

/** Nobody at the door has proved to be us. Before anybody is let in as a caller, our own leg is ended: it must ring nobody. */
export function unproved({ answeredAt, candidates }: Test, name: 'held' | 'back'): Fault {
  if (answeredAt !== undefined && candidates.length > 0) return { at: 'way', what: 'keys-lost' };
  if (name === 'held') return { at: 'ours', what: 'interrupted', detail: 'un appelant attend' };
  return { at: 'way', what: 'not-back', ...(answeredAt === undefined ? {} : { detail: 'décroché ailleurs' }) };
}
