// Calls that the line places by itself, on a real database and a clock in the test's hand: saved before they ring, taken up after a kill,
// over the next network when one cannot carry them.
import t, { type Test } from 'tap';
import { legView } from '../../../server/domain/call/view.ts';
import { hangup } from '../../../server/domain/telephony/hangup.ts';
import { settled } from '../alerts/house.ts';
import { Network, placing, room, say } from './rig.ts';

t.test('saved before anybody is rung, and after every step', async (t) => {
  const { open, network, placedCalls, clock, ended } = room(t);
  const placer = open();
  network.onPerform = () => {
    t.strictSame(placedCalls.get('a1'), placer.one('a1'), 'what is performed is saved');
  };
  placer.place(placing());
  placer.place(placing());
  await settled();
  t.equal(network.rung.length, 1, 'one call for one purpose');
  const leg = network.leg;
  const at = clock.now();
  network.says({ type: 'leg-ringing', leg, at });
  network.says({ type: 'leg-answered', leg, at });
  network.says({ type: 'leg-answered', leg, at });
  const asked = network.asked.filter(({ type }) => type === 'ask-to-confirm');
  t.equal(asked.length, 1, 'an answer told twice asks once');
  network.says({ type: 'leg-pressed', leg, digit: '1', at });
  t.same(ended, [], 'a key before the question began is nobody’s answer');
  network.says({ type: 'leg-prompt-started', leg, playback: asked[0]?.id ?? '', at });
  network.says({ type: 'leg-pressed', leg, digit: '1', at });
  network.says({ type: 'leg-pressed', leg, digit: '1', at });
  network.says({ type: 'leg-pressed', leg, digit: '2', at });
  t.match(ended, [{ end: 'yes' }]);
  t.match(network.asked.at(-1), { type: 'tell-and-hangup', leg, prompts: [say('merci')] });
  const over = placer.one('a1');
  t.same(over && legView(over, leg), { hears: 'farewell', prompts: [say('merci')] }, 'asked again, the same is heard');
  t.same(placer.live(), []);
  clock.advance(11 * 60_000);
  placer.place(placing('alert1.n2'));
  await settled();
  t.equal(placer.one('a1'), undefined, 'forgotten in the end');
  t.match(placedCalls.live(), [{ id: 'a2' }]);
});

const story = ['leg-ringing', 'leg-answered', 'leg-prompt-started', 'key'] as const;
type Moment = (typeof story)[number];

const questionOf = (network: Network) => network.asked.findLast(({ type }) => type === 'ask-to-confirm')?.id ?? '';

function happens(network: Network, what: Moment, leg: string, at: number): void {
  if (what === 'key') network.says({ type: 'leg-pressed', leg, digit: '1', at });
  else if (what === 'leg-prompt-started') network.says({ type: what, leg, playback: questionOf(network), at });
  else network.says({ type: what, leg, at });
}

/** The whole story of one call, with a kill in it. */
async function lives(t: Test, killedAfter: Moment) {
  const { open, network, clock, ended } = room(t);
  open().place(placing());
  await settled();
  const { leg } = network;
  for (const what of story) {
    happens(network, what, leg, clock.now());
    if (what !== killedAfter) continue;
    open();
    network.isBack(what === 'key' ? {} : { [leg]: what === 'leg-ringing' ? 'ringing' : 'up' }, clock.now());
    // The question was cut short: it is asked again, and begins again.
    if (what === 'leg-prompt-started') happens(network, what, leg, clock.now());
  }
  return { network, ended };
}

t.test('killed after every event: what lives goes on, nobody is rung twice, the answer is told once', async (t) => {
  for (const killedAfter of story) {
    const { network, ended } = await lives(t, killedAfter);
    t.equal(network.rung.length, 1, `rung once when killed after ${killedAfter}`);
    t.match(ended, [{ end: 'yes' }], `told once when killed after ${killedAfter}`);
    t.equal(network.asked.filter(({ type }) => type === 'tell-and-hangup').length, 1);
  }
});

t.test('a leg that was lost with us is tried once more; one that nobody knows is ended', async (t) => {
  const { open, network, clock, ended } = room(t);
  open().place(placing());
  await settled();
  open();
  network.isBack({ 'a99.l1': 'ringing' }, clock.now());
  t.same(network.dropped, ['a99.l1']);
  t.same(
    network.rung.map(({ leg }) => leg),
    ['a1.l1', 'a1.l2'],
  );
  network.says({ type: 'leg-ended', leg: network.leg, hangup: hangup('busy'), at: clock.now() });
  t.match(ended, [{ end: 'nobody', why: 'busy' }]);
});

t.test('what one network cannot carry goes over the next; the callee’s no does not', async (t) => {
  const [first, second] = [new Network('asterisk'), new Network('twilio')];
  const { open, clock, ended } = room(t, [first, second]);
  const placer = open();
  placer.place(placing());
  await settled();
  const sent = first.rung[0]?.id ?? '';
  first.says({ type: 'effect-failed', effect: sent, why: 'no connection', at: clock.now() });
  t.equal(second.rung.length, 1);
  t.not(second.leg, first.leg, 'no id is used twice');
  first.says({ type: 'leg-answered', leg: first.leg, at: clock.now() });
  t.same(first.dropped, [first.leg], 'a leg of the network that was given up is ended when it answers');
  second.says({ type: 'leg-ended', leg: second.leg, hangup: hangup('busy'), at: clock.now() });
  t.match(ended, [{ end: 'nobody', why: 'busy' }]);
  t.equal(first.rung.length, 1, 'a telephone that is busy is not rung again by the other network');

  first.up = false;
  placer.place(placing('alert2.n1'));
  await settled();
  t.equal(second.rung.length, 2, 'one that cannot be led is not tried first');
  second.says({ type: 'effect-failed', effect: second.rung.at(-1)?.id ?? '', why: 'no', at: clock.now() });
  first.says({ type: 'effect-failed', effect: first.rung.at(-1)?.id ?? '', why: 'no', at: clock.now() });
  t.match(ended[1], { end: 'nobody', why: 'unreachable' }, 'when none can, whoever asked is told');
});

t.test('a network that does not come back after a restart', async (t) => {
  const [first, second] = [new Network('asterisk'), new Network('twilio')];
  const { open, clock } = room(t, [first, second]);
  open().place(placing());
  await settled();
  open();
  clock.advance(29_000);
  t.equal(second.rung.length, 0);
  clock.advance(2_000);
  t.equal(second.rung.length, 1);
  first.isBack({}, clock.now());
  t.equal(first.rung.length, 1, 'it is the other network’s now');
});

t.test('stopped: a telephone stops ringing, a person is told why, and one that has not begun never does', async (t) => {
  const { open, network, clock, ended } = room(t);
  const placer = open();
  placer.place(placing('a.n1'));
  placer.stop('a.n1');
  await settled();
  t.same(network.asked, []);
  placer.place(placing('a.n2'));
  await settled();
  placer.stop('a.n2');
  t.match(network.asked.at(-1), { type: 'hangup-leg', leg: network.leg });
  placer.place(placing('a.n3'));
  await settled();
  network.says({ type: 'leg-answered', leg: network.leg, at: clock.now() });
  placer.keepOnly((purpose) => purpose !== 'a.n3');
  t.match(network.asked.at(-1), { type: 'tell-and-hangup', leg: network.leg, prompts: [say('déjà pris')] });
  t.notOk(network.asked.some((effect) => effect.type === 'hangup-leg' && effect.leg === network.leg));
  t.same(ended, [], 'who stopped it needs no news');
});
