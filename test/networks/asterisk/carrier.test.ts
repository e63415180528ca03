// The adapter against a real Asterisk: callers, legs, playback, keys, bridges, records, and every way a leg can end.
import { existsSync } from 'node:fs';
import t from 'tap';
import type { Originate } from '../../../server/domain/telephony/effect.ts';
import type { PromptSource } from '../../../server/networks/asterisk/media.ts';
import { until } from '../../waiting.ts';
import { Desk } from './desk.ts';
import { openRig } from './rig.ts';

const rig = await openRig();
/** What speaks a live text: each test may say how. */
let voice: () => Promise<string[]> = () => Promise.resolve([]);
const prompts: PromptSource = {
  uris: (asked) =>
    asked.some((prompt) => prompt.kind === 'text')
      ? voice()
      : asked.map((prompt) => (prompt.kind === 'file' ? prompt.path : 'sound:silence/1')),
};
const config = new Desk(rig, { prompts });
t.teardown(async () => {
  await config.carrier.stop();
  await rig.end();
});
await config.start();

const line = '+33199001000';
const beep = { kind: 'file', path: 'sound:beep' } as const;
const live = { kind: 'text', text: 'x', language: 'fr', live: true } as const;
const second = { kind: 'pause', ms: 1000 } as const;
let calls = 0;

/** A caller who stands at the door and runs `script` once answered; the call is adopted. */
async function caller(script = 'waits', from = '0612345678', headers?: Record<string, string>) {
  const call = `c${++calls}`;
  const mark = config.events.length;
  await rig.call({ to: line, from, script, channelId: `phone-of-${call}`, ...(headers ? { headers } : {}) });
  const arrival = await config.arrival(mark);
  const ref = { call, channel: arrival.channel };
  config.carrier.adopt(ref);
  return { ref, call, arrival, phone: `phone-of-${call}` };
}

/** What is dialled: the last two digits decide how that phone behaves. */
const dial = (leg: string, ending: string, more: Partial<Originate> = {}): Originate => ({
  type: 'originate',
  leg,
  person: 'karim',
  number: `+336123456${ending}`,
  trunk: 'a',
  callerId: line,
  ringMs: 5000,
  maxCalls: 1,
  ...more,
});

const global = async (name: string) =>
  ((await rig.http('GET', `asterisk/variable?variable=${name}`)).body as { value: string }).value;

void t.test('a caller, a person who takes the call with 1, and the two talk', async (t) => {
  const { ref, call, arrival, phone } = await caller('talks');
  t.match(arrival, { called: line, caller: '+33612345678', carrier: 'asterisk', trunk: 'a' });
  const [, play] = config.does(ref, { type: 'answer' }, { type: 'play', prompts: [beep] });
  await config.call('playback-finished', (event) => event.playback === play);
  const leg = `${call}.l1`;
  config.does(ref, { type: 'wait', sound: 'music' }, dial(leg, '01'));
  await config.call('leg-answered', (event) => event.leg === leg);
  t.equal(await global('SHOWN'), line, 'the line is shown');
  const [ask] = config.does(ref, { type: 'ask-to-confirm', leg, prompts: [beep, second, second] });
  t.equal((await config.call('leg-prompt-started', (event) => event.leg === leg)).playback, ask);
  t.equal((await config.call('leg-pressed', (event) => event.leg === leg)).digit, '1');
  config.does(ref, { type: 'bridge', leg });
  await config.call('leg-prompt-finished', (event) => event.playback === ask);
  const both = async () => {
    const { body } = await rig.http('GET', `bridges/${call}.b`);
    return ((body as { channels?: string[] }).channels ?? []).sort();
  };
  await until('both are joined', async () => (await both()).length === 2);
  t.same(await both(), [ref.channel, leg].sort());
  await rig.http('DELETE', `channels/${phone}`);
  await config.call('caller-hung-up', () => true, config.events.length - 1);
  config.does(ref, { type: 'hangup-leg', leg });
  t.match((await config.call('leg-ended', (event) => event.leg === leg)).hangup, { cause: 'normal' });
  config.carrier.forget(call);
  await until('the bridge is gone', async () => (await rig.http('GET', `bridges/${call}.b`)).status === 404);
  t.same(
    config.story(call),
    [
      'playback-finished',
      'leg-ringing',
      'leg-answered',
      'leg-prompt-started',
      'leg-pressed',
      'leg-prompt-finished',
      'caller-hung-up',
      'leg-ended',
    ],
    'each fact is told once, in order',
  );
});

