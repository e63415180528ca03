// The steps of a test call: pure. It calls its own number, proves at the door who it is, is heard both ways, keys its way to the leaf, and rings off.
import type { FinishedCall } from '../call/record.ts';
import type { Hangup } from '../telephony/hangup.ts';
import { answererOf, type ChannelId } from '../telephony/names.ts';
import { hidden } from './disguised.ts';
import { answered, arrived, pressed, unproved } from './door.ts';
import { endedAt } from './ending.ts';
import { meansOf } from './means.ts';
import { change, emit, failed, over, say, settles, type TestStep, timer } from './moves.ts';
import { asked, press } from './questions.ts';
import { type Fault, newTest, type Plan, type Test, type TestEvent, type View } from './test.ts';
import { beginTones, heardTone, messageHertz, unheard } from './tones.ts';

export type { TestStep } from './moves.ts';

/** Longer than our call rings (`ringMs`), whatever becomes of this server: it then has ended by itself. */
const guardSeconds = 20;
export const ringMs = 12_000;
/** A recording is finished, and the record made. */
const leaveMs = 8_000;

const longestMs = ({ inputs }: Plan) => 90_000 + 20_000 * inputs.length;

export function startTest(plan: Plan, at: number): TestStep {
  const test = say(
    { test: newTest(plan, at), effects: [] },
    at,
    `appel du ${plan.line} par ${plan.trunk}, vers ${plan.leaf}`,
  );
  return emit(
    test,
    { type: 'expect', seconds: guardSeconds },
    { type: 'dial' },
    timer('back', meansOf[plan.carrier].backMs),
    timer('longest', longestMs(plan)),
  );
}

export function stepTest(test: Test, event: TestEvent): TestStep {
  const still: TestStep = { test, effects: [] };
  if (test.stage === 'over')
    return event.type === 'arrival' ? emit(still, { type: 'admit', arrival: event.arrival }) : still;
  switch (event.type) {
    case 'arrival':
      return arrived(still, event.arrival, event.at);
    case 'ringing':
      return event.channel === test.caller ? say(still, event.at, 'ça sonne') : still;
    case 'answered':
      return event.channel === test.caller ? answered(still, event.at) : still;
    case 'pressed':
      return pressed(still, event.channel, event.digit, event.at);
    case 'heard':
      return heard(still, event.channel, event.at);
    case 'called':
      return emit(still, { type: 'answer', channel: event.channel, ringing: false });
    case 'together':
      return test.stage === 'together'
        ? leave(say(still, event.at, 'les deux sont dans la même salle'), event.at)
        : still;
    case 'ended':
      return ended(still, event.channel, event.hangup, event.at);
    case 'timer':
      return due(still, event.name, event.at);
    case 'step':
      return inside(change(still, { call: event.call.id }), event.view, event.at);
    case 'call-over':
      return callOver(still, event.record, event.at);
    case 'lost':
      return lost(still, event.why, event.at);
    case 'back':
      return test.stage === 'settling' ? endAgain(still) : still;
  }
}

function heard(before: TestStep, channel: ChannelId, at: number): TestStep {
  if (before.test.stage !== 'sounding' && before.test.stage !== 'together') return before;
  const { step, both } = heardTone(before, channel, at);
  if (!both) return step;
  const { door, id } = step.test;
  if (step.test.stage === 'together') return leave(step, at);
  return door ? emit(change(step, { stage: 'inside' }), { type: 'admit', arrival: { ...door, test: { id } } }) : step;
}

/** Nothing can be ended now: whoever was held is held again once the connection is back, until our own leg is gone. */
function lost(step: TestStep, detail: string, at: number): TestStep {
  const fault: Fault = step.test.fault ?? { at: 'ours', what: 'interrupted', detail };
  const { door: _, ...rest } = step.test;
  const next: Test = { ...rest, fault, stage: 'settling', candidates: [], others: [] };
  return say({ ...step, test: next }, at, `interrompu : ${detail}`);
}

const endAgain = (step: TestStep): TestStep =>
  emit(step, { type: 'hang-up', channel: step.test.caller }, settles(step.test));

/** All that was to be shown is shown: rings off, as a caller does, and waits for the record. */
function leave(step: TestStep, at: number): TestStep {
  const next = say(change(step, { stage: 'leaving' }), at, 'essai concluant : raccroche');
  return emit(next, { type: 'hang-up', channel: step.test.caller }, timer('settled', leaveMs));
}

