// The grammar of an SMS provider's own HTTP API (messages.yaml, `sms:`), and the way from a message to its request and back. Pure.
import { z } from 'zod';
import { inside } from '../../base/inside.ts';
import type { PhoneNumber } from '../telephony/names.ts';
import type { Sent, Sms } from './port.ts';
import { envName, type Json, json, name } from './words.ts';

const path = z
  .string()
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'expected field names joined by dots, such as "data.0.id"');
const values = z.array(z.union([z.string(), z.number(), z.boolean()])).min(1);
const filled = /\{[a-zA-Z]\w*\}/g;

/** Only what comes after the host may be filled in: a message never chooses whom we ask. */
function isAddress(text: string): boolean {
  if (!/^https?:\/\/[^/?#{}]+(?:[/?]|$)/.test(text)) return false;
  return URL.canParse(text.replace(filled, 'x'));
}

export const gatewaySchema = z.strictObject({
  name,
  url: z
    .string()
    .max(1000)
    .refine(isAddress, 'expected an http(s) address; {to}, {text}, {from} and {id} only after the host'),
  method: z.enum(['POST', 'PUT', 'GET']).default('POST'),
  /** Header → the name of the environment variable that holds its value. */
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), envName).default({}),
  /** Further secrets, for templates: `{ token: SMS_TOKEN }` fills `{token}`. */
  secrets: z.record(z.string().regex(/^[a-z]\w*$/), envName).default({}),
  as: z.enum(['json', 'form']).default('json'),
  body: json.optional(),
  /** How this provider writes numbers: +33612345678, 33612345678, or 0612345678. */
  numbers: z.enum(['plus', 'bare', 'national']).default('plus'),
  /** Shown where a message names no number of ours. */
  from: z.string().max(20).optional(),
  /** What counts as taken, besides an answer of 2xx. */
  success: z.strictObject({ at: path, is: values }).optional(),
  reference: path.optional(),
  /** Where the answer says what is wrong. */
  why: path.optional(),
  /** What it tells us at POST or GET /sms/gateway/NAME. Without `report`, accepted is all that is learnt. */
  hears: z
    .strictObject({
      /** Shown as `Authorization: Bearer …`, or as `?key=…` where a provider can only be given an address. */
      key: envName,
      report: z
        .strictObject({
          /** Our id as it comes back, or the provider's reference. */
          id: path.optional(),
          reference: path.optional(),
          state: path,
          delivered: values,
          failed: values,
          why: path.optional(),
        })
        .refine(
          (one) => (one.id === undefined) !== (one.reference === undefined),
          'name id or reference, one of the two',
        )
        .optional(),
      sms: z.strictObject({ from: path, to: path.optional(), text: path, reference: path.optional() }).optional(),
    })
    .optional(),
});
export type GatewaySpec = z.output<typeof gatewaySchema>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The first variable that is not set. */
export const lacking = ({ headers, secrets }: GatewaySpec, env: Environment): string | undefined =>
  [...Object.values(headers), ...Object.values(secrets)].find((variable) => !env[variable]);

export type HttpRequest = { url: string; method: string; headers: Record<string, string>; body?: string };

/** @param env holds every variable that the spec names */
export function requestFor(spec: GatewaySpec, { id, to, text, from }: Sms, env: Environment): HttpRequest {
  const secrets = Object.fromEntries(Object.entries(spec.secrets).map(([key, variable]) => [key, env[variable] ?? '']));
  const sender = from === undefined ? (spec.from ?? '') : written(spec, from);
  const facts: Record<string, string> = { ...secrets, id, text, to: written(spec, to), from: sender };
  const fill = (template: string, safe: (value: string) => string = (value) => value) =>
    template.replace(filled, (whole) => {
      const key = whole.slice(1, -1);
      return Object.hasOwn(facts, key) ? safe(facts[key] ?? '') : whole;
    });
  const own = Object.entries(spec.headers).map(([header, variable]) => [header.toLowerCase(), env[variable] ?? '']);
  const head = { accept: 'application/json', 'idempotency-key': id, ...Object.fromEntries(own) };
  const asked = { url: fill(spec.url, encodeURIComponent), method: spec.method };
  if (spec.body === undefined || spec.method === 'GET') return { ...asked, headers: head };
  if (spec.as === 'json')
    return {
      ...asked,
      headers: { ...head, 'content-type': 'application/json' },
      body: JSON.stringify(fillAll(spec.body, fill)),
    };
  const fields = Object.entries(spec.body as Record<string, Json>).map(([key, value]): [string, string] => [
    key,
    fill(String(value)),
  ]);
  const form = new URLSearchParams(fields).toString();
  return { ...asked, headers: { ...head, 'content-type': 'application/x-www-form-urlencoded' }, body: form };
}