void t.test('every way a leg can end says whose fault it was', async (t) => {
  const { ref, call } = await caller();
  config.does(ref, { type: 'answer' });
  const ends = async (n: number, ending: string, more: Partial<Originate> = {}) => {
    const leg = `${call}.l${n}`;
    config.does(ref, dial(leg, ending, more));
    return (await config.call('leg-ended', (event) => event.leg === leg)).hangup;
  };
  const rows = await Promise.all([
    ends(1, '86'),
    ends(2, '04'),
    ends(3, '03'),
    ends(4, '23'),
    ends(5, '99', { ringMs: 1000 }),
    ends(6, '88', { ringMs: 1000 }),
    ends(7, '01', { trunk: 'mute', ringMs: 1000 }),
    ends(8, '02'),
  ]);
  t.match(rows, [
    { cause: 'busy', whose: 'callee', detail: 'SIP 486, Q.850 17' },
    { cause: 'unallocated', whose: 'callee' },
    { cause: 'congestion', whose: 'carrier' },
    { cause: 'forbidden', whose: 'carrier' },
    { cause: 'no-answer', whose: 'callee' },
    { cause: 'no-answer', whose: 'callee' },
    { cause: 'unreachable', whose: 'carrier' },
    { cause: 'normal' },
  ]);
  config.does(ref, { type: 'hangup', reason: 'normal' });
  await config.call('caller-hung-up', (_, of) => of === call);
});

void t.test('an originate that cannot leave is a failed effect with its blame', async (t) => {
  const { ref, call } = await caller();
  const [dead, bad, trunk] = config.does(
    ref,
    dial(`${call}.l1`, '01', { trunk: 'dead' }),
    dial(`${call}.l2`, '01', { number: '+33612@evil,T' }),
    dial(`${call}.l3`, '01', { trunk: 'a/../x' }),
  );
  const failure = (id?: string) => config.call('effect-failed', (event) => event.effect === id);
  t.match(await failure(dead), { hangup: { cause: 'unreachable', whose: 'carrier' } });
  t.match(await failure(bad), { hangup: { cause: 'bad-number' }, why: /cannot be dialled/ });
  t.match(await failure(trunk), { hangup: { cause: 'bad-number' } });
  config.does(ref, { type: 'hangup', reason: 'busy' });
});

void t.test('a leg that rings is cancelled; performing an originate twice makes one leg', async (t) => {
  const { ref, call } = await caller();
  const leg = `${call}.l1`;
  config.does(ref, dial(leg, '99', { callerId: '+33612345678', diversion: line }), dial(leg, '99'));
  await config.call('leg-ringing', (event) => event.leg === leg);
  t.equal(await global('SHOWN'), '+33612345678');
  t.match(await global('DIVERTED'), `sip:${line}@`);
  config.does(ref, { type: 'hangup-leg', leg });
  t.match((await config.call('leg-ended', (event) => event.leg === leg)).hangup, {
    cause: 'answered-elsewhere',
    whose: 'ours',
  });
  config.does(ref, { type: 'hangup', reason: 'rejected' });
  t.notOk(config.story(call).includes('effect-failed'));
});

void t.test('keys of the caller, one at a time; a playback is cut; nothing to hear is over at once', async (t) => {
  const { ref, call } = await caller('keys');
  const [, gather] = config.does(
    ref,
    { type: 'answer' },
    { type: 'gather', prompts: Array(20).fill(second), most: 3, terminator: '#', timeoutMs: 5000 },
  );
  await config.call('digits', (event) => event.digits === '#');
  t.same(
    config.events.flatMap((e) =>
      e.type === 'call' && e.call === call && e.event.type === 'digits' ? [e.event.digits] : [],
    ),
    ['1', '2', '#'],
  );
  config.does(ref, { type: 'stop-play', playback: gather as string });
  await config.call('playback-finished', (event) => event.playback === gather);
  const [empty] = config.does(ref, { type: 'play', prompts: [] });
  await config.call('playback-finished', (event) => event.playback === empty);
  const [missing] = config.does(ref, { type: 'play', prompts: [{ kind: 'file', path: '/nowhere/at/all' }] });
  t.match(await config.call('effect-failed', (event) => event.effect === missing), { why: /could not play/ });
  config.does(ref, { type: 'stop-play', playback: gather as string }, { type: 'hangup', reason: 'normal' });
  await config.call('caller-hung-up', (_, of) => of === call);
});

