// What one of our people is told when their SMS went nowhere, and how often: two machines that answer each other must run dry.
import type { Instant } from '../../base/clock.ts';
import type { Choice } from '../../domain/conversation/choose.ts';
import { conversationWords } from '../../domain/conversation/words.ts';

export function refusalWords(choice: Extract<Choice, { refused: string }>, language: string): string {
  const words = conversationWords(language);
  switch (choice.refused) {
    case 'none':
      return words.none;
    case 'unknown':
      return words.unknown(choice.n);
    case 'over':
      return words.over(choice.thread);
    case 'several':
      return words.several(choice.threads);
  }
}

const most = 4;
const withinMs = 60 * 60_000;

/** So many such words an hour for each person; then silence. */
export class Restraint {
  readonly #told = new Map<string, Instant[]>();

  allows(person: string, at: Instant): boolean {
    const times = (this.#told.get(person) ?? []).filter((time) => time > at - withinMs);
    if (times.length >= most) return false;
    this.#told.set(person, [...times, at]);
    return true;
  }
}
