// What a webhook means for its call, as the house's events. Pure: the saved call says what was awaited; all else means nothing.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import type { Legs } from '../../domain/call/view.ts';
import { legOf } from '../../domain/hunt/state.ts';
import type { Arrival, CallEvent, Verdict } from '../../domain/telephony/event.ts';
import { hangup, hangupFromTwilio } from '../../domain/telephony/hangup.ts';
import type { EffectId, LegId } from '../../domain/telephony/names.ts';
import type { Ending } from './links.ts';
import { numberOf, overStatuses, type VoiceWebhook } from './webhook.ts';

/** A caller at the door. The number that forwarded the call shows a loop. */
export function arrivalOf(said: VoiceWebhook, at: Instant): Arrival {
  const divertedFrom = numberOf(said.ForwardedFrom);
  const callerName = said.CallerName?.replace(/\p{Cc}/gu, '').slice(0, 80);
  return {
    channel: said.CallSid,
    carrier: 'twilio',
    called: numberOf(said.To),
    caller: numberOf(said.From),
    at,
    ...(divertedFrom ? { divertedFrom } : {}),
    ...attestedIn(said.StirVerstat),
    ...(callerName ? { callerName } : {}),
  };
}

/** Only A says that the caller may use the number; a failed check says that they may not. */
function attestedIn(verstat: string | undefined): Pick<Arrival, 'attested'> {
  if (verstat === 'TN-Validation-Passed-A') return { attested: 'full' };
  return verstat?.startsWith('TN-Validation-Failed') ? { attested: 'failed' } : {};
}

/** What came to its end on the caller's channel, in this turn of the flow; nothing for any other turn. */
export function endings(
  call: Call,
  turn: number,
  what: Ending,
  said: VoiceWebhook,
  file: string,
  at: Instant,
): CallEvent[] {
  const ended = turn === call.flow.turn ? ending(call, what, said, file, at) : [];
  return isOver(said) ? [...ended, { type: 'caller-hung-up', at }] : ended;
}

export const isOver = ({ CallStatus }: VoiceWebhook): boolean =>
  CallStatus !== undefined && overStatuses.has(CallStatus);

function ending({ flow, hunt }: Call, what: Ending, said: VoiceWebhook, file: string, at: Instant): CallEvent[] {
  const { doing } = flow;
  if (what === 'played' && doing.kind === 'playing') return [{ type: 'playback-finished', playback: doing.effect, at }];
  if (what === 'keyed' && doing.kind === 'asking') return keyed(said, at);
  if (what === 'recorded' && doing.kind === 'recording') {
    const seconds = said.RecordingSid ? (said.RecordingDuration ?? 0) : 0;
    return [{ type: 'recording-finished', recording: doing.effect, seconds, file, at }];
  }
  // The room closed under a caller who is still there: it was the other who left.
  const winner = what === 'left' && !isOver(said) ? hunt?.legs.find((leg) => leg.phase === 'taken') : undefined;
  return winner ? [{ type: 'leg-ended', leg: winner.id, hangup: hangup('normal'), at }] : [];
}

/** A key is surer than a word. 0 is what Twilio writes where recognition gave no confidence. */
function keyed({ Digits, SpeechResult, Confidence }: VoiceWebhook, at: Instant): CallEvent[] {
  if (Digits !== '' || SpeechResult === '') return [{ type: 'digits', digits: Digits, final: true, at }];
  return [{ type: 'speech', text: SpeechResult, ...(Confidence > 0 ? { confidence: Confidence } : {}), at }];
}

/** The document of a leg is asked for when its phone is picked up: the one sure sign of an answer. */
export function legAnswered(call: Legs, id: LegId, at: Instant): CallEvent[] {
  const leg = call.hunt && legOf(call.hunt, id);
  const awaited = leg?.phase === 'calling' || leg?.phase === 'ringing';
  return awaited || !leg ? [{ type: 'leg-answered', leg: id, at }] : [];
}

/** A key pressed in answer to this question, or none in all the time there was. */
export function legPressed(call: Legs, id: LegId, question: EffectId, digits: string, at: Instant): CallEvent[] {
  const leg = call.hunt && legOf(call.hunt, id);
  if (leg?.phase !== 'asking' || leg.question !== question) return [];
  if (digits === '') return [{ type: 'leg-ended', leg: id, hangup: hangup('not-confirmed'), at }];
  return [...digits].map((digit) => ({ type: 'leg-pressed', leg: id, digit, at }));
}

/** The progress of a leg. That it answered is told by its document, not by this. */
export function legProgress(id: LegId, said: VoiceWebhook, at: Instant): CallEvent[] {
  if (said.CallStatus === 'ringing') return [{ type: 'leg-ringing', leg: id, at }];
  if (!said.CallStatus || !isOver(said)) return [];
  return [{ type: 'leg-ended', leg: id, hangup: hangupFromTwilio(said.CallStatus, said.SipResponseCode), at }];
}

const verdicts: Record<string, Verdict> = { human: 'human', fax: 'tone', unknown: 'unsure' };

/** Twilio's guess at who answered: noted, never decisive. */
export function legHeard(id: LegId, said: VoiceWebhook, at: Instant): CallEvent[] {
  const by = said.AnsweredBy ?? '';
  const verdict = by.startsWith('machine_') ? 'machine' : verdicts[by];
  if (!verdict) return [];
  const ms = said.MachineDetectionDuration ?? 0;
  return [{ type: 'leg-heard', leg: id, verdict, strong: false, ms, because: `Twilio: ${by}`, at }];
}
