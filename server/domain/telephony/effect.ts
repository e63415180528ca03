// Everything a call can ask for. Each effect carries an id made by us; its failure comes back as `effect-failed` with that id.
import type { Instant } from '../../base/clock.ts';
import type { EffectId, LegId, PersonId, PhoneNumber, TrunkId, Value } from './names.ts';
import type { Prompt } from './prompt.ts';

/** Who is asked for: a planning's people, one person, or a number written in a reviewed file. */
export type Target = { planning: string } | { person: PersonId } | { number: PhoneNumber };

export type Originate = {
  type: 'originate';
  leg: LegId;
  person: PersonId;
  number: PhoneNumber;
  trunk: TrunkId;
  /** Number shown to the person rung. */
  callerId: PhoneNumber;
  /** Sent as Diversion when the caller's own number is shown. */
  diversion?: PhoneNumber;
  ringMs: number;
  /** Most calls this person takes at once; the switchboard refuses with `occupied` beyond it. */
  maxCalls: number;
  /** Of a test call: a machine of ours answers, and nobody's telephone rings. */
  test?: true;
};

/** Asked of a table or service; answered by `looked-up` with the same id as `request`. */
export type LookUp = { type: 'look-up'; flow: string; table: string; key: Value };
/** Asked of the planning room; answered by `on-call-resolved`. */
export type ResolveOnCall = {
  type: 'resolve-on-call';
  target: Target;
  /** The flow's own word, where it has one: `rotating` takes a turn, so that another person is first next time. */
  strategy?: string;
};

/** A message or a ticket that a flow asks for. Its words are fixed; addresses are found when it is sent. */
export type Outgoing =
  | { by: 'sms'; to: Target | 'caller'; text: string }
  | { by: 'mail'; to: Target | { address: string }; subject: string; text: string }
  /** `into`: the value that receives the ticket's reference. */
  | { by: 'ticket'; tool: string; into?: string };

export type EffectBody =
  | { type: 'answer' }
  /** Plays to the caller in order, then `playback-finished`. */
  | { type: 'play'; prompts: Prompt[] }
  /** Plays, listening for keys. Carriers that gather by themselves (Twilio) use the limits; Asterisk sends single digits and leaves them to us. */
  | {
      type: 'gather';
      prompts: Prompt[];
      most: number;
      terminator: string;
      timeoutMs: number;
      /** false: keys count only once everything was said. */
      bargeIn?: false;
      speech?: { language: string; hints: string[] };
    }
  | { type: 'stop-play'; playback: EffectId }
  /** What the caller hears while somebody is sought: goes on until `stop-wait`, a `play` interrupts it. */
  | { type: 'wait'; sound: 'music' | 'ringing' }
  | { type: 'stop-wait' }
  /** Records the caller, ended by silence, the terminator or the limit; then `recording-finished`. */
  | { type: 'record'; maxMs: number; silenceMs: number; beep: boolean; terminator: string }
  | ResolveOnCall
  | LookUp
  | Originate
  /** Plays the announcement and the question to the person; `leg-prompt-started` opens the time in which a key counts. */
  | { type: 'ask-to-confirm'; leg: LegId; prompts: Prompt[] }
  /** Stops what the leg hears, says this, and ends the leg. */
  | { type: 'tell-and-hangup'; leg: LegId; prompts: Prompt[] }
  /** Joins the caller and the leg. Answers the caller first where nobody did. */
  | { type: 'bridge'; leg: LegId }
  | { type: 'hangup-leg'; leg: LegId }
  /** Ends the caller's channel. `busy` and `rejected` only make sense before an answer. */
  | { type: 'hangup'; reason: 'normal' | 'busy' | 'rejected' }
  /** A row: it survives a restart. The event carries the name; starting one again replaces it. */
  | { type: 'start-timer'; name: string; ms: number }
  | { type: 'cancel-timer'; name: string }
  /** A call that nobody took, or whatever a person must confirm. */
  | {
      type: 'raise-alert';
      reason: string;
      target?: Target;
      /** Of alert-policies.yaml; its default otherwise. */
      policy?: string;
      /** Nobody is told before this instant. */
      notBefore?: Instant;
    }
  /** Sent beside the call; a ticket's reference may come back as `looked-up`, with this effect's id. */
  | { type: 'deliver'; what: Outgoing }
  /** Something an admin should see (an unallocated number on a planning). */
  | { type: 'warn'; subject: string; message: string };

export type Effect = { id: EffectId } & EffectBody;
export type EffectType = EffectBody['type'];
