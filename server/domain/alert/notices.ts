// Telling one person: the level's channels in order, and what the senders say of it. Knows nothing of levels and rounds.
import type { Instant } from '../../base/clock.ts';
import { type AlertStep, addressOf, type Contact, liveNotice, type News } from './alert.ts';
import { addNotice, change, changeNotice, emit, noticeOf } from './draft.ts';
import type { AlertChannel, AlertLevel } from './policy.ts';

/** A sender that never says anything is given up after this. A call rings several phones over several trunks. */
const patienceMs: Record<AlertChannel, number> = { sms: 60_000, mail: 60_000, call: 240_000 };
export const lostTimer = (notice: string): string => `lost.${notice}`;

/** Tells this person by the next channel of this turn on which they can be reached. `undefined`: there is none left. */
export function tellPerson(step: AlertStep, to: Contact, level: AlertLevel, at: Instant): AlertStep | undefined {
  const tried = step.alert.notices.filter(
    (one) => one.kind === 'alert' && one.person === to.person && one.turn === step.alert.turn,
  );
  const fresh = (channel: AlertChannel) =>
    addressOf(to, channel) !== undefined && !tried.some((one) => one.channel === channel);
  const next = level.by.find(fresh);
  if (next === undefined) return undefined;
  return [next, ...level.also.filter(fresh)].reduce((done, channel) => notify(done, to, channel, at), step);
}

/** A phone that rings for this alert already is not rung a second time. */
function notify(step: AlertStep, to: Contact, channel: AlertChannel, at: Instant): AlertStep {
  const ringing = step.alert.notices.some(
    (one) => one.person === to.person && one.kind === 'alert' && one.channel === 'call' && liveNotice(one),
  );
  if (channel === 'call' && ringing) return step;
  const [added, notice] = addNotice(step, 'alert', to, channel, at);
  return emit(
    added,
    { type: 'notify', notice, channel, to },
    { type: 'start-timer', name: lostTimer(notice), ms: patienceMs[channel] },
  );
}

export function onSent(step: AlertStep, id: string, reports: boolean): AlertStep {
  const notice = noticeOf(step.alert, id);
  if (notice?.state !== 'sending') return step;
  const sent = changeNotice(step, id, { state: 'sent' });
  if (notice.kind === 'news' || notice.channel === 'call') return sent;
  const quiet = emit(sent, { type: 'cancel-timer', name: lostTimer(id) });
  return reports && step.alert.phase === 'open'
    ? emit(quiet, { type: 'start-timer', name: lostTimer(id), ms: step.alert.policy.deliveryMs })
    : quiet;
}

/** A report may come after we gave the notice up: it is true all the same. */
export function onDelivered(step: AlertStep, id: string, at: Instant): AlertStep {
  const notice = noticeOf(step.alert, id);
  if (!notice || notice.state === 'delivered' || notice.state === 'stopped') return step;
  const arrived = changeNotice(step, id, { state: 'delivered', endedAt: at });
  return notice.kind === 'alert' ? emit(arrived, { type: 'cancel-timer', name: lostTimer(id) }) : arrived;
}

/** Everything that is under way for this alert ends: calls are stopped (but the one that `except` is in), reports no longer awaited. */
export function hush(step: AlertStep, at: Instant, except?: string): AlertStep {
  return step.alert.notices
    .filter((one) => one.kind === 'alert' && liveNotice(one))
    .reduce((done, one) => {
      const quiet = emit(done, { type: 'cancel-timer', name: lostTimer(one.id) });
      if (one.channel !== 'call' || one.person === except) return quiet;
      return emit(changeNotice(quiet, one.id, { state: 'stopped', endedAt: at }), { type: 'stop', notice: one.id });
    }, step);
}

/** Everybody who was told of the alert learns how it goes on, once each, but the one who did it. */
export function spread(step: AlertStep, news: News, except: string | undefined, at: Instant): AlertStep {
  const told = new Set(step.alert.notices.filter((one) => one.kind === 'alert').map((one) => one.person));
  return step.alert.contacts
    .filter(({ person }) => told.has(person) && person !== except)
    .reduce((done, to) => {
      const channel = (['sms', 'mail'] as const).find((one) => addressOf(to, one) !== undefined);
      if (!channel) return done;
      const [added, notice] = addNotice(done, 'news', to, channel, at);
      return emit(added, { type: 'tell', notice, channel, to, news });
    }, step);
}

/** « Not me » is remembered for this level. */
export const without = (step: AlertStep, person: string): AlertStep =>
  change(step, {
    declined: [...step.alert.declined, person],
    waiting: step.alert.waiting.filter((one) => one.person !== person),
  });
