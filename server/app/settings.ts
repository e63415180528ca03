// Everything the environment can say, read and checked once. No other file of the server reads it.
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { bad, good, type Problem, type Result } from '../base/result.ts';
import type { TwilioAccess } from '../networks/twilio/access.ts';

const port = z.coerce.number().int().min(1).max(65535);
const ms = z.coerce.number().int().min(0);

const schema = z.object({
  VIGIE_ROOT: z.string().default('.'),
  VIGIE_VAR: z.string().optional(),
  /** Rendered prompts; several servers of one machine may share them. */
  VIGIE_PROMPTS: z.string().optional(),
  VIGIE_FLOWS: z.string().optional(),
  VIGIE_PLANNINGS: z.string().optional(),
  VIGIE_TRUNKS: z.string().optional(),
  VIGIE_LOG: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  VIGIE_ARI_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8088'),
  VIGIE_ARI_USER: z.string().default('vigie'),
  VIGIE_ARI_PASSWORD: z.string().default(''),
  VIGIE_ASTERISK_ETC: z.string().optional(),
  VIGIE_ASTERISK_MODULES: z.string().optional(),
  VIGIE_ASTERISK_DATA: z.string().optional(),
  VIGIE_ASTERISK_RUN: z.string().optional(),
  VIGIE_MUSIC: z.string().optional(),
  VIGIE_SIP_BIND: z.string().default('0.0.0.0'),
  VIGIE_SIP_PORT: port.default(5060),
  VIGIE_SIP_EXTERNAL: z.string().optional(),
  VIGIE_RTP_FROM: port.default(10000),
  VIGIE_RTP_TO: port.default(19999),
  /** The speech command, as words separated by blanks; {text}, {language} and {out} are filled in. */
  VIGIE_TTS: z.string().optional(),
  VIGIE_ESPEAK: z.string().optional(),
  VIGIE_HTTP_HOST: z.string().default('127.0.0.1'),
  /** 0: any free port. Unset: no HTTP. */
  VIGIE_HTTP_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  /** Where the watchdog asks whether the server turns (0: any free port): answered by a thread that no request can hold up. */
  VIGIE_ALIVE_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  /** More names under which this server is reached, separated by commas: those of VIGIE_PUBLIC_URL and of loopback are known. */
  VIGIE_HTTP_HOSTS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(
      z.array(
        z
          .string()
          .regex(
            /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])$/,
            'expected names such as "astreinte.example.fr", without a port',
          ),
      ),
    ),
  /** Which telephone networks carry the line. */
  CARRIER: z.enum(['asterisk', 'twilio', 'both']).default('asterisk'),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/i, 'expected AC and 32 digits, as the Twilio console shows it')
    .optional(),
  TWILIO_AUTH_TOKEN: z.string().min(1).optional(),
  /** Accepted beside the first while tokens are rotated. */
  TWILIO_AUTH_TOKEN_SECONDARY: z.string().min(1).optional(),
  TWILIO_CALLS_PER_SECOND: z.coerce.number().min(0.1).max(1000).default(1),
  TWILIO_DETECT_MACHINES: z.enum(['yes', 'no']).default('yes'),
  /** Another address than Twilio's own, for demos and tests. */
  TWILIO_API: z.url({ protocol: /^https?$/ }).default('https://api.twilio.com'),
  /** The documents for when this server does not answer: a folder on another host. */
  TWILIO_FALLBACK_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Where the outside world reaches this server's HTTP, as Twilio and people use it. */
  VIGIE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Lets programs act on alerts over HTTP, as `Authorization: Bearer …`. */
  VIGIE_API_TOKEN: z.string().min(16, 'expected at least 16 characters').optional(),
  /** Signs links; made and kept under var/ where it is not given. */
  VIGIE_SECRET: z.string().min(32, 'expected at least 32 characters').optional(),
  /** An HTTP gateway for SMS: docs/messaging.md. */
  VIGIE_SMS_URL: z.url({ protocol: /^https?$/ }).optional(),
  VIGIE_SMS_TOKEN: z.string().min(8, 'expected at least 8 characters').optional(),
  VIGIE_SMS_FROM: z.string().max(20).optional(),
  /** `smtp://user:password@host:port`; `smtps://` speaks TLS from the first byte. */
  VIGIE_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  VIGIE_MAIL_FROM: z.string().default('vigie@localhost'),
  /** How long a leg that answered is listened to before the question is asked anyway; 0: asked at once, and nobody listens. */
  VIGIE_LISTEN_MS: ms.default(3500),
  /** Address of this server to which Asterisk sends the sound of legs that are listened to. */
  VIGIE_MEDIA_HOST: z.string().default('127.0.0.1'),
  VIGIE_SILENT_MS: ms.default(3500),
  /** A speech server in Vosk's protocol: callers at a `listen` node are understood on Asterisk. Unset: they are asked with keys. */
  VIGIE_SPEECH_URL: z
    .url({ protocol: /^wss?$/, error: 'expected ws://… or wss://…' })
    .refine((url) => !url.includes('#'), 'a WebSocket has no "#…"')
    .optional(),
  /** Tells the speech server which words to expect: only for models whose words may be chosen (Vosk's small ones). */
  VIGIE_SPEECH_PHRASES: z.enum(['yes', 'no']).default('no'),
});

