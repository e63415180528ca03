// What a channel of a test is to do, one thing after the other. Each is asked for by its place: asked twice, it is the same. Pure.
import twilio from 'twilio';

const { VoiceResponse } = twilio.twiml;

export type Deed =
  /** Presses keys, which the far side gathers. */
  | { keys: string }
  /** Gathers so many keys, while it hears ringing or nothing. */
  | { digits: number; ringing?: true }
  /** Plays this address: sound for whoever records at the far side. */
  | { plays: string };

/** What it does while there is nothing to do: asks again. `holds`: not answered yet, or nothing to be heard; `rings`: hears ringing meanwhile. */
export type Idle = 'holds' | 'rings';

export type Script = { deeds: Deed[]; idle: Idle };

/** Keys that come sooner would find nobody who listens yet. */
const lead = 'w';
const ringingMs = 2_000;
/** Shorter than the fallback document's welcome: who gathers here ends before anybody is rung, if we are dead. */
const gatherSeconds = 4;
const post = { method: 'POST' } as const;

export type Places = {
  /** The address of a place in the script. */
  at: (place: number) => string;
  ringing: (ms: number) => string;
};

export function scriptDocument({ deeds, idle }: Script, place: number, { at, ringing }: Places): string {
  const voice = new VoiceResponse();
  const deed = deeds[place];
  if (!deed && idle === 'rings') voice.play(ringing(ringingMs));
  else if (!deed) voice.pause({ length: 1 });
  else if ('keys' in deed) voice.play({ digits: lead + deed.keys });
  else if ('plays' in deed) voice.play(deed.plays);
  else {
    const action = at(place + 1);
    const gather = voice.gather({
      ...{ action, ...post, numDigits: deed.digits, finishOnKey: '', timeout: gatherSeconds },
      ...{ input: ['dtmf'], actionOnEmptyResult: true },
    });
    if (deed.ringing) gather.play(ringing(ringingMs));
    return voice.toString();
  }
  voice.redirect(post, at(deed ? place + 1 : place));
  return voice.toString();
}

/** For one that needs us no more: keys now or none, and then it waits for its end. */
export function lastDocument(keys: string, seconds: number): string {
  const voice = new VoiceResponse();
  if (keys !== '') voice.play({ digits: lead + keys });
  voice.pause({ length: seconds });
  voice.hangup();
  return voice.toString();
}

/** A leg to a machine of ours first shows it which leg it is. */
export function shownDocument(code: string, then: string): string {
  const voice = new VoiceResponse();
  voice.play({ digits: lead + code });
  voice.redirect(post, then);
  return voice.toString();
}