/** Values only ever become parts of texts, never structure. */
function fillAll(template: Json, fill: (text: string) => string): Json {
  if (typeof template === 'string') return fill(template);
  if (Array.isArray(template)) return template.map((one) => fillAll(one, fill));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillAll(value, fill)]));
}

function written({ numbers }: GatewaySpec, number: PhoneNumber): string {
  if (numbers === 'plus') return number;
  return numbers === 'bare' ? number.replace(/^\+/, '') : number.replace(/^\+33/, '0').replace(/^\+/, '00');
}

/** What its answer means. */
export function readAnswer(spec: GatewaySpec, status: number, body: string): Sent {
  const read = jsonIn(body);
  const told = spec.why ? textAt(read, spec.why) : undefined;
  const why = (what: string) => `${spec.name} ${what}${told ? `: ${told.slice(0, 200)}` : ''}`;
  if (status < 200 || status > 299)
    return {
      accepted: false,
      why: why(`answers ${status}`),
      again: status >= 500 || [401, 403, 408, 429].includes(status),
    };
  if (spec.success && !isOneOf(inside(read, spec.success.at), spec.success.is))
    return {
      accepted: false,
      why: why(`says ${textAt(read, spec.success.at) ?? 'nothing'} at ${spec.success.at}`),
      again: true,
    };
  const reference = spec.reference ? textAt(read, spec.reference) : undefined;
  return {
    accepted: true,
    reports: spec.hears?.report !== undefined,
    by: spec.name,
    ...(reference ? { reference } : {}),
  };
}

export type Told =
  | { type: 'report'; id?: string; reference?: string; delivered: boolean; why?: string }
  | { type: 'sms'; from: PhoneNumber; to: PhoneNumber; text: string; reference?: string };

/** What it tells us: query and body as one object, or several in a list. What fits neither form is nothing. */
export function readTold({ hears }: GatewaySpec, given: unknown): Told[] {
  const all: unknown[] = Array.isArray(given) ? given.slice(0, 100) : [given];
  return all.flatMap((one): Told[] => [...report(hears?.report, one), ...incoming(hears?.sms, one)]);
}

type Hears = NonNullable<GatewaySpec['hears']>;

function report(map: Hears['report'], one: unknown): Told[] {
  const key = map && textAt(one, map.id ?? map.reference ?? '');
  if (!map || !key) return [];
  const state = inside(one, map.state);
  const delivered = isOneOf(state, map.delivered);
  // « On its way » is no end.
  if (!delivered && !isOneOf(state, map.failed)) return [];
  const why = (map.why && textAt(one, map.why)) || String(state);
  return [
    {
      type: 'report',
      ...(map.id ? { id: key } : { reference: key }),
      delivered,
      ...(delivered ? {} : { why: why.slice(0, 300) }),
    },
  ];
}

function incoming(map: Hears['sms'], one: unknown): Told[] {
  const from = map && numberIn(textAt(one, map.from));
  const text = map && textAt(one, map.text);
  if (!map || !from || text === undefined) return [];
  const reference = map.reference ? textAt(one, map.reference) : undefined;
  const to = (map.to && numberIn(textAt(one, map.to))) || '';
  return [{ type: 'sms', from, to, text: text.slice(0, 2000), ...(reference ? { reference } : {}) }];
}

/** As providers write French numbers: +33…, 0033…, 33…, 06…; '' for anything else. */
export function numberIn(text: string | undefined): PhoneNumber {
  const digits = (text ?? '')
    .replace(/[\s.()-]/g, '')
    .replace(/^00/, '+')
    .replace(/^0(?=[1-9]\d{8}$)/, '+33');
  const number = digits.startsWith('+') ? digits : `+${digits}`;
  return /^\+[1-9]\d{7,14}$/.test(number) ? number : '';
}

const isOneOf = (value: unknown, list: readonly (string | number | boolean)[]): boolean =>
  value !== undefined && list.some((one) => String(one).toLowerCase() === String(value).toLowerCase());

function textAt(value: unknown, keys: string): string | undefined {
  const found = inside(value, keys);
  return typeof found === 'string' || typeof found === 'number' ? String(found).slice(0, 2000) : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // An answer that is no JSON holds no field.
    return undefined;
  }
}
