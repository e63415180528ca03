// The link under every misfortune: refused, unreachable, too old, junk on the wire, silence, kill -9, a crash of our own.
import { createServer } from 'node:http';
import { join } from 'node:path';
import t from 'tap';
import type { Log } from '../../../server/base/log.ts';
import type { Problem } from '../../../server/base/result.ts';
import { until } from '../../waiting.ts';
import { startAsterisk } from './asterisk-process.ts';
import { Desk } from './desk.ts';
import { openRig } from './rig.ts';
import { openWire } from './wire.ts';

const rig = await openRig();
t.teardown(() => rig.end());

const refusal = async (url: string, more = {}): Promise<Problem> => {
  const config = new Desk({ ...rig, ari: { ...rig.ari, url, ...more } }, { firstMs: 300 });
  try {
    await config.start();
    throw new Error('it started');
  } catch (error) {
    return error as Problem & Error;
  } finally {
    await config.carrier.stop();
  }
};

let first: Desk | undefined;

/** A server that answers every request with this, or never. */
const answering = async (status: number, body: string | undefined) => {
  const server = createServer((_, response) => {
    if (body !== undefined) response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
};

const collecting = () => {
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return { lines, log };
};

void t.test('what cannot work is refused with one sentence and its mend', async (t) => {
  t.match(await refusal(rig.ari.url, { password: 'wrong' }), {
    message: /refuses user "vigie"/,
    hint: /ari.conf/,
    file: rig.ari.url,
  });
  t.match(await refusal('http://127.0.0.1:9'), { message: /does not answer/, hint: /running/ });
  t.match(await refusal(await answering(200, undefined)), { message: /does not answer \(silent/ });
  t.match(await refusal(await answering(200, '{"system":{"version":"18.9.0"}}')), { message: /18.9.0 is too old/ });
  t.match(await refusal(await answering(200, '{"hello":1}')), { message: /not an Asterisk/ });
  t.match(await refusal(await answering(200, 'junk')), { message: /not an Asterisk/ });
  t.match(await refusal(await answering(404, 'no')), { message: /answered 404/ });
  t.match(await refusal(await answering(200, '{"system":{"version":"22.1.0"}}')), {
    message: /22.1.0 answers, but reading its API failed/,
  });
});

void t.test('junk on the wire is dropped with a line, and the next call works', async (t) => {
  const wire = await openWire(rig.ari.url);
  const { lines, log } = collecting();
  const config = new Desk({ ...rig, ari: { ...rig.ari, url: wire.url } }, { log });
  t.teardown(async () => {
    await config.carrier.stop();
    wire.close();
  });
  await config.start();
  const hostile = [
    'not json',
    '',
    '[]',
    'null',
    '42',
    '{}',
    '{"type":7}',
    '{"type":"Unheard"}',
    '{"type":"constructor"}',
    '{"type":"__proto__"}',
    '{"type":"StasisStart"}',
    '{"type":"StasisStart","application":"vigie","channel":{"id":7},"args":null}',
    '{"type":"StasisStart","application":"vigie","channel":{"id":"x"},"args":["arrival","\\"; DROP","`id`"]}',
    '{"type":"ChannelDtmfReceived","channel":{"id":"c1.l1"},"digit":"evil"}',
    '{"type":"PlaybackFinished","playback":{"id":"c1.e1"}}',
    '{"type":"Dial","peer":{"id":null},"dialstatus":"ANSWER"}',
    '{"type":"RESTResponse","request_id":"nobody"}',
    '{"type":"ChannelDestroyed","channel":{"id":"c1.l1"},"cause":"x","tech_cause":{}}',
    '{"type":"RecordingFinished","recording":{}}',
    '{"type":"ChannelDtmfReceived","channel":{"id":"c1"},"digit":["1"]}',
    '{"type":"StasisStart","application":"vigie","channel":{"id":{"id":"y"}},"args":["arrival","1","2"]}',
  ];
  const mark = config.events.length;
  for (const text of hostile) wire.inject(text);
  await rig.call({ to: '+33199001000', from: '0612345678', script: 'waits', channelId: 'after-junk' });
  const arrival = await config.sees(
    'the caller',
    (event) => event.type === 'arrival' && event.arrival.caller !== '' && event.arrival,
    mark,
  );
  t.equal(arrival.caller, '+33612345678');
  t.match(
    config.events.slice(mark).filter((event) => event.type === 'arrival' && event.arrival.channel === 'x'),
    [{ arrival: { called: '', caller: '' } }],
    'a hostile caller is an unknown caller',
  );
  t.ok(lines.filter((line) => /not JSON/.test(line)).length >= 1);
  t.ok(lines.filter((line) => /unknown type/.test(line)).length >= 5);
  t.equal(lines.filter((line) => /not as documented/.test(line)).length, 5, 'each of another shape is told of');
  t.notOk(config.events.some((event) => event.type === 'arrival' && typeof event.arrival.channel !== 'string'));
  t.notOk(config.events.some((event) => event.type === 'lost'));
  config.carrier.drop(arrival.channel);
  await rig.http('DELETE', 'channels/after-junk');
});

void t.test('a wire that falls silent is noticed, and mended', async (t) => {
  const wire = await openWire(rig.ari.url);
  const config = new Desk({ ...rig, ari: { ...rig.ari, url: wire.url } });
  t.teardown(async () => {
    await config.carrier.stop();
    wire.close();
  });
  await config.start();
  await rig.call({ to: '+33199001000', from: '0612345678', script: 'waits', channelId: 'through-silence' });
  const { channel } = await config.arrival();
  config.carrier.adopt({ call: 'k1', channel });
  const ref = { call: 'k1', channel };
  const two = Array(2).fill({ kind: 'pause', ms: 1000 });
  const [, play] = config.does(ref, { type: 'answer' }, { type: 'play', prompts: two });
  await until('it plays', async () => (await rig.http('GET', `playbacks/${play}`)).status === 200);
  wire.silence();
  await config.sees('lost', (event) => event.type === 'lost');
  const mark = config.events.length;
  const [failed] = config.does(ref, { type: 'stop-play', playback: 'k1.e0' });
  t.match(await config.call('effect-failed', (event) => event.effect === failed), { why: /no connection/ });
  wire.mend();
  const living = await config.back(mark);
  t.match(living.channels, [{ channel, arrival: { called: '+33199001000', caller: '+33612345678', trunk: 'a' } }]);
  await config.call('playback-finished', (event) => event.playback === play);
  config.carrier.drop(channel);
  await config.call('caller-hung-up', () => true, mark);
});

void t.test('Asterisk stopped with its socket open, then going on: lost, then back', async (t) => {
  const config = new Desk(rig);
  t.teardown(() => config.carrier.stop());
  await config.start();
  process.kill(rig.asterisk.pid, 'SIGSTOP');
  await config.sees('lost', (event) => event.type === 'lost');
  process.kill(rig.asterisk.pid, 'SIGCONT');
  await config.back(config.events.findIndex((event) => event.type === 'lost'));
  t.same(
    config.events.filter(({ type }) => type === 'lost' || type === 'back').map(({ type }) => type),
    ['back', 'lost', 'back'],
  );
});

void t.test('kill -9 of Asterisk: lost, and after its restart calls are served again', async (t) => {
  const config = new Desk(rig);
  t.teardown(() => config.carrier.stop());
  await config.start();
  const killed = Date.now();
  process.kill(rig.asterisk.pid, 'SIGKILL');
  await rig.asterisk.exited;
  await config.sees('lost', (event) => event.type === 'lost');
  await rig.start();
  const mark = config.events.findIndex((event) => event.type === 'lost');
  const { since, ...living } = await config.back(mark);
  t.same(living, { channels: [], bridges: [], recordings: [] });
  t.ok((since ?? 0) >= killed, 'it tells that this is another Asterisk');
  await config.sees('trunk a', (event) => event.type === 'trunk' && event.trunk === 'a' && event.reachable);
  await rig.call({ to: '+33199001000', from: '0612345678', script: 'waits', channelId: 'after-kill' });
  const { channel } = await config.arrival(mark);
  config.carrier.adopt({ call: 'r1', channel });
  config.does({ call: 'r1', channel }, { type: 'answer' }, { type: 'hangup', reason: 'normal' });
  await config.call('caller-hung-up');
});

void t.test('our own crash: talkers stay together, and a new adapter finds everything', async (t) => {
  const first = new Desk(rig);
  await first.start();
  await rig.call({ to: '+33199001000', from: '0612345678', script: 'talks', channelId: 'talker' });
  const { channel } = await first.arrival();
  const ref = { call: 'x1', channel };
  first.carrier.adopt(ref);
  const dial = {
    type: 'originate',
    person: 'p',
    trunk: 'a',
    callerId: '+33199001000',
    ringMs: 20_000,
    maxCalls: 1,
  } as const;
  first.does(
    ref,
    { type: 'answer' },
    { ...dial, leg: 'x1.l1', number: '+33612345601' },
    { ...dial, leg: 'x1.l2', number: '+33612345699' },
  );
  await first.call('leg-answered', (event) => event.leg === 'x1.l1');
  await first.call('leg-ringing', (event) => event.leg === 'x1.l2');
  first.does(ref, { type: 'bridge', leg: 'x1.l1' });
  await rig.http('POST', 'bridges?type=mixing&bridgeId=gone.b');
  await rig.http('POST', 'bridges?type=mixing&bridgeId=foreign');
  await rig.call({ to: '+33199001000', from: '0612345678', script: 'waits', channelId: 'waiter' });
  await first.sees('a second arrival', (event) => event.type === 'arrival' && event.arrival.channel !== channel);
  const joined = async () => ((await rig.http('GET', 'bridges/x1.b')).body as { channels?: string[] }).channels ?? [];
  await until('they are joined', async () => (await joined()).length === 2);
  await first.carrier.stop();

  const next = new Desk(rig);
  t.teardown(() => next.carrier.stop());
  await next.start();
  const living = await next.back();
  const states = Object.fromEntries(
    living.channels.map(({ channel: id, state, arrival }) => [id, `${state} ${arrival ? 'caller' : 'leg'}`]),
  );
  const waiter = living.channels.find((one) => one.arrival && one.channel !== channel)?.channel ?? 'none';
  t.same(states, { [channel]: 'up caller', 'x1.l1': 'up leg', 'x1.l2': 'ringing leg', [waiter]: 'ringing caller' });
  t.match(living.bridges, [{ id: 'x1.b', channels: { length: 2 } }], 'only ours, only those in use');
  const bridges = async () => ((await rig.http('GET', 'bridges')).body as { id: string }[]).map(({ id }) => id).sort();
  await until('an empty bridge of ours is gone', async () => !(await bridges()).includes('gone.b'));
  t.same(await bridges(), ['foreign', 'x1.b'], 'a foreign one stays');
  await rig.http('DELETE', 'bridges/foreign');

  next.carrier.adopt(ref);
  next.carrier.drop(waiter);
  await rig.http('DELETE', 'channels/talker');
  await next.call('caller-hung-up');
  next.does(ref, { type: 'hangup-leg', leg: 'x1.l1' }, { type: 'hangup-leg', leg: 'x1.l2' });
  await next.call('leg-ended', (event) => event.leg === 'x1.l1');
  await next.call('leg-ended', (event) => event.leg === 'x1.l2');
  next.carrier.forget('x1');
  await until('its bridge is gone', async () => (await rig.http('GET', 'bridges/x1.b')).status === 404);
  t.notOk(next.story('x1').includes('leg-answered'), 'what the snapshot told is not told again');
});

void t.test('the heart beats while we are well, and stops when we say that we are not', async (t) => {
  let well = true;
  const config = new Desk(rig, { healthy: () => well });
  t.teardown(() => config.carrier.stop());
  const beat = async () =>
    ((await rig.http('GET', 'asterisk/variable?variable=VIGIE_HEARTBEAT')).body as { value: string }).value;
  await rig.http('POST', 'asterisk/variable?variable=VIGIE_HEARTBEAT&value=0');
  await config.start();
  const first = Number(await beat());
  t.ok(first > 1.7e12, 'in milliseconds');
  await until('a second beat', async () => Number(await beat()) > first);
  well = false;
  await rig.http('POST', 'asterisk/variable?variable=VIGIE_HEARTBEAT&value=0');
  const mark = config.events.length;
  await rig.call({ to: '+33199001000', from: '0612345678', script: 'leaves', channelId: 'heart' });
  await config.arrival(mark);
  t.equal(await beat(), '0');
});

void t.test('a second process that takes the line over has it, and the first says so and stays away', async (t) => {
  const { lines, log } = collecting();
  const told = new Promise<void>((replaced) => {
    first = new Desk(rig, { log, replaced });
  });
  const second = new Desk(rig);
  t.teardown(() => Promise.all([first?.carrier.stop(), second.carrier.stop()]));
  await first?.start();
  await second.start();
  await told;
  t.same(first?.events.filter(({ type }) => type === 'lost').length, 1);
  t.ok(lines.some((line) => /taken this line over/.test(line)));
  const mark = second.events.length;
  await rig.call({ to: '+33199001000', from: '0612345678', script: 'leaves', channelId: 'taken-over' });
  await second.arrival(mark);
  t.notOk(first?.events.some(({ type }) => type === 'arrival'));
});

void t.test('an Asterisk that cannot start says why', async (t) => {
  const missing = await startAsterisk({ binary: '/no/such/asterisk', configFile: '/x', ari: rig.ari });
  t.match(missing, {
    ok: false,
    problems: [{ file: '/no/such/asterisk', message: /cannot be run/, hint: /get-asterisk/ }],
  });
  const ends = await startAsterisk({
    binary: '/bin/false',
    configFile: join(rig.directory, 'x'),
    ari: { ...rig.ari, url: 'http://127.0.0.1:9' },
  });
  t.match(ends, { ok: false, problems: [{ message: /ended by itself \(status 1\)/ }] });
});
