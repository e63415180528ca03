// What of an alert may not have been done when its process went down: done again, under the same ids. Pure.
import { type Alert, type AlertEffect, liveNotice, type Notice } from './alert.ts';
import { whomOf } from './escalation.ts';

export function effectsAgain(alert: Alert): AlertEffect[] {
  const { request } = alert;
  const whom = alert.everybody === alert.turn ? ({ everybody: true } as const) : whomOf(alert);
  return [
    ...alert.notices.filter((one) => liveNotice(one) && unsure(one)).flatMap((notice) => toldAgain(alert, notice)),
    ...(whom && request !== undefined ? [{ type: 'resolve', request, whom } as const] : []),
  ];
}

/** Handed over, never confirmed; a call that was under way may have ended with us. */
const unsure = (notice: Notice): boolean => notice.state === 'sending' || notice.channel === 'call';

function toldAgain(alert: Alert, { id: notice, person, kind, channel }: Notice): AlertEffect[] {
  const to = alert.contacts.find((one) => one.person === person);
  if (!to) return [];
  if (kind === 'alert') return [{ type: 'notify', notice, channel, to }];
  return [{ type: 'tell', notice, channel, to, news: alert.phase === 'resolved' ? 'closed' : 'taken' }];
}
