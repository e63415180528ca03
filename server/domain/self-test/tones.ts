// Is sound heard both ways? One way after the other: a channel that sends a tone drops what comes in meanwhile (measured with Asterisk 22.10). Pure.
import type { ChannelId } from '../telephony/names.ts';
import { meansOf } from './means.ts';
import { change, emit, say, type TestStep, timer } from './moves.ts';
import type { Fault, Test } from './test.ts';

/** Pitches that no tone of the network has. The door's pair and the pair through the bridge differ, so that none passes for another. */
const pitches = { sounding: [1150, 1650], together: [1250, 1850] } as const;

/** Left as a message. */
export const messageHertz = 1050;

/** Our caller sends first. @param line the other end: the door, or the answerer behind the bridge */
export const beginTones = (step: TestStep, line: ChannelId): TestStep =>
  sendTone(change(step, { far: { channel: line, hears: true } }));

/** One way is known already: only the other is tried. */
export const soundBack = (step: TestStep, line: ChannelId): TestStep =>
  sendTone(change(step, { far: { channel: line, hears: false } }));

function sendTone(step: TestStep): TestStep {
  const { stage, caller, far } = step.test;
  if (!far || (stage !== 'sounding' && stage !== 'together')) return step;
  const hertz = pitches[stage][far.hears ? 0 : 1];
  const [from, to] = far.hears ? [caller, far.channel] : [far.channel, caller];
  return emit(
    step,
    { type: 'hear', channel: to, hertz },
    { type: 'sound', channel: from, hertz },
    timer('tones', meansOf[step.test.carrier].heardMs),
  );
}

/** @returns `both`: the second way was heard too. */
export function heardTone(step: TestStep, channel: ChannelId, at: number): { step: TestStep; both: boolean } {
  const { caller, far } = step.test;
  if (!far || channel !== (far.hears ? far.channel : caller)) return { step, both: false };
  const told = say(step, at, far.hears ? "la ligne entend l'appelant" : "l'appelant entend la ligne");
  const quiet = emit(told, ...silence(step.test));
  if (!far.hears) return { step: quiet, both: true };
  return { step: sendTone(change(quiet, { far: { ...far, hears: false } })), both: false };
}

/** Stops the tone that sounds now. */
export function silence({ stage, caller, far }: Test): { type: 'quiet'; channel: ChannelId }[] {
  if (!far || (stage !== 'sounding' && stage !== 'together')) return [];
  return [{ type: 'quiet', channel: far.hears ? caller : far.channel }];
}

/** The tone that was sent last did not arrive. */
export function unheard({ stage, far }: Test): Fault | undefined {
  if (stage === 'together' && !far) return { at: 'leaf', what: 'unheard-together', detail: 'pas dans la même salle' };
  const there = far?.hears === true;
  if (stage === 'sounding') return { at: 'way', what: there ? 'caller-unheard' : 'line-unheard' };
  if (stage !== 'together') return undefined;
  return { at: 'leaf', what: 'unheard-together', detail: there ? 'aller' : 'retour' };
}
