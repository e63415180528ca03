// What the line writes besides alerts, built from the settings.
import type { Mailer, SmsProvider } from '../domain/message/port.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { Messages } from '../engine/messages/messages.ts';
import { deliverRow } from '../engine/messages/rows.ts';
import { openTicket } from '../networks/tickets/ticket.ts';
import { clock, type Parts } from './parts.ts';

export function openMessages(
  { store, config, log, env, saving, inbox, leader }: Parts,
  switchboard: Switchboard,
  { sms, mailer }: { sms: SmsProvider | undefined; mailer: Mailer | undefined },
): Messages {
  const messages = new Messages({
    clock,
    log,
    saving,
    config,
    deliveries: store.deliveries,
    openTicket: (tool, id, body) => openTicket(tool, id, body, env),
    tell: (call, event) => switchboard.tell(call, event),
    ...(sms ? { sms } : {}),
    ...(mailer ? { mailer } : {}),
    leading: () => leader.leading,
  });
  inbox.takes('deliver', deliverRow, (order) => {
    messages.order(order);
    return 'done';
  });
  return messages;
}
