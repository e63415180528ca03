// What one of our people is told when their SMS went nowhere.
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
