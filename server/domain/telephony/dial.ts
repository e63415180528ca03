// What a flow asks of the hunt, and how the hunt can end. Compiled from a `dial` or `transfer` node.
import type { Target } from './effect.ts';
import type { PhoneNumber } from './names.ts';
import type { Prompt } from './prompt.ts';

/** One rung of the ladder: who, how, how often. */
export type Level = {
  target: Target;
  /** The name of one of hunt/strategies, where the flow says it; as each level of the planning says otherwise. */
  strategy?: string;
  /** Times the whole level is gone through, at least 1. */
  rounds: number;
  /** How long each phone rings, unless the person says otherwise. */
  ringMs: number;
};

export type DialSpec = {
  /** In order; the next is tried when nobody of this one took the call. At least one. */
  levels: Level[];
  /** The longest the caller waits in all. */
  maxWaitMs: number;
  wait: 'music' | 'ringing';
  /** Said to the waiting caller at intervals. */
  words: { prompts: Prompt[]; everyMs: number };
  /** Said to the person rung: who calls, and what was keyed. */
  announce: Prompt[];
  /** `answer`: a transfer to a switchboard named in a reviewed file, joined when it answers. `key`: everything else. */
  confirm:
    | {
        by: 'key';
        question: Prompt[];
        taken: Prompt[] /** from the end of the question to giving up */;
        waitMs: number;
      }
    | { by: 'answer' };
  /** Number shown to the person rung: the line's own, or the caller's where the trunk may. */
  show: 'line' | 'caller';
  /** The number that was called: ours. */
  line: PhoneNumber;
  caller: PhoneNumber;
};

export type DialExit = 'answered' | 'no-answer' | 'empty-planning' | 'carrier-failure' | 'caller-gone';