void t.test('a word while music plays; joined in the middle of a word, at once', async (t) => {
  const { ref, call } = await caller('talks');
  const leg = `${call}.l1`;
  const [, , word, , long] = config.does(
    ref,
    { type: 'answer' },
    { type: 'wait', sound: 'music' },
    { type: 'play', prompts: [beep] },
    dial(leg, '01'),
    { type: 'play', prompts: Array(60).fill(second) },
  );
  await config.call('playback-finished', (event) => event.playback === word);
  await config.call('leg-answered', (event) => event.leg === leg);
  config.does(ref, { type: 'bridge', leg });
  await config.call('playback-finished', (event) => event.playback === long);
  await until('both are joined', async () => {
    const { body } = await rig.http('GET', `bridges/${call}.b`);
    return (body as { channels?: string[] }).channels?.length === 2;
  });
  config.does(ref, { type: 'hangup-leg', leg }, { type: 'hangup', reason: 'normal' });
  await config.call('leg-ended', (event) => event.leg === leg);
  t.notOk(config.story(call).includes('effect-failed'));
});

void t.test('a sound left playing by a former process delays its own bridge, and nobody else', async (t) => {
  const { ref, call } = await caller('talks');
  const other = await caller();
  const leg = `${call}.l1`;
  config.does(ref, { type: 'answer' }, dial(leg, '01'));
  await config.call('leg-answered', (event) => event.leg === leg);
  const long = Array(3).fill('sound:silence/10').join();
  await rig.http('POST', `channels/${ref.channel}/play?playbackId=left.e1&media=${long}`);
  config.does(ref, { type: 'bridge', leg });
  const [, word] = config.does(other.ref, { type: 'answer' }, { type: 'play', prompts: [beep] });
  await config.call('playback-finished', (event) => event.playback === word);
  const joined = async () =>
    ((await rig.http('GET', `bridges/${call}.b`)).body as { channels: string[] }).channels.length;
  t.equal(await joined(), 0, 'others were served meanwhile');
  await rig.http('DELETE', 'playbacks/left.e1');
  await until('both are joined', async () => (await joined()) === 2);
  t.notOk(config.events.some((event) => event.type === 'lost'));
  config.does(ref, { type: 'hangup-leg', leg }, { type: 'hangup', reason: 'normal' });
  config.does(other.ref, { type: 'hangup', reason: 'normal' });
  await config.call('leg-ended', (event) => event.leg === leg);
});

void t.test('waiting sounds stop and start around words without a refusal', async (t) => {
  const { ref, call, phone } = await caller();
  const [, , one, two] = config.does(
    ref,
    { type: 'answer' },
    { type: 'wait', sound: 'ringing' },
    { type: 'play', prompts: [beep] },
    { type: 'play', prompts: [beep] },
    { type: 'wait', sound: 'music' },
  );
  await config.call('playback-finished', (event) => event.playback === two);
  const played = config.events.flatMap((e) =>
    e.type === 'call' && e.event.type === 'playback-finished' ? [e.event.playback] : [],
  );
  t.same(played.slice(-2), [one, two]);
  const last = config
    .does(
      ref,
      { type: 'stop-wait' },
      { type: 'stop-wait' },
      { type: 'wait', sound: 'ringing' },
      { type: 'stop-wait' },
      { type: 'play', prompts: [beep] },
    )
    .at(-1);
  // What is asked of a channel that has gone is refused: all of it is done before the caller leaves.
  await config.call('playback-finished', (event) => event.playback === last);
  await rig.http('DELETE', `channels/${phone}`);
  await config.call('caller-hung-up', (_, of) => of === call);
  t.notOk(config.story(call).includes('effect-failed'));
});

void t.test('an unanswered caller is told busy or rejected by the network itself', async (t) => {
  const answers = [];
  for (const reason of ['busy', 'rejected'] as const) {
    const { ref, phone } = await caller();
    config.does(ref, { type: 'hangup', reason });
    const { tech_cause } = await rig.observes(
      `${phone} ends`,
      (event) => event.type === 'ChannelDestroyed' && event.channel?.id === phone,
    );
    answers.push(tech_cause);
  }
  t.same(answers, [486, 403], 'SIP statuses');
});

void t.test('audio that must be made first holds up its own call only, and keeps the order', async (t) => {
  const slow = await caller();
  const quick = await caller();
  let ready: (uris: string[]) => void = () => {};
  voice = () =>
    new Promise((resolve) => {
      ready = resolve;
    });
  const [, late] = config.does(
    slow.ref,
    { type: 'answer' },
    { type: 'play', prompts: [live] },
    { type: 'wait', sound: 'music' },
  );
  config.does(slow.ref, { type: 'hangup', reason: 'normal' });
  const [, word] = config.does(quick.ref, { type: 'answer' }, { type: 'play', prompts: [beep] });
  await config.call('playback-finished', (event) => event.playback === word);
  t.same(config.story(slow.call), [], 'its later effects wait');
  ready(['sound:beep']);
  await rig.observes('it plays', (event) => event.type === 'PlaybackStarted' && event.playback?.id === late);
  await config.call('caller-hung-up', (_, of) => of === slow.call);
  voice = () => Promise.reject(new Error('no voice'));
  const [failed] = config.does(quick.ref, { type: 'play', prompts: [live] });
  t.match(await config.call('effect-failed', (event) => event.effect === failed), { why: 'no voice' });
  config.does(quick.ref, { type: 'hangup', reason: 'normal' });
  await config.call('caller-hung-up', (_, of) => of === quick.call);
});

