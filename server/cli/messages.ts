// `vigie messages` and `vigie message resend ID`: what was written, what waits, and dead letters given another day.

import { parseArgs } from 'node:util';
import type { Settings } from '../app/settings.ts';
import type { Instant } from '../base/clock.ts';
import type { Result } from '../base/result.ts';
import type { Delivery } from '../domain/message/deliveries.ts';
import type { DeliveryStore, SmsBook, SmsRecord } from '../engine/messages/ports.ts';
import { type Run, terminal } from './command.ts';
import { smsFate, smsLine, smsShown } from './sms.ts';
import { parsed, tame, visiting } from './usage.ts';
import { visit } from './visit.ts';

type Opened = { deliveries: DeliveryStore; sms: SmsBook; close: () => void };
export type MessagesIo = {
  out: (text: string) => void;
  err: (text: string) => void;
  now: () => Instant;
  open: () => Result<Opened>;
};
const usage = 'usage: vigie messages [--dead | --sms] [--json] | vigie message resend ID';

/** @returns 0 no dead letter, 1 there are some, 2 wrong use. */
export async function messages(args: string[], io: MessagesIo): Promise<0 | 1 | 2> {
  const asked = parsed(
    () =>
      parseArgs({
        args,
        options: { dead: flag, sms: flag, json: flag },
      }).values,
  );
  if (typeof asked === 'string') return refuse(io, asked);
  if (asked.dead && asked.sms) return refuse(io, 'either --dead or --sms');
  return visiting(io, io.open(), ({ deliveries: store, sms: book }) => {
    if (asked.sms) return everySms(io, book, asked.json);
    const list = store.list(asked.dead ? { state: 'dead', limit: 1000 } : { limit: 200 });
    const known = (one: Delivery) => (one.parcel.by === 'sms' ? book.get(one.id) : undefined);
    if (asked.json)
      io.out(
        JSON.stringify(
          list.map((one) => withSms(one, known(one))),
          null,
          2,
        ),
      );
    else for (const one of list) io.out(line(one, known(one)));
    if (!asked.json && list.length === 0) io.out('Aucun message.');
    return list.some(({ state }) => state === 'dead') ? 1 : 0;
  });
}

/** Every SMS that left: of alerts and conversations too. */
function everySms(io: MessagesIo, book: SmsBook, json: boolean): 0 | 1 {
  const list = book.list({ limit: 200 });
  if (json) io.out(JSON.stringify(list.map(smsShown), null, 2));
  else
    for (const one of list) io.out(tame(`${new Date(one.at).toISOString()}  ${smsLine(one)}  ${one.id}  ${one.text}`));
  if (!json && list.length === 0) io.out('Aucun SMS.');
  return list.some(({ state }) => state === 'failed') ? 1 : 0;
}

const withSms = (delivery: Delivery, sms: SmsRecord | undefined) =>
  sms ? { ...delivery, sms: smsShown(sms) } : delivery;

/** @returns 0 it is sent again, 1 there is no such letter, or it is not dead, 2 wrong use. */
export async function message(args: string[], io: MessagesIo): Promise<0 | 1 | 2> {
  const [action, id, ...more] = args;
  if (action !== 'resend' || id === undefined || more.length > 0) return refuse(io, 'say which message to send again');
  return visiting(io, io.open(), ({ deliveries: store }) => {
    const found = store.get(id);
    if (found?.state !== 'dead') {
      io.err(
        found
          ? `vigie message: ${id} is ${found.state}: only a dead letter is sent again`
          : `vigie message: there is no message "${id}"`,
      );
      return 1;
    }
    const now = io.now();
    store.revive(id, now);
    io.out(`${id} : remis à l’envoi`);
    return 0;
  });
}

const flag = { type: 'boolean', default: false } as const;
const states = { waiting: 'en attente', done: 'envoyé', dead: 'MORT' } as const;

function line({ id, parcel, state, tries, answer, madeAt }: Delivery, sms: SmsRecord | undefined): string {
  const to = parcel.by === 'ticket' ? parcel.tool : [parcel.to].flat().join(', ');
  return tame(
    `${new Date(madeAt).toISOString()}  ${states[state]}  ${parcel.by} ${to}  ${id}${tries > 1 ? `  (${tries} essais)` : ''}${sms ? `  ${smsFate(sms)}` : answer ? `  ${answer}` : ''}`,
  );
}

function refuse(io: MessagesIo, sentence: string): 2 {
  io.err(`vigie messages: ${sentence}; ${usage}`);
  return 2;
}

const ioOf = (settings: Settings): MessagesIo => ({ ...terminal, open: () => visit(settings) });

export const runMessages: Run = (args, settings) => messages(args, ioOf(settings));
export const runMessage: Run = (args, settings) => message(args, ioOf(settings));
