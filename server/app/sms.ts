// The SMS of this line, built from the settings: its providers as one, every message on record, in order.
import type { Route } from '../base/route.ts';
import type { SmsProvider } from '../domain/message/port.ts';
import { OrderedSms } from '../engine/messages/ordered-sms.ts';
import { RecordedSms } from '../engine/messages/recorded-sms.ts';
import { SmsChain } from '../networks/sms/chain.ts';
import { SmsGateway } from '../networks/sms/gateway.ts';
import { SmsGateways } from '../networks/sms/gateways.ts';
import { clock, type Parts } from './parts.ts';

export type Sms = { provider: SmsProvider | undefined; routes: Route[] };

/** @param networks those that carry SMS, best first; gateways come before them */
export function openSms(parts: Parts, networks: readonly SmsProvider[]): Sms {
  const { settings, config, store, log, saving, optOuts } = parts;
  const own = (number: string) => Object.hasOwn(config.flows().lines, number);
  const gateway = settings.sms ? new SmsGateway(settings.sms, { optOuts, own, log, clock }) : undefined;
  const gateways = openGateways(parts, own);
  const [first, ...others] = [gateway, gateways, ...networks].filter((one) => one !== undefined);
  const one = first && others.length > 0 ? new SmsChain([first, ...others]) : first;
  return {
    provider: one && new RecordedSms(new OrderedSms(one, clock), { book: store.sms, clock, saving }),
    routes: [gateway, gateways].flatMap((each) => each?.routes() ?? []),
  };
}

/** Those that messages.yaml describes. */
function openGateways({ config, env, store, optOuts, log }: Parts, own: (number: string) => boolean) {
  const specs = () => config.reading().messages.sms;
  if (specs().length === 0) return undefined;
  return new SmsGateways({ specs, env, now: clock.now, idOf: store.sms.idOf, optOuts, own, log });
}
