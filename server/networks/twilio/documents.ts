// What each channel of a call is told to do now, as TwiML: read from the saved call whenever it asks.
import type { Call } from '../../domain/call/call.ts';
import { callerView, type LegView } from '../../domain/call/view.ts';
import type { CallId, LegId } from '../../domain/telephony/names.ts';
import { callerDocument, type DocumentParts, legDocument, waitDocument } from './document.ts';
import { nameOf } from './perform.ts';
import type { Known } from './registry.ts';

/** The words between two repetitions, where the flow has none. */
const usualEveryMs = 15_000;

export class Documents {
  readonly #config: DocumentParts;

  constructor(config: DocumentParts) {
    this.#config = config;
  }

  /** Undefined: they were sent to the number's fallback, and are no business of ours. @param call undefined: it is over */
  caller(id: CallId, call: Call | undefined, known?: Known): string | undefined {
    if (known?.rescued) return undefined;
    const view = call ? callerView(call) : { hears: 'end' as const, reason: known?.reason ?? 'normal' };
    if (known) known.served = nameOf(view);
    return callerDocument(this.#config, id, view);
  }

  leg(id: CallId, leg: LegId, view: LegView): string {
    return legDocument(this.#config, id, leg, view);
  }

  /** The waiting caller's sound, round after round. */
  waiting(id: CallId, call: Call | undefined, round: number): string {
    const { wait = 'music', words } = call?.hunt?.spec ?? {};
    const everyMs = words && words.prompts.length > 0 ? words.everyMs : usualEveryMs;
    return waitDocument(this.#config, id, round, { sound: wait, words: words?.prompts ?? [], everyMs });
  }
}
