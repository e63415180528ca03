// SMS that people send us: an answer to an alert is taken for one, and each gets a word back. Strangers get none: no loop can begin.

import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Alert, Contact } from '../../domain/alert/alert.ts';
import { type Reply, readReply } from '../../domain/alert/reply.ts';
import { alertWords } from '../../domain/alert/words.ts';
import type { IncomingSms, SmsProvider } from '../../domain/message/port.ts';
import type { Alerting, Said } from './alerting.ts';

export type ReplyOptions = {
  alerting: Alerting;
  ids: Ids;
  log: Log;
  sms: SmsProvider;
  /** The registered person behind a number. */
  personOf(number: string): Contact | undefined;
};

/**
 * @param elsewhere a plain « ok » of this person may be meant for something else: without an alert of theirs it is left to that
 * @returns true when the message was an answer (or was meant as one)
 */
export function takeReply(
  options: ReplyOptions,
  { from, text }: IncomingSms,
  elsewhere: (person: Contact) => boolean = () => false,
): boolean {
  const { alerting, log } = options;
  const reply = readReply(text);
  const person = options.personOf(from);
  if (!reply || !person) return false;
  const alert = concerned(alerting, reply, person);
  if (!alert && reply.n === undefined && elsewhere(person)) return false;
  const after = alert && alerting.act(alert.id, saidBy(reply, person));
  const words = answer(reply, person, after);
  const sms = { id: options.ids.next('r'), to: from, text: words };
  void options.sms.send(sms).then((sent) => {
    if (!sent.accepted) log.warn({ to: from, why: sent.why }, 'an answer could not be sent');
  });
  return true;
}

/** The alert of that number; without one, the latest that this person was told of. */
function concerned(alerting: Alerting, { n }: Reply, { person }: Contact): Alert | undefined {
  if (n !== undefined) return alerting.find(String(n));
  const lastTold = (alert: Alert) =>
    Math.max(...alert.notices.filter((one) => one.kind === 'alert' && one.person === person).map(({ at }) => at));
  return alerting
    .live()
    .filter((alert) => alert.notices.some((one) => one.kind === 'alert' && one.person === person))
    .sort((a, b) => lastTold(b) - lastTold(a) || b.n - a.n)[0];
}

function saidBy({ says, note }: Reply, { person, name }: Contact): Said {
  const who = { person, name };
  if (says === 'closed') return { type: 'closed', who, by: 'sms', ...(note ? { note } : {}) };
  if (says === 'declined') return { type: 'declined', who, by: 'sms' };
  return { type: 'taken', who, by: 'sms', ...(says === 'over' ? { over: true as const } : {}) };
}

function answer({ says }: Reply, { person, language }: Contact, alert: Alert | undefined): string {
  const words = alertWords(language);
  if (!alert) return words.unknown;
  if (alert.phase === 'resolved' || alert.phase === 'silent') return words.done(alert.n);
  if (says === 'declined') return words.declined(alert.n);
  return alert.holder?.person === person ? words.yours(alert.n) : words.other(alert.n, alert.holder?.name ?? '?');
}
