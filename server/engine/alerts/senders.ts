// How each notice of an alert leaves the house: by SMS, by e-mail, by a call. What became of it is reported back, never thrown.

import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Alert, Contact, News, Notice } from '../../domain/alert/alert.ts';
import { mailSubject, mailText, newsText, smsText } from '../../domain/alert/words.ts';
import type { Mailer, Sent, SmsProvider } from '../../domain/message/port.ts';
import type { Codes } from './codes.ts';
import type { Links } from './links.ts';
import type { Answered, Senders } from './ports.ts';

/** Places calls that ask for a key; see alert-calls.ts. */
export interface AlertCaller {
  place(alert: Alert, notice: Notice, to: Contact): void;
  stop(notice: string): void;
}

export type SendersOptions = {
  clock: Clock;
  log: Log;
  sms?: SmsProvider;
  mailer?: Mailer;
  calls?: (answered: Answered) => AlertCaller;
  links: Links;
  codes: Codes;
  /** Whether an SMS confirms by its code only. */
  byCode(): boolean;
  /** What links begin with, seen from the telephones; without it messages carry none. */
  publicUrl?: string;
};

/** @param answered told what became of each notice */
export function openSenders(options: SendersOptions, answered: Answered): Senders {
  const { clock, log, sms, mailer, links, codes, byCode, publicUrl } = options;
  const calls = options.calls?.(answered);
  const linkFor = (alert: Alert, to: Contact) =>
    publicUrl === undefined
      ? undefined
      : `${publicUrl.replace(/\/+$/, '')}/a/${links.sign({ alert: alert.id, person: to.person }, clock.now())}`;
  const failed = (notice: string, why: string) =>
    queueMicrotask(() => answered.report({ type: 'failed', notice, why }));
  const told = (alert: Alert, { id, channel }: Notice, sending: Promise<Sent>) =>
    void sending.then(
      (sent) => {
        log.info({ alert: alert.id, notice: id, channel, accepted: sent.accepted }, 'notice sent');
        if (sent.accepted) answered.report({ type: 'sent', notice: id, reports: sent.reports });
        else answered.report({ type: 'failed', notice: id, why: sent.why });
      },
      (error: unknown) => answered.report({ type: 'failed', notice: id, why: String(error) }),
    );
  const write = (alert: Alert, notice: Notice, to: Contact, subject: string, text: string) => {
    if (notice.channel === 'sms') {
      if (!sms || !to.sms) return failed(notice.id, 'no SMS provider is set up');
      return told(alert, notice, sms.send({ id: notice.id, to: to.sms, text }));
    }
    if (!mailer || !to.email) return failed(notice.id, 'no mail server is set up');
    const { recording } = alert.about;
    const attachments = recording ? [{ file: recording, name: `message-${alert.n}.wav` }] : [];
    return told(alert, notice, mailer.send({ id: notice.id, to: [to.email], subject, text, attachments }));
  };
  return {
    notify: (alert, notice, to) => {
      if (notice.channel !== 'call') {
        const link = linkFor(alert, to);
        const key = byCode() ? codes.of(alert.id, to.person) : String(alert.n);
        const text = notice.channel === 'sms' ? smsText(alert, to, key, link) : mailText(alert, to, link);
        return write(alert, notice, to, mailSubject(alert, to), text);
      }
      return calls ? calls.place(alert, notice, to) : failed(notice.id, 'no telephone network is set up');
    },
    tell: (alert: Alert, notice: Notice, to: Contact, news: News) =>
      write(alert, notice, to, mailSubject(alert, to), newsText(alert, to, news)),
    stop: (_alert, notice) => calls?.stop(notice.id),
  };
}