export type Settings = {
  root: string;
  /** Working folder: database, prompts, recordings. */
  var: string;
  database: string;
  prompts: string;
  flows: string;
  plannings: string;
  trunks: string;
  log: 'debug' | 'info' | 'warn' | 'error';
  ari: { url: string; user: string; password: string };
  /** Set when this server writes Asterisk's configuration. */
  asterisk?: { etc: string; modules: string; data: string; run: string };
  /** Folder of the music on hold; filled with ours while it is empty. */
  music: string;
  sip: { bind: string; port: number; external?: string };
  rtp: { from: number; to: number };
  tts?: string[];
  espeak?: string;
  http?: { host: string; port: number };
  /** On loopback. */
  alivePort?: number;
  /** Names of this server besides that of its public address. */
  httpHosts: string[];
  carrier: 'asterisk' | 'twilio' | 'both';
  /** Set when Twilio carries calls. */
  twilio?: TwilioAccess;
  /** Where the outside world reaches our HTTP; without a slash at its end. */
  publicUrl?: string;
  apiToken?: string;
  secret?: string;
  sms?: { url: string; token: string; from?: string };
  mail?: { url: string; from: string };
  listenMs: number;
  mediaHost: string;
  /** Understands callers who speak, on Asterisk. */
  speech?: { url: string; phrases: boolean };
  silentMs: number;
};

/** The settings, or one problem for each variable that is wrong. */
export function readSettings(env: Record<string, string | undefined>): Result<Settings> {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    return bad(
      ...parsed.error.issues.map((issue) => ({
        file: 'environment',
        message: `${issue.path.join('.')}: ${issue.message}`,
        hint: 'correct the variable, or unset it',
      })),
    );
  }
  const e = parsed.data;
  const lacking = [...(e.CARRIER === 'asterisk' ? [] : lackingForTwilio(e)), ...lackingForSms(e)];
  if (lacking.length > 0) return bad(...lacking);
  const root = resolve(e.VIGIE_ROOT);
  const at = (given: string | undefined, usual: string) => resolve(root, given ?? usual);
  const home = at(e.VIGIE_VAR, 'var');
  return good({
    root,
    var: home,
    database: join(home, 'vigie.db'),
    prompts: e.VIGIE_PROMPTS ? resolve(root, e.VIGIE_PROMPTS) : join(home, 'prompts'),
    flows: at(e.VIGIE_FLOWS, 'ivr-flows'),
    plannings: at(e.VIGIE_PLANNINGS, 'plannings'),
    trunks: at(e.VIGIE_TRUNKS, 'asterisk-config/trunks.yaml'),
    log: e.VIGIE_LOG,
    ari: { url: e.VIGIE_ARI_URL, user: e.VIGIE_ARI_USER, password: e.VIGIE_ARI_PASSWORD },
    ...(e.VIGIE_ASTERISK_ETC
      ? {
          asterisk: {
            etc: resolve(e.VIGIE_ASTERISK_ETC),
            modules: at(e.VIGIE_ASTERISK_MODULES, '/usr/lib/asterisk/modules'),
            data: at(e.VIGIE_ASTERISK_DATA, '/usr/share/asterisk'),
            run: at(e.VIGIE_ASTERISK_RUN, '/run/asterisk'),
          },
        }
      : {}),
    music: e.VIGIE_MUSIC ? resolve(root, e.VIGIE_MUSIC) : join(home, 'music'),
    sip: {
      bind: e.VIGIE_SIP_BIND,
      port: e.VIGIE_SIP_PORT,
      ...(e.VIGIE_SIP_EXTERNAL ? { external: e.VIGIE_SIP_EXTERNAL } : {}),
    },
    rtp: { from: e.VIGIE_RTP_FROM, to: e.VIGIE_RTP_TO },
    ...(e.VIGIE_TTS ? { tts: e.VIGIE_TTS.split(/\s+/) } : {}),
    ...(e.VIGIE_ESPEAK ? { espeak: e.VIGIE_ESPEAK } : {}),
    ...(e.VIGIE_HTTP_PORT === undefined ? {} : { http: { host: e.VIGIE_HTTP_HOST, port: e.VIGIE_HTTP_PORT } }),
    ...(e.VIGIE_ALIVE_PORT === undefined ? {} : { alivePort: e.VIGIE_ALIVE_PORT }),
    httpHosts: e.VIGIE_HTTP_HOSTS,
    carrier: e.CARRIER,
    ...(e.CARRIER === 'asterisk' ? {} : { twilio: twilioAccess(e) }),
    ...messaging(e),
    listenMs: e.VIGIE_LISTEN_MS,
    mediaHost: e.VIGIE_MEDIA_HOST,
    ...(e.VIGIE_SPEECH_URL ? { speech: { url: e.VIGIE_SPEECH_URL, phrases: e.VIGIE_SPEECH_PHRASES === 'yes' } } : {}),
    silentMs: e.VIGIE_SILENT_MS,
  });
}

