// Which conversation an answer of ours belongs to. Never a guess: an answer that reaches the wrong customer is worse than none. Pure.
import type { Conversation } from './conversation.ts';

/** `14:30` is a time, not an answer in conversation 14. */
const numbered = /^\s*(?:sms\s*)?[#n°]*\s*(\d{1,9})\s*:(?!\d)\s*(\S[\s\S]*)$/i;

/** « 7: j'arrive » → 7 and the text; without a number the whole text. */
export function readNumbered(text: string): { n?: number; text: string } {
  const found = numbered.exec(text);
  return found ? { n: Number(found[1]), text: found[2] ?? '' } : { text: text.trim() };
}

export type Choice =
  | { found: Conversation }
  | { refused: 'none' }
  | { refused: 'unknown'; n: number }
  | { refused: 'over'; thread: Conversation }
  | { refused: 'several'; threads: Conversation[] };

/**
 * A number says it for everybody of ours (who took the alert may answer too). Without one: the only open conversation of this person,
 * or the only one on the number that was written to.
 * @param live open conversations; @param named the one of that number, open or not
 */
export function chooseConversation(
  live: readonly Conversation[],
  { person, to, n }: { person: string; to: string; n?: number },
  named: (n: number) => Conversation | undefined,
): Choice {
  if (n !== undefined) {
    const thread = named(n);
    if (!thread) return { refused: 'unknown', n };
    return thread.phase === 'over' ? { refused: 'over', thread } : { found: thread };
  }
  const own = live.filter(({ readers }) => readers.some((one) => one.person === person));
  const here = own.filter(({ line }) => line === to);
  const [one, ...more] = here.length > 0 ? here : own;
  if (!one) return { refused: 'none' };
  return more.length === 0 ? { found: one } : { refused: 'several', threads: [one, ...more] };
}
