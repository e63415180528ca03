// An alert as programs see it: plain JSON with times in ISO 8601. Pure.
import type { Alert } from './alert.ts';
import { entryText } from './words.ts';

const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/** An alert as programs see it: its story, who was told, how, and what became of it. */
export const shown = (alert: Alert) => ({
  id: alert.id,
  n: alert.n,
  phase: alert.phase,
  reason: alert.reason,
  policy: alert.policy.id,
  level: alert.level + 1,
  about: alert.about,
  raisedAt: iso(alert.raisedAt),
  holder: alert.holder ? { ...alert.holder, at: iso(alert.holder.at) } : null,
  closed: alert.closed ? { ...alert.closed, at: iso(alert.closed.at) } : null,
  secondsToConfirm: confirmedAfter(alert),
  notices: alert.notices.map(({ kind, person, name, channel, state, at, endedAt, why }) => ({
    kind,
    person,
    name,
    channel,
    state,
    why: why ?? null,
    at: iso(at),
    endedAt: iso(endedAt),
  })),
  story: alert.story.map((entry) => ({
    at: iso(entry.at),
    what: entry.what,
    text: entryText(entry),
    by: entry.by ?? null,
  })),
});

/** Seconds from the urgency to the first person who said « I have it ». */
export function confirmedAfter(alert: Alert): number | null {
  const taken = alert.story.find(({ what }) => what === 'taken');
  return taken ? Math.round((taken.at - alert.raisedAt) / 1000) : null;
}
