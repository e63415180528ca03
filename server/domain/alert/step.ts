// An urgency that nobody has confirmed: one event in; the next alert and what to do about it out. Pure: no clock, no sender.
//
//   open ──taken──> held ──closed──> resolved       open: every round asks who is concerned, tells them, and waits.
//    ^               │                              No answer: a reminder; enough of them: the next level.
//    └──not resolved─┘ or handed over               The last level repeats for ever, unless the policy says stop.
import type { Instant } from '../../base/clock.ts';
import { type About, type Alert, type AlertEvent, type AlertStep, isOver } from './alert.ts';
import { change, emit, note } from './draft.ts';
import { beginLevel, onFailed, onLost, onResolved, onTimeOver } from './escalation.ts';
import { onDelivered, onSent } from './notices.ts';
import { close, decline, doubt, handOver, heard, returns, take } from './ownership.ts';
import type { Policy, Whom } from './policy.ts';

export type Raised = {
  id: string;
  n: number;
  reason: string;
  about: About;
  target?: Whom;
  policy: Policy;
  at: Instant;
  /** Told to nobody before: judged not to be worth waking anyone. */
  notBefore?: Instant;
};

/** The alert is raised: the first level is asked for. */
export function raiseAlert({ at, notBefore, ...raised }: Raised): AlertStep {
  const alert: Alert = {
    ...raised,
    raisedAt: at,
    phase: 'open',
    level: 0,
    round: 0,
    spentMs: 0,
    turn: 0,
    waiting: [],
    declined: [],
    contacts: [],
    notices: [],
    returned: 0,
    ids: 0,
    story: [{ at, what: 'raised', note: raised.reason }],
  };
  if (notBefore === undefined || notBefore <= at) return beginLevel({ alert, effects: [] }, 0, at);
  const waiting = note({ alert: { ...alert, phase: 'deferred', turn: 1 }, effects: [] }, { at, what: 'deferred' });
  return emit(waiting, { type: 'start-timer', name: 'begin.1', ms: notBefore - at });
}

/** The next alert and its effects. A late, repeated or foreign event changes nothing. */
export function stepAlert(alert: Alert, event: AlertEvent): AlertStep {
  const step: AlertStep = { alert, effects: [] };
  switch (event.type) {
    case 'learned':
      return { ...step, alert: { ...alert, about: { ...alert.about, ...event.about } } };
    case 'sent':
      return onSent(step, event.notice, event.reports);
    case 'delivered':
      return onDelivered(step, event.notice, event.at);
    case 'failed':
      return onFailed(step, event.notice, event.why, event.at);
    case 'resolved':
      return onResolved(step, event.request, event.people, event.because, event.at);
    case 'timer':
      return onTimer(step, event.name, event.at);
    default:
      return isOver(alert) ? step : onWord(step, event);
  }
}

/** What people say. */
function onWord(step: AlertStep, event: Extract<AlertEvent, { by: unknown }>): AlertStep {
  switch (event.type) {
    case 'taken':
      return take(step, event);
    case 'declined':
      return event.unsure ? doubt(step, event) : decline(step, event);
    case 'answered':
      return heard(step, event);
    case 'handed':
      return handOver(step, event);
    case 'closed':
      return close(step, event);
  }
}

function onTimer(step: AlertStep, name: string, at: Instant): AlertStep {
  const { alert } = step;
  const what = name.slice(0, name.indexOf('.'));
  const rest = name.slice(what.length + 1);
  if (what === 'lost') return onLost(step, rest, at);
  if (rest !== String(alert.turn)) return step;
  if (what === 'begin' && alert.phase === 'deferred') return beginLevel(change(step, { phase: 'open' }), 0, at);
  if (what === 'remind' && alert.phase === 'open') return onTimeOver(step, at);
  return what === 'return' && alert.phase === 'held' ? returns(step, at) : step;
}
