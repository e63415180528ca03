// How the adapter asks something of Asterisk for an effect, and tells the call what was refused. Knows no effect by name.
import type { Cancel, Clock } from '../../../base/clock.ts';
import type { CallEvent } from '../../../domain/telephony/event.ts';
import { type Hangup, hangup } from '../../../domain/telephony/hangup.ts';
import type { EffectId } from '../../../domain/telephony/names.ts';
import { type Answer, type Request, succeeded } from '../ari/words.ts';
import type { PromptSource } from '../media.ts';
import type { Channel, Registry } from '../registry.ts';
import type { TrunkOf } from '../way-out.ts';

export type Outside = {
  request: Request;
  /** For what may wait inside Asterisk: beside the socket, see ari/aside.ts. */
  aside: Request;
  registry: Registry;
  prompts: PromptSource;
  trunk: TrunkOf;
  clock: Clock;
  app: string;
  /** The two are in one bridge now. */
  joined(caller: Channel, leg: Channel): void;
  /** What was said to the channel has ended, or was never begun. */
  said(channel: Channel, playback: EffectId): void;
  /** An event of a call that did not come from Asterisk: a failure, or an end that needed no request. */
  report(channel: Channel, event: CallEvent): void;
};

export class Asker {
  readonly out: Outside;
  readonly #due = new Set<Cancel>();

  constructor(out: Outside) {
    this.out = out;
  }

  /** Asks, and reports a refusal that is not `fine`. */
  send(channel: Channel, effect: EffectId, method: 'POST' | 'DELETE', uri: string, fine = (_: Answer) => false): void {
    void this.out.request(method, uri).then((answer) => {
      if (!succeeded(answer) && !fine(answer)) this.failed(channel, effect, answer);
    });
  }

  failed(channel: Channel, effect: EffectId, answer: Answer, hangup?: Hangup): void {
    this.out.report(channel, failure(effect, said(answer), this.out.clock.now(), hangup));
  }

  later(ms: number, task: () => void): void {
    const cancel = this.out.clock.after(ms, () => {
      this.#due.delete(cancel);
      task();
    });
    this.#due.add(cancel);
  }

  /** Forgets every deadline that still runs. */
  stop(): void {
    for (const cancel of this.#due) cancel();
    this.#due.clear();
  }
}

/** What we wanted ended has ended by itself; 409: it is on its way out of our application. */
export const gone = (answer: Answer) => answer.status === 404 || answer.status === 409;

/** Asterisk's own words for a refusal, short enough for a record. */
export function said(answer: Answer): string {
  const detail = /"(?:message|error)":\s*"([^"]*)"/.exec(answer.body)?.[1];
  return answer.status === 0 ? answer.reason : `Asterisk: ${answer.status} ${detail ?? answer.reason}`;
}

export const failure = (effect: EffectId, why: string, at: number, hangup?: Hangup): CallEvent => ({
  type: 'effect-failed',
  effect,
  why,
  at,
  ...(hangup ? { hangup } : {}),
});

/** 500 "Allocation failed" is how a trunk without a reachable contact shows (measured); no answer leaves it open whether the leg exists. */
export function whyNotCreated(answer: Answer): Hangup {
  if (answer.status === 0) return hangup('lost', said(answer));
  return hangup(answer.status >= 500 ? 'unreachable' : 'unknown', said(answer));
}
