// E-mail over SMTP, with nodemailer. A recording goes along as it is; one that cannot be read is left out, the words still go.
import { access } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import type { Log } from '../../base/log.ts';
import type { Mail, Mailer, Sent } from '../../domain/message/port.ts';

export type MailAccess = { url: string; from: string };

/** All three well under the port's 30 s. */
const patience = { connectionTimeout: 8000, greetingTimeout: 8000, socketTimeout: 12_000 };

export function openMailer({ url, from }: MailAccess, log: Log): Mailer {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    ...(searchParams.get('starttls') === 'no' ? { ignoreTLS: true } : {}),
    ...patience,
    // A text from outside must not make it read files or fetch addresses; attachments are streams of ours.
    disableUrlAccess: true,
  });
  return {
    send: async (mail) => send(mail),
    stop: async () => transport.close(),
  };

  async function send({ id, to, subject, text, attachments }: Mail): Promise<Sent> {
    try {
      const there = await Promise.all(
        attachments.map(({ file }) =>
          access(file).then(
            () => true,
            () => false,
          ),
        ),
      );
      const missing = attachments.filter((_, i) => !there[i]);
      for (const { file } of missing) log.warn({ file }, 'a recording cannot be read: the mail goes without it');
      const sent = await transport.sendMail({
        from,
        to,
        subject,
        text,
        messageId: `<${id.replace(/[^\w.-]/g, '')}@vigie.invalid>`,
        attachments: attachments.filter((_, i) => there[i]).map(({ file, name }) => ({ path: file, filename: name })),
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return { accepted: true, reports: false, reference: sent.messageId };
    } catch (error) {
      const { message, responseCode } = error as Error & { responseCode?: number };
      return { accepted: false, why: message, again: responseCode === undefined || responseCode < 500 };
    }
  }
}
