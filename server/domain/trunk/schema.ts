// The grammar of asterisk-config/trunks.yaml, and the shapes the router reads. It knows no secret: only names of environment variables.
import { z } from 'zod';
import type { PhoneNumber, TrunkId } from '../telephony/names.ts';
import { type Spelling, spellings } from './spelling.ts';

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'expected a number in international form, such as "+33199001000"');
const envName = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9_]*$/,
    'expected the NAME of an environment variable (CARRIER_PASSWORD), never the secret itself',
  );
/** A host name or an address, without port: what may stand in a SIP URI and in a configuration file. */
const host = z
  .string()
  .max(253)
  .regex(
    /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])$/,
    'expected a host name or an IP address, without port',
  );
const address = z
  .string()
  .regex(/^[a-zA-Z0-9[\]][a-zA-Z0-9.:[\]-]*(?:\/\d{1,3})?$/, 'expected an address, a network (192.0.2.0/24) or a name');
const sipUser = z
  .string()
  .regex(
    /^[A-Za-z0-9_.!~*'()&=+$,-]{1,64}$/,
    'expected the user of a SIP address, such as "33199001000" or "trunk-12"',
  );
const proxy = z
  .string()
  .regex(
    /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/,
    'expected a host name or an IP address, with its port if it is not 5060, such as "sbc.example.net:5080"',
  );
const prefix = z.string().regex(/^\+\d{0,14}$/, 'expected "+" and the first digits of numbers, such as "+33"');
const pattern = z
  .string()
  .regex(
    /^\+\d*(?:\[\d(?:-?\d)*\]\d*)*$/,
    'expected "+" and digits, where [1-79] means one digit of 1 to 7 or 9, such as "+33[1-79]"',
  )
  .refine(compiles, 'a range of digits goes from the lower to the higher, such as [1-7]');

function compiles(text: string): boolean {
  return [...text.matchAll(/(\d)-(\d)/g)].every(([, from = '', to = '']) => from <= to);
}

const trunk = z.strictObject({
  host,
  port: z.int().min(1).max(65535).default(5060),
  transport: z.enum(['udp', 'tcp']).default('udp'),
  /** Where this carrier's calls come from; the host itself when left out. */
  addresses: z.array(address).min(1).optional(),
  auth: z.strictObject({ 'user env': envName, 'password env': envName }).optional(),
  /** true: we register with the carrier; false: it knows us by our address. */
  register: z.boolean().default(false),
  codecs: z
    .array(z.enum(['alaw', 'ulaw', 'g722', 'gsm']))
    .min(1)
    .default(['alaw', 'ulaw']),
  /** Numbers this carrier lets us show. `caller` needs its written agreement. */
  'may show': z
    .array(z.enum(['line', 'caller']))
    .min(1)
    .default(['line']),
  /** Our number at this carrier: shown when nothing else may be, or after a 403. */
  'own number': e164.optional(),
  /** The user of From, for a carrier that wants an account's name there. The number shown is then in `identity` alone. */
  'from user': sipUser.optional(),
  /** The domain of From, and of the identities; our address and the carrier's host otherwise. */
  'from domain': host.optional(),
  /** Headers that say the number shown, beside From: P-Asserted-Identity, P-Preferred-Identity. */
  identity: z
    .array(z.enum(['asserted', 'preferred']))
    .min(1)
    .optional(),
  /** Everything to this carrier goes by this host, whatever `host` is. */
  'outbound proxy': proxy.optional(),
  /** How this carrier wants the number dialled: +33…; 0… and 00…; 0033…; 33…. */
  numbers: z.enum(spellings).default('e164'),
  /** The same, for the number shown. */
  'shown numbers': z.enum(spellings).default('e164'),
  /** Sends Diversion with our number when the caller's own is shown. */
  diversion: z.boolean().default(true),
  /** This carrier takes and brings SMS as SIP MESSAGE, for our numbers. Asterisk reads it when it starts. */
  sms: z.boolean().default(false),
  'max channels': z.int().min(1).max(10_000).default(30),
  'qualify seconds': z.int().min(1).max(300).default(2),
});

/** asterisk-config/trunks.yaml. */
export const trunksSchema = z.strictObject({
  /** Carriers by id, in order of preference. */
  trunks: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected small letters, digits and "-", beginning with a letter'),
      trunk,
    )
    .refine((all) => Object.keys(all).length > 0, 'expected at least one trunk'),
  /** The order for a prefix; the longest prefix decides; the file's order for numbers no prefix covers. */
  routes: z.array(z.strictObject({ prefix, trunks: z.array(z.string()).min(1) })).default([]),
  /** Numbers that may be dialled at all. Whatever is not named here is refused. */
  allow: z.array(pattern).min(1).default(['+33[1-79]']),
  caps: z
    .strictObject({
      'concurrent legs': z.int().min(1).default(60),
      'minutes per hour': z.int().min(1).default(1200),
      'minutes per day': z.int().min(1).default(6000),
      'longest call minutes': z.int().min(1).max(1440).default(120),
    })
    .prefault({}),
  /** The Twilio account itself, by which calls leave over its REST API (CARRIER=twilio or both). */
  twilio: z
    .strictObject({
      /** Shown where the line's own number is none of the account's: a line that stands at another carrier. */
      'own number': e164.optional(),
      'max channels': z.int().min(1).max(10_000).default(10_000),
    })
    .optional(),
  breaker: z
    .strictObject({
      faults: z.int().min(1).max(100).default(3),
      'open seconds': z.int().min(1).max(3600).default(30),
    })
    .prefault({}),
});

export type Transport = 'udp' | 'tcp';

export type Trunk = {
  id: TrunkId;
  host: string;
  port: number;
  transport: Transport;
  /** Addresses its calls come from. */
  addresses: string[];
  auth?: { userEnv: string; passwordEnv: string };
  register: boolean;
  codecs: string[];
  mayShow: ('line' | 'caller')[];
  ownNumber?: PhoneNumber;
  /** User and domain of From. */
  fromUser?: string;
  fromDomain?: string;
  identity?: ('asserted' | 'preferred')[];
  /** `host` or `host:port`. */
  proxy?: string;
  /** E.164 unless said otherwise. */
  numbers?: Spelling;
  shownNumbers?: Spelling;
  diversion: boolean;
  /** Carries SMS as SIP MESSAGE. */
  sms?: true;
  maxChannels: number;
  qualifySeconds: number;
};

export type Caps = {
  concurrentLegs: number;
  minutesPerHour: number;
  minutesPerDay: number;
  longestCallMinutes: number;
};

/** When a trunk is left alone: this many carrier faults in a row, and for how long. */
export type BreakerRule = { faults: number; openMs: number };

/** What trunks.yaml says, checked. Plain JSON: it may be stored and sent. */
export type TrunkPlan = {
  /** In order of preference. */
  trunks: Trunk[];
  /** Longest prefix first. */
  routes: { prefix: string; trunks: TrunkId[] }[];
  allow: string[];
  /** Our own numbers: never dialled, or a call would go round for ever. */
  ownNumbers: PhoneNumber[];
  caps: Caps;
  breaker: BreakerRule;
  /** The Twilio account as a trunk. */
  twilio?: { ownNumber?: PhoneNumber; maxChannels: number };
};
