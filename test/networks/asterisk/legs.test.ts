// How a leg leaves, against a real Asterisk: by one request, in no bridge while it rings, told as answered once it is with us.
import t from 'tap';
import type { Originate } from '../../../server/domain/telephony/effect.ts';
import { until } from '../../waiting.ts';
import { Desk } from './desk.ts';
import { openRig } from './rig.ts';

t.setTimeout(120_000);
const rig = await openRig();
const desk = new Desk(rig);
t.teardown(async () => {
  await desk.carrier.stop();
  await rig.end();
});
await desk.start();

const line = '+33199001000';
let calls = 0;

async function caller(script = 'waits') {
  const call = `c${++calls}`;
  const mark = desk.events.length;
  await rig.call({ to: line, from: '0612345678', script, channelId: `phone-of-${call}` });
  const ref = { call, channel: (await desk.arrival(mark)).channel };
  desk.carrier.adopt(ref);
  return { ref, call, phone: `phone-of-${call}` };
}

const dial = (leg: string, ending: string, ringMs = 5000): Originate => ({
  type: 'originate',
  leg,
  person: 'karim',
  number: `+336123456${ending}`,
  trunk: 'a',
  callerId: line,
  ringMs,
  maxCalls: 1,
});

type Seen = { state: string; dialplan: { app_name: string } };
const seen = async (channel: string) => (await rig.http('GET', `channels/${channel}`)).body as Seen;

void t.test('a phone that rings is not in our application, and so in none of its bridges', async (t) => {
  const { ref, call } = await caller();
  const leg = `${call}.l1`;
  desk.does(ref, dial(leg, '99'));
  await desk.call('leg-ringing', (event) => event.leg === leg);
  const { state, dialplan } = await seen(leg);
  t.equal(state, 'Ringing');
  t.not(dialplan.app_name, 'Stasis');
  desk.does(ref, { type: 'hangup-leg', leg }, { type: 'hangup', reason: 'normal' });
  t.match((await desk.call('leg-ended', (event) => event.leg === leg)).hangup, { cause: 'answered-elsewhere' });
  await desk.call('caller-hung-up', (_, of) => of === call);
});

void t.test('told as answered, a leg can be spoken to at once', async (t) => {
  const { ref, call } = await caller();
  const leg = `${call}.l1`;
  desk.does(ref, dial(leg, '02'));
  await desk.call('leg-answered', (event) => event.leg === leg);
  const [ask] = desk.does(ref, { type: 'ask-to-confirm', leg, prompts: [{ kind: 'pause', ms: 100 }] });
  await desk.call('leg-prompt-started', (event) => event.playback === ask);
  await desk.call('leg-ended', (event) => event.leg === leg);
  t.same(desk.story(call).slice(0, 2), ['leg-answered', 'leg-prompt-started']);
  desk.does(ref, { type: 'hangup', reason: 'normal' });
  await desk.call('caller-hung-up', (_, of) => of === call);
});

void t.test('a bridge does not end while somebody is being put into it', async (t) => {
  const { ref, call, phone } = await caller('talks');
  const leg = `${call}.l1`;
  desk.does(ref, { type: 'answer' }, dial(leg, '01'));
  await desk.call('leg-answered', (event) => event.leg === leg);
  // What plays on a channel holds back whoever wants to put it into a bridge.
  await rig.http('POST', `channels/${ref.channel}/play?playbackId=left.e1&media=${Array(3).fill('sound:silence/10')}`);
  desk.does(ref, { type: 'bridge', leg });
  await until('the bridge is made', async () => (await rig.http('GET', `bridges/${call}.b`)).status === 200);
  desk.does(ref, { type: 'hangup-leg', leg });
  desk.carrier.forget(call);
  await rig.http('GET', 'asterisk/ping');
  t.equal((await rig.http('GET', `bridges/${call}.b`)).status, 200, 'the call is forgotten, and the bridge waits');
  await rig.http('DELETE', 'playbacks/left.e1');
  await until('the bridge is gone', async () => (await rig.http('GET', `bridges/${call}.b`)).status === 404);
  await rig.http('DELETE', `channels/${phone}`);
});

void t.test(
  'whoever answers while no server lives waits for the next one, and is told to it as any other',
  async (t) => {
    const { ref, call, phone } = await caller();
    const leg = `${call}.l1`;
    desk.does(ref, dial(leg, '01'));
    await desk.call('leg-ringing', (event) => event.leg === leg);
    await desk.carrier.stop();
    await until('the phone is answered', async () => (await seen(leg)).state === 'Up');
    const next = new Desk(rig);
    t.teardown(() => next.carrier.stop());
    await next.start();
    t.match(
      (await next.back()).channels.find(({ channel }) => channel === leg),
      { state: 'ringing' },
    );
    await next.call('leg-answered', (event) => event.leg === leg);
    next.does(ref, { type: 'hangup-leg', leg });
    await next.call('leg-ended', (event) => event.leg === leg);
    await rig.http('DELETE', `channels/${phone}`);
  },
);