type Environment = z.output<typeof schema>;

const messaging = (e: Environment): Pick<Settings, 'publicUrl' | 'apiToken' | 'secret' | 'sms' | 'mail'> => ({
  ...(e.VIGIE_PUBLIC_URL ? { publicUrl: e.VIGIE_PUBLIC_URL.replace(/\/+$/, '') } : {}),
  ...(e.VIGIE_API_TOKEN ? { apiToken: e.VIGIE_API_TOKEN } : {}),
  ...(e.VIGIE_SECRET ? { secret: e.VIGIE_SECRET } : {}),
  ...smsAccess(e),
  ...(e.VIGIE_SMTP_URL ? { mail: { url: e.VIGIE_SMTP_URL, from: e.VIGIE_MAIL_FROM } } : {}),
});

function smsAccess({
  VIGIE_SMS_URL: url,
  VIGIE_SMS_TOKEN: token,
  VIGIE_SMS_FROM: from,
}: Environment): Pick<Settings, 'sms'> {
  return url && token ? { sms: { url, token, ...(from ? { from } : {}) } } : {};
}

function lackingForSms(e: Environment): Problem[] {
  if (!e.VIGIE_SMS_URL || e.VIGIE_SMS_TOKEN) return [];
  const message = 'VIGIE_SMS_TOKEN is not set, and VIGIE_SMS_URL needs it';
  return [{ file: 'environment', message, hint: 'the gateway and we show it to each other' }];
}

/** Twilio must know us, and must be able to reach us. */
function lackingForTwilio(e: Environment): Problem[] {
  const needed = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'VIGIE_PUBLIC_URL', 'VIGIE_HTTP_PORT'] as const;
  const hint = 'docs/twilio.md tells where each comes from';
  return needed
    .filter((name) => e[name] === undefined)
    .map((name) => ({ file: 'environment', message: `${name} is not set, and CARRIER=${e.CARRIER} needs it`, hint }));
}

function twilioAccess(e: Environment): TwilioAccess {
  const publicUrl = (e.VIGIE_PUBLIC_URL ?? '').replace(/\/$/, '');
  const second = e.TWILIO_AUTH_TOKEN_SECONDARY;
  return {
    accountSid: e.TWILIO_ACCOUNT_SID ?? '',
    tokens: [e.TWILIO_AUTH_TOKEN ?? '', ...(second ? [second] : [])],
    api: e.TWILIO_API,
    publicUrl,
    fallbackUrl: (e.TWILIO_FALLBACK_URL ?? `${publicUrl}/twilio/fallback`).replace(/\/$/, ''),
    callsPerSecond: e.TWILIO_CALLS_PER_SECOND,
    detectMachines: e.TWILIO_DETECT_MACHINES === 'yes',
  };
}
