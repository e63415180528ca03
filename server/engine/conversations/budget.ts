// How many SMS from outside are passed on within an hour: to one of our people, from one sender, over one line. More are kept.
// Forged senders cost nothing; each SMS that we send does, and a telephone that never stops is switched off.
import type { Instant } from '../../base/clock.ts';
import { Limit } from '../../base/limit.ts';
import type { Conversation, Reader } from '../../domain/conversation/conversation.ts';
import type { Raise } from '../alerts/ports.ts';

const hour = 3_600_000;
export const perHour = { person: 30, sender: 40, line: 60 };

export class Budget {
  readonly #senders = new Limit(perHour.sender, hour);
  readonly #lines = new Limit(perHour.line, hour);
  readonly #passedOnTo: (number: string, since: Instant) => number;

  /** @param passedOnTo how many went to one of our people since then: on disk, so that a restart forgets none */
  constructor(passedOnTo: (number: string, since: Instant) => number) {
    this.#passedOnTo = passedOnTo;
  }

  /** Another one of this sender is passed on. */
  sender = (number: string, at: Instant): boolean => this.#senders.allows(number, at);

  /** Another one is passed on over this line, to the first of these. */
  passes(line: string, people: readonly Reader[], at: Instant): boolean {
    const first = people.find(({ sms }) => sms !== undefined)?.sms;
    if (first !== undefined && this.#passedOnTo(first, at - hour) >= perHour.person) return false;
    return this.#lines.allows(line, at);
  }
}

/** Once an hour for each line: somebody must look, for one of those that are kept may be an urgency. */
export function budgetRaise({ line, lineName, rule }: Conversation, at: Instant): Raise {
  return {
    id: `sms-budget-${line.replace(/\D/g, '')}-${Math.floor(at / hour)}`,
    at,
    reason: `Trop de SMS en une heure sur ${lineName} : les suivants sont gardés, plus transmis. Les lire : vigie threads.`,
    target: { planning: rule.planning },
    about: { called: line, line: lineName },
    ...(rule.policy ? { policy: rule.policy } : {}),
  };
}