void t.test('a farewell is heard to its end, then the leg is hung up', async (t) => {
  const { ref, call } = await caller();
  const leg = `${call}.l1`;
  config.does(ref, { type: 'answer' }, dial(leg, '01'));
  await config.call('leg-answered', (event) => event.leg === leg);
  config.does(ref, { type: 'ask-to-confirm', leg, prompts: Array(20).fill(second) });
  await config.call('leg-prompt-started', (event) => event.leg === leg);
  const [farewell] = config.does(ref, { type: 'tell-and-hangup', leg, prompts: [beep] });
  await config.call('leg-ended', (event) => event.leg === leg);
  const order = config.events.flatMap((e) =>
    e.type === 'call' && e.call === call && 'playback' in e.event ? [e.event.playback] : [],
  );
  t.equal(order.at(-1), farewell);
  config.does(ref, { type: 'hangup', reason: 'normal' });
});

void t.test('a call forgotten at once still says its farewell', async (t) => {
  const { ref, call } = await caller();
  const leg = `${call}.l1`;
  config.does(ref, { type: 'answer' }, dial(leg, '01'));
  await config.call('leg-answered', (event) => event.leg === leg);
  const [farewell] = config.does(
    ref,
    { type: 'tell-and-hangup', leg, prompts: [beep] },
    { type: 'hangup', reason: 'normal' },
  );
  config.carrier.forget(call);
  await config.call('leg-ended', (event) => event.leg === leg);
  const { playback } = await rig.observes(
    'the farewell ends',
    ({ type, playback }) => type === 'PlaybackFinished' && playback?.id === farewell,
  );
  t.equal(playback?.state, 'done', 'heard to its end');
  await until('nothing is left', async () => ((await rig.http('GET', 'channels')).body as unknown[]).length === 0);
});

void t.test('a recording is ended by its limit though the caller sends no sound', async (t) => {
  const { ref } = await caller();
  const [, record] = config.does(
    ref,
    { type: 'answer' },
    { type: 'record', maxMs: 1000, silenceMs: 0, beep: true, terminator: '#' },
  );
  const done = await config.call('recording-finished', (event) => event.recording === record);
  t.equal(done.file, `${rig.recordings}/${record}.wav`);
  t.ok(existsSync(done.file));
  config.does(ref, { type: 'hangup', reason: 'normal' });
});

void t.test('hostile numbers and names from outside are unknown, and a loop shows', async (t) => {
  const { arrival, ref } = await caller('waits', 'anonymous', {
    Diversion: `<sip:${line}@somewhere>;reason=unconditional`,
  });
  t.match(arrival, { caller: '', divertedFrom: line });
  t.notOk(arrival.attested);
  config.does(ref, { type: 'hangup', reason: 'normal' });
  const vouched = await caller('waits', '0612345678', {
    'P-Asserted-Identity': '"Ada" <sip:+33612345678;verstat=TN-Validation-Passed-A@carrier>',
  });
  t.match(vouched.arrival, { caller: '+33612345678', attested: 'full' }, 'the network vouches for the number');
  config.does(vouched.ref, { type: 'hangup', reason: 'normal' });
});

void t.test('an effect for a caller who is gone comes back as failed', async (t) => {
  const { ref, call } = await caller('leaves');
  config.does(ref, { type: 'answer' });
  await config.call('caller-hung-up', (_, of) => of === call);
  const [play] = config.does(ref, { type: 'play', prompts: [beep] });
  t.match(await config.call('effect-failed', (event) => event.effect === play), { why: /404|409/ });
});

void t.test('trunks that answer or cease to are told', async (t) => {
  const reachable = (trunk: string, is: boolean) =>
    config.sees(
      `trunk ${trunk}`,
      (event) => event.type === 'trunk' && event.trunk === trunk && event.reachable === is && event,
    );
  t.ok(await reachable('hole', false), 'a black hole does not answer OPTIONS');
  t.ok(await reachable('a', true));
});
