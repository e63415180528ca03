// Twilio's REST API as far as a line needs it. Every request is held against Twilio's own OpenAPI; refusals carry its error codes.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Channel } from './channel.ts';
import type { TwilioNetwork, TwilioNumber } from './network.ts';

type Form = Record<string, string | string[]>;
type Reply = { http: number; body: unknown };
const ok = (body: unknown, http = 200): Reply => ({ http, body });
const error = (http: number, code: number, message: string): Reply => ({
  http,
  body: { status: http, code, message, more_info: `https://www.twilio.com/docs/errors/${code}` },
});
const one = (form: Form): Record<string, string> =>
  Object.fromEntries(
    Object.entries(form).map(([key, value]) => [key, Array.isArray(value) ? (value[0] ?? '') : value]),
  );

export function restApi(network: TwilioNetwork): RequestListener {
  return (request, response) => {
    void answer(network, request)
      .then(({ http, body }) => send(response, http, body))
      .catch((failed: Error) => {
        network.violations.push(`REST: ${failed.stack}`);
        send(response, 500, { status: 500, code: 20500, message: failed.message });
      });
  };
}

function send(response: ServerResponse, http: number, body: unknown): void {
  if (body instanceof Uint8Array) response.writeHead(http, { 'content-type': 'audio/x-wav' }).end(body);
  else if (body === undefined) response.writeHead(http).end();
  else response.writeHead(http, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answer(network: TwilioNetwork, request: IncomingMessage): Promise<Reply> {
  const method = request.method ?? 'GET';
  const { pathname: path, searchParams } = new URL(request.url ?? '/', 'http://loopback');
  const query = Object.fromEntries(searchParams);
  const form = formOf(await text(request));
  const expected = `Basic ${Buffer.from(`${network.account}:${network.token}`).toString('base64')}`;
  if (request.headers.authorization !== expected) return error(401, 20003, 'Authenticate');
  network.requests.push({ method, path, form, query });
  const wav = /^\/2010-04-01\/Accounts\/\w+\/Recordings\/(RE\w+)\.wav$/.exec(path);
  if (wav) return recording(network, wav[1] ?? '');
  const problems = network.contract?.rest.problems(method, path, form, query) ?? [];
  network.violations.push(...problems.map((problem) => `${method} ${path}: ${problem}`));
  const trouble = method === 'POST' ? network.trouble[0] : undefined;
  if (trouble) {
    if (--trouble.times <= 0) network.trouble.shift();
    return error(trouble.http, trouble.code, trouble.message);
  }
  return route(network, method, path, form, query);
}

/** Form keys come several times for lists. */
function formOf(body: string): Form {
  const form: Form = {};
  for (const [key, value] of new URLSearchParams(body)) {
    const before = form[key];
    form[key] = before === undefined ? value : [before, value].flat();
  }
  return form;
}

/** Not there at the first asking, as in life. */
function recording(network: TwilioNetwork, sid: string): Reply {
  const found = network.recordings.get(sid);
  if (!found || found.asked++ === 0) return error(404, 20404, 'The requested resource was not found');
  return ok(found.wav);
}

function route(network: TwilioNetwork, method: string, path: string, form: Form, query: Record<string, string>): Reply {
  const [, rest = ''] = /^\/2010-04-01\/Accounts\/\w+(.*)\.json$/.exec(path) ?? [];
  const call = /^\/Calls\/(CA\w+)$/.exec(rest)?.[1];
  if (rest === '') return ok({ sid: network.account, status: 'active', friendly_name: 'loopback' });
  if (rest === '/Calls' && method === 'POST') return create(network, form);
  if (rest === '/Calls') return listCalls(network, query);
  if (call) return method === 'POST' ? update(network, call, one(form)) : fetchCall(network, call);
  if (rest === '/Messages' && method === 'POST') return sendMessage(network, one(form));
  if (rest === '/IncomingPhoneNumbers' && method === 'GET') return listNumbers(network);
  const number = /^\/IncomingPhoneNumbers\/(PN\w+)$/.exec(rest)?.[1];
  if (number && method === 'POST') return updateNumber(network, number, one(form));
  return further(network, method, rest, query) ?? error(404, 20404, 'The requested resource was not found');
}

function further(
  network: TwilioNetwork,
  method: string,
  rest: string,
  query: Record<string, string>,
): Reply | undefined {
  if (rest === '/Recordings') return listRecordings(network, query);
  if (rest === '/Conferences' && method === 'GET') return listRooms(network, query);
  const room = /^\/Conferences\/(CF\w+)\/Participants$/.exec(rest)?.[1];
  if (room && method === 'GET') return listMembers(network, room);
  const recorded = /^\/Recordings\/(RE\w+)$/.exec(rest)?.[1];
  return recorded && method === 'DELETE' ? forget(network, recorded) : undefined;
}

const callJson = (network: TwilioNetwork, channel: Channel) => ({
  sid: channel.sid,
  account_sid: network.account,
  status: channel.status === 'initiated' ? 'queued' : channel.status,
  to: channel.facts.to,
  from: channel.facts.from,
  direction: channel.facts.direction,
  api_version: '2010-04-01',
});

/** The newest first. */
function listCalls(network: TwilioNetwork, { To, From, PageSize = '50' }: Record<string, string>): Reply {
  const found = [...network.channels.values()].reverse().filter(({ facts }) => facts.to === To && facts.from === From);
  const calls = found.slice(0, Number(PageSize)).map((channel) => callJson(network, channel));
  return ok({ calls, page: 0, page_size: Number(PageSize), next_page_uri: null });
}

/** The newest first. Their length is known a while after they ended: not at the first asking. */
function listRecordings(network: TwilioNetwork, { CallSid, PageSize = '50' }: Record<string, string>): Reply {
  const found = [...network.recordings].reverse().filter(([, { call }]) => call === CallSid);
  const recordings = found.slice(0, Number(PageSize)).map(([sid, { call, seconds, asked }]) => ({
    sid,
    account_sid: network.account,
    call_sid: call,
    source: 'RecordVerb',
    channels: 1,
    price: null,
    status: asked > 0 ? 'completed' : 'processing',
    duration: asked > 0 ? String(seconds) : '-1',
  }));
  return ok({ recordings, page: 0, page_size: Number(PageSize), next_page_uri: null });
}

function create(network: TwilioNetwork, form: Form): Reply {
  const plain = one(form);
  const { To = '', From = '' } = plain;
  if (!/^\+[1-9]\d{6,14}$/.test(To)) return error(400, 21211, `The 'To' number ${To} is not a valid phone number.`);
  const ours = [...network.numbers.values()].map(({ number }) => number);
  if (!ours.includes(From)) return error(400, 21210, `The source phone number provided, ${From}, is not yet verified`);
  const channel = network.place(plain, [form.StatusCallbackEvent ?? 'completed'].flat());
  return ok(callJson(network, channel), 201);
}

function update(network: TwilioNetwork, sid: string, { Status, Url, Twiml, Method }: Record<string, string>): Reply {
  const channel = network.channels.get(sid);
  if (!channel) return error(404, 20404, 'The requested resource was not found');
  if (channel.isOver) return error(400, 21220, 'Call is not in-progress. Cannot redirect.');
  if (Status === 'completed') channel.end(channel.answeredAt === undefined ? 'canceled' : 'completed');
  else if (Status === 'canceled' && channel.answeredAt === undefined) channel.end('canceled');
  else if ((Url || Twiml) && channel.answeredAt === undefined)
    return error(400, 21220, 'Call is not in-progress. Cannot redirect.');
  else if (Twiml) channel.move({ url: channel.current, params: channel.params(), twiml: Twiml });
  else if (Url) channel.move({ url: Url, method: Method ?? 'POST', params: channel.params() });
  return ok(callJson(network, channel));
}

/** Only those that began and are not over: that is what `in-progress` asks for. */
function listRooms(network: TwilioNetwork, { FriendlyName, Status, PageSize = '50' }: Record<string, string>): Reply {
  const found = network.rooms.filter(({ name }) => name === (FriendlyName ?? name));
  const conferences = Status === 'in-progress' || Status === undefined ? found : [];
  const shown = conferences.map(({ sid, name }) => ({ sid, friendly_name: name, status: 'in-progress' }));
  return ok({ conferences: shown, page: 0, page_size: Number(PageSize), next_page_uri: null });
}

function listMembers(network: TwilioNetwork, sid: string): Reply {
  const room = network.rooms.find((one) => one.sid === sid);
  if (!room) return error(404, 20404, 'The requested resource was not found');
  const participants = [...room.members].map(({ call }) => ({
    call_sid: call,
    conference_sid: sid,
    status: 'connected',
  }));
  return ok({ participants, page: 0, page_size: 50, next_page_uri: null });
}

const forget = (network: TwilioNetwork, sid: string): Reply =>
  network.recordings.delete(sid) ? ok(undefined, 204) : error(404, 20404, 'The requested resource was not found');

function fetchCall(network: TwilioNetwork, sid: string): Reply {
  const channel = network.channels.get(sid);
  return channel ? ok(callJson(network, channel)) : error(404, 20404, 'The requested resource was not found');
}

function sendMessage(network: TwilioNetwork, form: Record<string, string>): Reply {
  const { To = '', From = '', Body = '' } = form;
  if (!/^\+[1-9]\d{6,14}$/.test(To)) return error(400, 21211, `The 'To' number ${To} is not a valid phone number.`);
  if (![...network.numbers.values()].some(({ number }) => number === From))
    return error(400, 21659, `The From phone number ${From} is not a Twilio phone number or short code`);
  if (network.optedOut.has(To)) return error(400, 21610, 'Attempt to send to unsubscribed recipient');
  if (Body.length > 1600) return error(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  const message = network.sent(form);
  return ok(
    {
      sid: message.sid,
      account_sid: network.account,
      status: 'queued',
      to: To,
      from: From,
      body: Body,
      num_segments: '1',
    },
    201,
  );
}

const numberJson = (one: TwilioNumber) => ({
  sid: one.sid,
  phone_number: one.number,
  friendly_name: one.number,
  voice_url: one.voiceUrl,
  voice_method: 'POST',
  voice_fallback_url: one.voiceFallbackUrl,
  voice_fallback_method: one.voiceFallbackMethod,
  sms_fallback_method: 'POST',
  status_callback: one.statusCallback,
  status_callback_method: 'POST',
  sms_method: 'POST',
  sms_url: one.smsUrl,
  sms_fallback_url: one.smsFallbackUrl,
  capabilities: { voice: true, sms: true },
});

const listNumbers = (network: TwilioNetwork): Reply =>
  ok({
    incoming_phone_numbers: [...network.numbers.values()].map(numberJson),
    page: 0,
    page_size: 50,
    next_page_uri: null,
  });

function updateNumber(network: TwilioNetwork, sid: string, form: Record<string, string>): Reply {
  const number = network.numbers.get(sid);
  if (!number) return error(404, 20404, 'The requested resource was not found');
  number.voiceUrl = form.VoiceUrl ?? number.voiceUrl;
  number.voiceFallbackUrl = form.VoiceFallbackUrl ?? number.voiceFallbackUrl;
  number.voiceFallbackMethod = form.VoiceFallbackMethod ?? number.voiceFallbackMethod;
  number.statusCallback = form.StatusCallback ?? number.statusCallback;
  number.smsUrl = form.SmsUrl ?? number.smsUrl;
  number.smsFallbackUrl = form.SmsFallbackUrl ?? number.smsFallbackUrl;
  return ok(numberJson(number));
}
