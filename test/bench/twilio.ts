// Webhooks a second, everything saved, beside a bare handler that only checks the signature and returns one document: in turns, in one run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { sid } from '../networks/twilio/sid.ts';
import { startTwilioLine } from '../networks/twilio/start.ts';
import { signature } from '../networks/twilio/webhook.ts';
import { percentile, type Row, row } from './rows.ts';

type Ask = { url: URL; body: string; signed: string };
type Answer = { status: number; text: string; ms: number };
/** One caller's requests, each made from the answer to the one before. */
type Visit = () => AsyncGenerator<Ask, void, Answer>;
type Measured = { perSecond: number; times: number[] };

const atOnce = 8;
/** Many short rounds: whatever else a machine does falls on the limit and on the line alike. */
const rounds = 15;
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

function ask({ url, body, signed }: Ask): Promise<Answer> {
  const began = performance.now();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': signed,
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((done, fail) => {
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        done({
          status: response.statusCode ?? 0,
          text: Buffer.concat(parts).toString(),
          ms: performance.now() - began,
        }),
      );
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

const made = (token: string, url: string, params: Record<string, string>): Ask => ({
  url: new URL(url),
  body: new URLSearchParams(params).toString(),
  signed: signature(token, url, params),
});

async function measure(count: number, visit: Visit): Promise<Measured> {
  const times: number[] = [];
  let left = count;
  const began = performance.now();
  const worker = async () => {
    while (left-- > 0) {
      const going = visit();
      for (let next = await going.next(); !next.done; ) {
        const answer = await ask(next.value);
        if (answer.status >= 300) throw new Error(`a webhook was answered with ${answer.status}`);
        times.push(answer.ms);
        next = await going.next(answer);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - began) / 1000;
  return { perSecond: times.length / seconds, times };
}

export async function twilioBench(): Promise<Row[]> {
  const line = await startTwilioLine({ env: { VIGIE_LOG: 'error' } });
  const { account, token } = line.network;
  const voice = `${line.publicUrl}/twilio/voice`;
  const begun: Record<string, string>[] = [];
  const arrival = () => ({
    CallSid: sid('CA'),
    AccountSid: account,
    From: '+33612345678',
    To: '+33199001000',
    Caller: '+33612345678',
    Called: '+33199001000',
    CallStatus: 'ringing',
    Direction: 'inbound',
    ApiVersion: '2010-04-01',
    FromCountry: 'FR',
  });
  const document = (await ask(made(token, voice, arrival()))).text;
  const bare = spawn(process.execPath, ['build/test/bench/twilio-bare.js', token, document], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(bare.stdout, 'data')) as [Buffer];
    const limit = `http://127.0.0.1:${String(port).trim()}/twilio/voice`;
    const visits = {
      bare: one(token, limit, arrival),
      first: one(token, voice, () => kept(begun, arrival())),
      whole: whole(token, voice, arrival),
    };
    await measure(2000, visits.bare);
    await measure(400, visits.whole);
    const seen: Record<keyof typeof visits, Measured[]> = { bare: [], first: [], whole: [] };
    for (let round = 0; round < rounds; round++) {
      seen.bare.push(await measure(400, visits.bare));
      seen.first.push(await measure(300, visits.first));
      // Nobody stays in the line: a server holds the calls that live, not all that ever were.
      await measure(begun.length, leaving(token, voice, begun));
      seen.whole.push(await measure(80, visits.whole));
    }
    return rowsOf(seen);
  } finally {
    bare.kill();
    agent.destroy();
    await line.stop();
  }
}

const one = (token: string, url: string, params: () => Record<string, string>): Visit =>
  async function* () {
    yield made(token, url, params());
  };

function kept(all: Record<string, string>[], params: Record<string, string>): Record<string, string> {
  all.push(params);
  return params;
}

const leaving = (token: string, voice: string, begun: Record<string, string>[]): Visit =>
  async function* () {
    yield made(token, voice.replace('/voice', '/gone'), { ...begun.pop(), CallStatus: 'completed' });
  };

/** Comes in, hears the greeting, presses a wrong key, then 1, and hangs up: five webhooks. */
const whole = (token: string, voice: string, arrival: () => Record<string, string>): Visit =>
  async function* () {
    const params = arrival();
    const talking = { ...params, CallStatus: 'in-progress' };
    const greeting = yield made(token, voice, params);
    const menu = yield made(token, next(greeting.text), talking);
    const again = yield made(token, next(menu.text), { ...talking, Digits: '9', msg: 'Gather End' });
    yield made(token, next(again.text), { ...talking, Digits: '1', msg: 'Gather End' });
    yield made(token, voice.replace('/voice', '/gone'), { ...params, CallStatus: 'completed', CallDuration: '9' });
  };

const next = (text: string): string => {
  const found = /action="([^"]+)"/.exec(text) ?? /<Redirect[^>]*>([^<]+)</.exec(text);
  if (!found?.[1]) throw new Error(`this document leads nowhere: ${text}`);
  return found[1];
};

function rowsOf(seen: Record<'bare' | 'first' | 'whole', Measured[]>): Row[] {
  const median = (values: number[]) => percentile(values, 50);
  const rate = (what: keyof typeof seen) => Math.round(median(seen[what].map(({ perSecond }) => perSecond)));
  const shares = (what: 'first' | 'whole') =>
    seen[what].map(({ perSecond }, round) => perSecond / (seen.bare[round]?.perSecond ?? Number.NaN));
  const share = (what: 'first' | 'whole') => Number(median(shares(what)).toFixed(2));
  const times = seen.whole.flatMap((one) => one.times);
  return [
    row('Twilio: bare handler that checks the signature', rate('bare'), 'req/s'),
    row('Twilio: first webhook of a call, saved', rate('first'), 'req/s'),
    row('Twilio: first webhook, share of the bare handler', share('first'), 'x', '>= 0.6', (value) => value >= 0.6),
    row('Twilio: webhooks of whole calls, saved', rate('whole'), 'req/s'),
    row('Twilio: whole calls, share of the bare handler', share('whole'), 'x', '>= 0.6', (value) => value >= 0.6),
    row('Twilio: webhook answered, p99 under full load', percentile(times, 99), 'ms', '<= 20', (value) => value <= 20),
  ];
}
