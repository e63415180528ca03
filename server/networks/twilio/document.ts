// A view of the saved call as TwiML. It decides nothing: what is heard stands in call/view.ts.
import type { CallerView, LegView } from '../../domain/call/view.ts';
import type { CallId, LegId } from '../../domain/telephony/names.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import type { Links } from './links.ts';
import { type Heard, type Media, tongues } from './media.ts';
import { element, hangup, pause, play, redirect, response, say, type Twiml, words } from './twiml.ts';

export type DocumentParts = { links: Links; media: Media };

const post = { method: 'POST' };
const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** What the caller hears now. */
export const callerDocument = (config: DocumentParts, call: CallId, view: CallerView): string =>
  response(...heardBy(config, call, view));

function heardBy(config: DocumentParts, call: CallId, view: CallerView): Twiml[] {
  switch (view.hears) {
    case 'sound':
      return sound(config, call, view);
    case 'nothing-yet':
      return [pause(1), redirect(config.links.now(call))];
    case 'company':
      return [company(config, call, view)];
    case 'end':
      return [view.reason === 'normal' ? hangup : element('Reject', { reason: view.reason })];
  }
}

type View<K extends CallerView['hears']> = Extract<CallerView, { hears: K }>;
type Sound<T extends View<'sound'>['sound']['type']> = Extract<View<'sound'>['sound'], { type: T }>;

function sound(config: DocumentParts, call: CallId, { sound, turn }: View<'sound'>): Twiml[] {
  const after = (what: 'played' | 'keyed' | 'recorded') => config.links.after(call, turn, what);
  if (sound.type === 'play') return [...aloud(config, sound.prompts), redirect(after('played'))];
  if (sound.type === 'record') return record(config, call, sound, after('recorded'));
  return gather(config, sound, after('keyed'));
}

/** What must be heard to its end stands before the gathering. */
function gather(config: DocumentParts, asked: Sound<'gather'>, action: string): Twiml[] {
  const { most, terminator, timeoutMs, speech, prompts, bargeIn } = asked;
  const said = aloud(config, prompts);
  const attributes = {
    action,
    ...post,
    timeout: seconds(timeoutMs),
    numDigits: most,
    finishOnKey: finishKey(terminator),
    actionOnEmptyResult: true,
    input: speech ? ['dtmf', 'speech'] : ['dtmf'],
    ...(speech ? { language: spokenTongue(speech.language), hints: hintsOf(speech.hints), speechTimeout: 'auto' } : {}),
  };
  return bargeIn === false ? [...said, element('Gather', attributes)] : [element('Gather', attributes, ...said)];
}

const spokenTongue = (language: string): string => tongues[language] ?? language;
/** Twilio takes 500 phrases of 100 characters, separated by commas. */
const hintsOf = (hints: readonly string[]): string =>
  hints
    .slice(0, 500)
    .map((hint) => hint.replaceAll(',', ' ').slice(0, 100))
    .join(', ');
/** One key of a telephone ends it; anything else means that none does. */
const finishKey = (terminator: string): string => (/^[0-9*#]$/.test(terminator) ? terminator : '');

/** Where nothing was recorded Twilio asks for nothing, and goes on to the next verb. */
function record(config: DocumentParts, call: CallId, sound: Sound<'record'>, action: string): Twiml[] {
  const { maxMs, silenceMs, beep, terminator } = sound;
  const recording = element('Record', {
    action,
    ...post,
    maxLength: seconds(maxMs),
    timeout: seconds(silenceMs),
    finishOnKey: terminator,
    playBeep: beep,
    recordingStatusCallback: config.links.recording(call),
    recordingStatusCallbackMethod: 'POST',
  });
  return [recording, redirect(action)];
}

/** The room of the call: nobody talks in it before the winner joins, and it ends with whoever leaves first. */
const company = ({ links }: DocumentParts, call: CallId, { turn, talking }: View<'company'>): Twiml =>
  room({ action: links.after(call, turn, 'left'), ...post }, call, {
    startConferenceOnEnter: talking,
    waitUrl: links.wait(call, 0),
    waitMethod: 'POST',
    participantLabel: 'caller',
  });

const room = (dial: Record<string, string>, call: CallId, more: Record<string, string | boolean>): Twiml =>
  element(
    'Dial',
    dial,
    element('Conference', { endConferenceOnExit: true, beep: 'false', maxParticipants: 2, ...more }, words(call)),
  );

/** What the person who was rung hears now. */
export function legDocument(config: DocumentParts, call: CallId, leg: LegId, view: LegView): string {
  switch (view.hears) {
    case 'question':
      return response(question(config, leg, view), hangup);
    case 'nothing-yet':
      return response(pause(1), redirect(config.links.leg(leg)));
    case 'company':
      return response(room({}, call, { startConferenceOnEnter: true, participantLabel: leg }), hangup);
    case 'farewell':
      return response(...aloud(config, view.prompts), hangup);
    case 'end':
      return endDocument();
  }
}

const question = (config: DocumentParts, leg: LegId, view: Extract<LegView, { hears: 'question' }>): Twiml =>
  element(
    'Gather',
    {
      action: config.links.pressed(leg, view.question),
      ...post,
      timeout: seconds(view.waitMs),
      numDigits: 1,
      finishOnKey: '',
      actionOnEmptyResult: true,
    },
    ...aloud(config, view.prompts),
  );

/** What the waiting caller hears: the music from where it was, then the words, and again. */
export const waitDocument = (
  config: DocumentParts,
  call: CallId,
  round: number,
  wait: { sound: 'music' | 'ringing'; words: Prompt[]; everyMs: number },
): string =>
  response(
    play(config.links.audio(config.media.waiting(wait.sound, round * wait.everyMs, wait.everyMs))),
    ...aloud(config, wait.words),
    redirect(config.links.wait(call, round + 1)),
  );

/** A call that nobody knows any more. */
export const endDocument = (): string => response(hangup);

const aloud = ({ links, media }: DocumentParts, prompts: readonly Prompt[]): Twiml[] =>
  media.heard(prompts, links.audio).map(verbOf);

function verbOf(heard: Heard): Twiml {
  if ('play' in heard) return play(heard.play);
  return 'pauseSeconds' in heard ? pause(heard.pauseSeconds) : say(heard.language, heard.say);
}
