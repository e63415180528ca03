// A view of the saved call as TwiML. It decides nothing: what is heard stands in call/view.ts.
import twilio from 'twilio';
import type { CallerView, LegView } from '../call/view.ts';
import type { CallId, LegId } from '../telephony/names.ts';
import type { Prompt } from '../telephony/prompt.ts';
import type { Links } from './links.ts';
import { type Heard, type Media, tongues } from './media.ts';

const { VoiceResponse } = twilio.twiml;
type Voice = InstanceType<typeof VoiceResponse>;
type Gather = ReturnType<Voice['gather']>;

export type Desk = { links: Links; media: Media };

const post = { method: 'POST' } as const;
const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** What the caller hears now. */
export function callerDocument(desk: Desk, call: CallId, view: CallerView): string {
  const voice = new VoiceResponse();
  switch (view.hears) {
    case 'sound':
      sound(voice, desk, call, view);
      break;
    case 'nothing-yet':
      voice.pause({ length: 1 });
      voice.redirect(post, desk.links.now(call));
      break;
    case 'company':
      company(voice, desk, call, view);
      break;
    case 'end':
      if (view.reason === 'normal') voice.hangup();
      else voice.reject({ reason: view.reason });
  }
  return voice.toString();
}

type View<K extends CallerView['hears']> = Extract<CallerView, { hears: K }>;

function sound(voice: Voice, desk: Desk, call: CallId, { sound, turn }: View<'sound'>): void {
  const after = (what: 'played' | 'keyed' | 'recorded') => desk.links.after(call, turn, what);
  if (sound.type === 'play') {
    say(voice, desk, sound.prompts);
    voice.redirect(post, after('played'));
  } else if (sound.type === 'record') {
    record(voice, desk, call, sound, after('recorded'));
  } else {
    gather(voice, desk, sound, after('keyed'));
  }
}

function gather(
  voice: Voice,
  desk: Desk,
  asked: Extract<View<'sound'>['sound'], { type: 'gather' }>,
  action: string,
): void {
  const { most, terminator, timeoutMs, speech, prompts, bargeIn } = asked;
  // What must be heard to its end stands before the gathering.
  if (bargeIn === false) say(voice, desk, prompts);
  const gathering = voice.gather({
    ...{ action, ...post, timeout: seconds(timeoutMs), numDigits: most, finishOnKey: finishKey(terminator) },
    ...{ actionOnEmptyResult: true, input: speech ? ['dtmf', 'speech'] : ['dtmf'] },
    ...(speech ? { language: spokenTongue(speech.language), hints: hintsOf(speech.hints), speechTimeout: 'auto' } : {}),
  });
  if (bargeIn !== false) say(gathering, desk, prompts);
}

type GatherOptions = NonNullable<Parameters<Voice['gather']>[0]>;
const spokenTongue = (language: string) => (tongues[language] ?? language) as NonNullable<GatherOptions['language']>;
/** Twilio takes 500 phrases of 100 characters, separated by commas. */
const hintsOf = (hints: readonly string[]): string =>
  hints
    .slice(0, 500)
    .map((hint) => hint.replaceAll(',', ' ').slice(0, 100))
    .join(', ');
/** One key of a telephone ends it; anything else means that none does. */
const finishKey = (terminator: string): string => (/^[0-9*#]$/.test(terminator) ? terminator : '');

/** Where nothing was recorded Twilio asks for nothing, and goes on to the next verb. */
function record(
  voice: Voice,
  desk: Desk,
  call: CallId,
  { maxMs, silenceMs, beep, terminator }: Extract<View<'sound'>['sound'], { type: 'record' }>,
  action: string,
): void {
  voice.record({
    ...{ action, ...post, maxLength: seconds(maxMs), timeout: seconds(silenceMs), finishOnKey: terminator },
    ...{ playBeep: beep, recordingStatusCallback: desk.links.recording(call), recordingStatusCallbackMethod: 'POST' },
  });
  voice.redirect(post, action);
}

/** The room of the call: nobody talks in it before the winner joins, and it ends with whoever leaves first. */
function company(voice: Voice, { links }: Desk, call: CallId, { turn, talking }: View<'company'>): void {
  const dial = voice.dial({ action: links.after(call, turn, 'left'), ...post });
  dial.conference(
    {
      ...{ startConferenceOnEnter: talking, endConferenceOnExit: true, beep: 'false', maxParticipants: 2 },
      ...{ waitUrl: links.wait(call, 0), waitMethod: 'POST', participantLabel: 'caller' },
    },
    call,
  );
}

/** What the person who was rung hears now. */
export function legDocument(desk: Desk, call: CallId, leg: LegId, view: LegView): string {
  const voice = new VoiceResponse();
  if (view.hears === 'question') {
    const action = desk.links.pressed(leg, view.question);
    const timeout = seconds(view.waitMs);
    const gathering = voice.gather({
      action,
      ...post,
      timeout,
      numDigits: 1,
      finishOnKey: '',
      actionOnEmptyResult: true,
    });
    say(gathering, desk, view.prompts);
  } else if (view.hears === 'nothing-yet') {
    voice.pause({ length: 1 });
    voice.redirect(post, desk.links.leg(leg));
    return voice.toString();
  } else if (view.hears === 'company') {
    const room = { startConferenceOnEnter: true, endConferenceOnExit: true, maxParticipants: 2 };
    voice.dial().conference({ ...room, beep: 'false', participantLabel: leg }, call);
  } else if (view.hears === 'farewell') {
    say(voice, desk, view.prompts);
  }
  voice.hangup();
  return voice.toString();
}

/** What the waiting caller hears: the music from where it was, then the words, and again. */
export function waitDocument(
  { links, media }: Desk,
  call: CallId,
  round: number,
  wait: { sound: 'music' | 'ringing'; words: Prompt[]; everyMs: number },
): string {
  const voice = new VoiceResponse();
  voice.play(links.audio(media.waiting(wait.sound, round * wait.everyMs, wait.everyMs)));
  say(voice, { links, media }, wait.words);
  voice.redirect(post, links.wait(call, round + 1));
  return voice.toString();
}

/** A call that nobody knows any more. */
export function endDocument(): string {
  const voice = new VoiceResponse();
  voice.hangup();
  return voice.toString();
}

function say(verbs: Voice | Gather, { links, media }: Desk, prompts: readonly Prompt[]): void {
  for (const heard of media.heard(prompts, links.audio)) one(verbs, heard);
}

function one(verbs: Voice | Gather, heard: Heard): void {
  if ('play' in heard) verbs.play(heard.play);
  else if ('pauseSeconds' in heard) verbs.pause({ length: heard.pauseSeconds });
  else verbs.say({ language: heard.language as 'fr-FR' }, heard.say);
}
