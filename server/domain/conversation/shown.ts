// A conversation as programs see it: plain JSON with times in ISO 8601. Pure.
import type { Conversation } from './conversation.ts';

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

export const shown = ({ id, n, phase, line, lineName, sender, stopped, rule, ...thread }: Conversation) => ({
  id,
  n,
  phase,
  line,
  lineName,
  sender,
  stopped,
  planning: rule.planning,
  keeper: thread.keeper ?? null,
  openedAt: iso(thread.openedAt),
  lastAt: iso(thread.lastAt),
  letters: thread.letters.map((letter) => ({
    by: letter.by,
    person: letter.person ?? null,
    text: letter.text,
    at: iso(letter.at),
    state: letter.state,
    why: letter.why ?? null,
    sms: thread.slips
      .filter((slip) => slip.letter === letter.id)
      .map(({ kind, person, to, text, state, why, at, endedAt }) => ({
        kind,
        person: person ?? null,
        to,
        text,
        state,
        why: why ?? null,
        at: iso(at),
        endedAt: iso(endedAt),
      })),
  })),
});