/** In the flow: answers each question as planned, presses 1 in a person's place, and speaks once joined. */
function inside(step: TestStep, view: View, at: number): TestStep {
  const { test } = step;
  if (test.stage !== 'inside') return step;
  if (view.asking && !test.seen.includes(view.asking.effect)) return asked(step, view.node, view.asking, at);
  const waiting = view.legs.find((leg) => leg.awaitsKey && !test.confirmed.includes(leg.id));
  const confirmed = waiting
    ? emit(change(step, { confirmed: [...test.confirmed, waiting.id] }), {
        type: 'press',
        channel: answererOf(waiting.id),
        keys: '1',
      })
    : step;
  if (view.missed) return failed(confirmed, view.missed, at);
  if (view.node !== test.leaf) return confirmed;
  const taken = view.legs.find((leg) => leg.taken);
  if (view.talking && taken) {
    const joined = say(change(confirmed, { stage: 'together' }), at, 'en relation avec le répondeur d’essai');
    return met(joined, answererOf(taken.id));
  }
  if (!view.recording) return confirmed;
  const speaking = say(change(confirmed, { stage: 'leaving' }), at, 'laisse un message');
  return emit(
    speaking,
    { type: 'sound', channel: test.caller, hertz: messageHertz },
    timer('said', meansOf[test.carrier].saidMs),
  );
}

/** Joined: heard both ways, or, where no tone can be heard, seen to be in one room. */
function met(step: TestStep, line: ChannelId): TestStep {
  const { carrier, caller, call = '' } = step.test;
  const { proof, heardMs } = meansOf[carrier];
  if (proof === 'tones') return beginTones(step, line);
  const { far: _, ...test } = step.test;
  return emit({ ...step, test }, { type: 'meet', channel: caller, call }, timer('tones', heardMs));
}

function ended(step: TestStep, channel: ChannelId, hangup: Hangup, at: number): TestStep {
  const { test } = step;
  const gone = change(step, {
    candidates: test.candidates.filter(({ arrival }) => arrival.channel !== channel),
    others: test.others.filter((one) => one.channel !== channel),
  });
  const known = test.others.find((one) => one.channel === channel);
  const disguised =
    test.stage === 'settling' && !test.door && known && ![...test.own, test.shows].includes(known.caller);
  // Our leg was ended, and with it one that rang under another number: that one was us.
  const named: TestStep = disguised
    ? change(gone, { fault: { at: 'way', what: 'disguised', detail: known.caller || hidden } })
    : gone;
  const ours = channel === test.caller || (test.stage === 'sounding' && channel === test.door?.channel);
  return ours && !test.fault ? cutOff(named, hangup, at) : named;
}

/** Our own leg is over before its time. In the flow, the record of the call is still to come. */
function cutOff(step: TestStep, hangup: Hangup, at: number): TestStep {
  const { stage, answeredAt } = step.test;
  const what = answeredAt === undefined ? 'refused' : 'cut';
  const fault: Fault = { at: 'way', what, detail: hangup.detail ?? hangup.cause };
  if (stage === 'dialling' || stage === 'sounding') return failed(step, fault, at);
  if (stage !== 'inside' && stage !== 'together') return step;
  return emit(change(step, { fault, stage: 'settling' }), timer('settled', leaveMs));
}

function due(step: TestStep, name: string, at: number): TestStep {
  const { test } = step;
  if (name === 'key') return press(step);
  if (name === 'said' && test.stage !== 'leaving') return step;
  if (name === 'said') return leave(emit(step, { type: 'quiet', channel: test.caller }), at);
  if (name === 'settled')
    return test.stage === 'settling' || test.stage === 'leaving' ? over(step, undefined, at) : step;
  const fault = lateness(test, name);
  return fault ? failed(step, fault, at) : step;
}

/** What has not happened in its time. */
function lateness(test: Test, name: string): Fault | undefined {
  const { stage, leaf } = test;
  if (name === 'held' || name === 'back') return stage === 'dialling' ? unproved(test, name) : undefined;
  if (name === 'longest')
    return stage === 'inside' || stage === 'together' ? { at: 'leaf', what: 'too-long', detail: leaf } : undefined;
  return name === 'tones' ? unheard(test) : undefined;
}

/** The record tells whether the way ended where it should. */
function callOver(step: TestStep, record: FinishedCall, at: number): TestStep {
  const { test } = step;
  const known = change(step, { call: record.id });
  if (test.stage === 'leaving' || test.fault) return over(known, undefined, at);
  const fault = endedAt(test, record);
  return over(fault ? known : say(known, at, `arrivé à ${test.leaf}`), fault, at);
}
