// ARI events as the house's events: each fact once, whatever Asterisk repeats. It asks for nothing; what an event makes necessary is in follow-up.ts.
import type { Instant } from '../../base/clock.ts';
import type { Arrival, CallEvent } from '../../domain/telephony/event.ts';
import { type Cause, type Hangup, hangup, hangupFrom } from '../../domain/telephony/hangup.ts';
import { toE164 } from '../../domain/telephony/numbers.ts';
import type { AriChannel, AriEvent } from './ari/words.ts';
import type { Channel, Registry } from './registry.ts';

/** What an event means for the call of `channel`; undefined: nothing, or nothing new. */
export type Meaning = { channel: Channel; event: CallEvent };

type Reading = (registry: Registry, event: AriEvent, at: Instant, recordings: string) => Meaning | undefined;

const readings: Record<string, Reading> = {
  ChannelDtmfReceived: (registry, { channel, digit }, at) => {
    const known = find(registry, channel);
    if (!known || !digit || !/^[0-9*#A-D]$/.test(digit)) return undefined;
    const event: CallEvent =
      known.role === 'leg' ? { type: 'leg-pressed', leg: known.id, digit, at } : { type: 'digits', digits: digit, at };
    return { channel: known, event };
  },
  // Sound before the answer is a sign of life as good as ringing: the carrier took the call.
  Dial: (registry, { peer, dialstatus }, at) =>
    dialstatus === 'RINGING' || dialstatus === 'PROGRESS' ? rings(registry, peer, at) : undefined,
  ChannelStateChange: (registry, { channel }, at) => {
    if (channel?.state === 'Up') return callerAnswered(find(registry, channel));
    return channel?.state === 'Ringing' ? rings(registry, channel, at) : undefined;
  },
  // A leg is answered once it is in our application: before that nothing can be asked of it.
  StasisStart: (registry, { channel }, at) => answered(find(registry, channel), at),
  PlaybackStarted: (registry, { playback }, at) => {
    const known = playback && registry.known(targetOf(playback.target_uri));
    if (!playback || known?.role !== 'leg') return undefined;
    if (known.started === playback.id || known.farewell === playback.id) return undefined;
    known.started = playback.id;
    return { channel: known, event: { type: 'leg-prompt-started', leg: known.id, playback: known.started, at } };
  },
  PlaybackFinished: (registry, { playback }, at) => {
    const known = playback && registry.known(targetOf(playback.target_uri));
    if (!known || !playback || !known.playing.delete(playback.id)) return undefined;
    return { channel: known, event: finished(known, playback.id, playback.state, at) };
  },
  RecordingFinished: (registry, { recording }, at, recordings) => {
    const known = recording && registry.known(targetOf(recording.target_uri));
    if (!known || !recording) return undefined;
    endRecording(known, recording.name);
    const { name, duration = 0 } = recording;
    const file = `${recordings}/${name}.wav`;
    return { channel: known, event: { type: 'recording-finished', recording: name, seconds: duration, file, at } };
  },
  RecordingFailed: (registry, { recording }, at) => {
    const known = recording && registry.known(targetOf(recording.target_uri));
    if (!known || !recording) return undefined;
    endRecording(known, recording.name);
    const why = `recording failed (${recording.cause ?? 'no cause given'})`;
    return { channel: known, event: { type: 'effect-failed', effect: recording.name, why, at } };
  },
  // The network's refusal, or ours. Asterisk's own ring timer asks nobody (measured with 22.10), and leaves the causes of a 480.
  ChannelHangupRequest: (registry, { channel }) => {
    const known = find(registry, channel);
    if (known) known.refused = true;
    return undefined;
  },
  StasisEnd: (registry, { channel }, at) => callerGone(find(registry, channel), at),
  ChannelDestroyed: (registry, { channel, cause, tech_cause }, at) => {
    const known = find(registry, channel);
    if (!known || known.over) return undefined;
    if (known.role === 'caller') return callerGone(known, at);
    registry.remove(known);
    return {
      channel: known,
      event: { type: 'leg-ended', leg: known.id, hangup: whyEnded(known, tech_cause, cause), at },
    };
  },
};

/** Event types without which the adapter cannot work: everything else is filtered at the source. */
export const readTypes: string[] = Object.keys(readings);

/** The meaning of one event. `recordings` is the folder in which Asterisk keeps what it records. */
export const meaningOf: Reading = (registry, event, at, recordings) =>
  Object.hasOwn(readings, event.type) ? readings[event.type]?.(registry, event, at, recordings) : undefined;

/** A channel, or the peer of a `Dial`. */
type Named = { id?: string | undefined } | undefined;
const find = (registry: Registry, channel: Named) => (channel?.id ? registry.find(channel.id) : undefined);

const targetOf = (uri: string | undefined) => (uri?.startsWith('channel:') ? uri.slice('channel:'.length) : '');

/** A playback that could not be played is a failure of its effect; the call goes on either way. */
export function finished(channel: Channel, playback: string, state: string | undefined, at: Instant): CallEvent {
  if (state === 'failed') return { type: 'effect-failed', effect: playback, why: 'Asterisk could not play it', at };
  return channel.role === 'leg'
    ? { type: 'leg-prompt-finished', leg: channel.id, playback, at }
    : { type: 'playback-finished', playback, at };
}

function endRecording(channel: Channel, name: string): void {
  if (channel.recording === name) delete channel.recording;
}

function rings(registry: Registry, channel: Named, at: Instant): Meaning | undefined {
  const known = find(registry, channel);
  if (known?.role !== 'leg' || known.rang || known.up || known.over) return undefined;
  known.rang = true;
  return { channel: known, event: { type: 'leg-ringing', leg: known.id, at } };
}

function answered(known: Channel | undefined, at: Instant): Meaning | undefined {
  if (known?.role !== 'leg' || known.up || known.over) return undefined;
  known.up = true;
  return { channel: known, event: { type: 'leg-answered', leg: known.id, at } };
}

function callerAnswered(known: Channel | undefined): undefined {
  if (known?.role === 'caller') known.up = true;
}

function callerGone(known: Channel | undefined, at: Instant): Meaning | undefined {
  if (known?.role !== 'caller' || known.over) return undefined;
  known.over = true;
  return { channel: known, event: { type: 'caller-hung-up', at } };
}

/** What Asterisk reports of a leg that its own ring timer ended: a 480, or (before version 22) nothing. */
const timerSays: ReadonlySet<Cause> = new Set(['unavailable', 'no-answer', 'unknown']);

/** Why a leg ended: what we did ourselves comes first, then what the network said. */
export function whyEnded(leg: Channel, sip: number | undefined, q850: number | undefined): Hangup {
  const said = hangupFrom(sip, q850);
  if (leg.up) return { ...hangup('normal'), ...(said.detail ? { detail: said.detail } : {}) };
  if (leg.endedByUs) return hangup('answered-elsewhere', 'cancelled by us');
  if (leg.refused || !timerSays.has(said.cause)) return said;
  return leg.rang ? hangup('no-answer', 'ring time over') : hangup('unreachable', 'the trunk gave no sign of life');
}

/** A caller at the door, from what the dialplan passed: `arrival,<called>,<caller>,<diversion>[,full]`. Undefined: not a caller. */
export function arrivalOf(channel: AriChannel, args: readonly string[], at: Instant): Arrival | undefined {
  if (args[0] !== 'arrival') return undefined;
  const trunk = /^PJSIP\/trunk-(.+)-[0-9a-f]{8}$/.exec(channel.name ?? '')?.[1];
  const divertedFrom = toE164(args[3]);
  const callerName = channel.caller?.name?.replace(/\p{Cc}/gu, '').slice(0, 80);
  return {
    channel: channel.id,
    carrier: 'asterisk',
    called: toE164(args[1]),
    caller: toE164(args[2]),
    at,
    ...(trunk ? { trunk } : {}),
    ...(divertedFrom ? { divertedFrom } : {}),
    ...(args[4] === 'full' ? { attested: 'full' as const } : {}),
    ...(callerName ? { callerName } : {}),
  };
}
