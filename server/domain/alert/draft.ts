// The small moves that every step of an alert is made of.
import type { Instant } from '../../base/clock.ts';
import {
  type Alert,
  type AlertEffect,
  type AlertStep,
  addressOf,
  type Contact,
  type Entry,
  liveNotice,
  type Notice,
} from './alert.ts';
import type { AlertChannel } from './policy.ts';

export const change = (step: AlertStep, part: Partial<Alert>): AlertStep => ({
  ...step,
  alert: { ...step.alert, ...part },
});
export const emit = (step: AlertStep, ...effects: AlertEffect[]): AlertStep => ({
  ...step,
  effects: [...step.effects, ...effects],
});
export const note = (step: AlertStep, entry: Entry): AlertStep => change(step, { story: [...step.alert.story, entry] });

/** A new id of this alert: `<alert>.<letter><n>`. */
export function mint(step: AlertStep, letter: 'n' | 'q'): [AlertStep, string] {
  const ids = step.alert.ids + 1;
  return [change(step, { ids }), `${step.alert.id}.${letter}${ids}`];
}

export const changeNotice = (step: AlertStep, id: string, part: Partial<Notice>): AlertStep =>
  change(step, { notices: step.alert.notices.map((one) => (one.id === id ? { ...one, ...part } : one)) });

export const noticeOf = (alert: Alert, id: string): Notice | undefined => alert.notices.find((one) => one.id === id);

/** An alert that repeats for days keeps its beginning and its latest: what is still under way is never dropped. */
const most = 400;
const first = 50;
function keptOf(notices: readonly Notice[]): readonly Notice[] {
  if (notices.length < most) return notices;
  const old = notices.findIndex((one, i) => i >= first && !liveNotice(one));
  return notices.filter((_, i) => i !== old);
}

/** A new notice, written down; the effect that sends it is the caller's business. */
export function addNotice(
  step: AlertStep,
  kind: Notice['kind'],
  to: Contact,
  channel: AlertChannel,
  at: Instant,
): [AlertStep, string] {
  const [minted, id] = mint(step, 'n');
  const { level, round, turn, notices, contacts } = minted.alert;
  const { person, name } = to;
  const address = addressOf(to, channel) ?? '';
  const notice: Notice = { id, kind, person, name, channel, address, level, round, turn, at, state: 'sending' };
  const known = contacts.some((one) => one.person === person)
    ? contacts.map((one) => (one.person === person ? to : one))
    : [...contacts, to];
  return [change(minted, { notices: [...keptOf(notices), notice], contacts: known }), id];
}
