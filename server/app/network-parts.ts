// What the telephone networks are built from, and what they are to the rest of the line. Types alone.

import type { Door } from '../api/server.ts';
import type { Route } from '../base/route.ts';
import type { SmsProvider } from '../domain/message/port.ts';
import type { Carrier } from '../domain/telephony/carrier.ts';
import type { TestNetwork } from '../domain/telephony/self-test.ts';
import type { TwilioOptions } from '../networks/twilio/options.ts';
import type { Rest } from '../networks/twilio/rest.ts';
import type { Parts } from './parts.ts';

/** What a network is built from. */
export type NetworkParts = Parts & {
  /** Ten random digits. */
  code: () => string;
};

export type Networks = {
  carriers: Carrier[];
  /** Before all others. */
  doors: Door[];
  routes: Route[];
  /** Those that carry SMS, best first. */
  sms: SmsProvider[];
  /** What the line can test itself through. */
  tests: Partial<Record<Carrier['name'], TestNetwork>>;
  /** The account, asked what stands there. */
  rest?: Rest;
};

/** What the house knows of calls: callers', those that the line places by itself, and the channels of those that were. */
export type Known = Required<Pick<TwilioOptions, 'calls' | 'own' | 'past'>>;
