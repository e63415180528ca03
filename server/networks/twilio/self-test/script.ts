// What a channel of a test is to do, one thing after the other. Each is asked for by its place: asked twice, it is the same. Pure.
import { element, hangup, pause, play, redirect, response, type Twiml } from '../twiml.ts';

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

export type Places = {
  /** The address of a place in the script. */
  at: (place: number) => string;
  ringing: (ms: number) => string;
};

export function scriptDocument({ deeds, idle }: Script, place: number, places: Places): string {
  const deed = deeds[place];
  if (deed && 'digits' in deed) return response(gather(deed, place, places));
  const heard = deed ? doing(deed) : idle === 'rings' ? play(places.ringing(ringingMs)) : pause(1);
  return response(heard, redirect(places.at(deed ? place + 1 : place)));
}

const doing = (deed: Exclude<Deed, { digits: number }>): Twiml => ('keys' in deed ? keys(deed.keys) : play(deed.plays));
const keys = (digits: string): Twiml => element('Play', { digits: lead + digits });

function gather({ digits, ringing }: Extract<Deed, { digits: number }>, place: number, places: Places): Twiml {
  const attributes = {
    action: places.at(place + 1),
    method: 'POST',
    numDigits: digits,
    finishOnKey: '',
    timeout: gatherSeconds,
    input: 'dtmf',
    actionOnEmptyResult: true,
  };
  return element('Gather', attributes, ...(ringing ? [play(places.ringing(ringingMs))] : []));
}

/** An answerer ends with its leg; this is for one that does not. */
const answererSeconds = 120;

/** For one that needs us no more: keys now or none, and then it waits for its end. */
export const lastDocument = (digits: string): string =>
  response(...(digits === '' ? [] : [keys(digits)]), pause(answererSeconds), hangup);

/** A leg to a machine of ours first shows it which leg it is. */
export const shownDocument = (code: string, then: string): string => response(keys(code), redirect(then));
