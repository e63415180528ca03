// The rules of a test call, by its steps: who is let in, when, and as what; no order of events makes a caller of our own leg, or keeps a caller out.
import t from 'tap';
import type { View } from '../../../server/domain/self-test/test.ts';
import { hangup } from '../../../server/domain/telephony/hangup.ts';
import { arrival, begun, caller } from './begun.ts';

type Begun = ReturnType<typeof begun>;
const view = (part: Partial<View>): View => ({ node: 'f/menu', recording: false, talking: false, legs: [], ...part });
const step = (part: Partial<View>) => ({ type: 'step' as const, call: { id: 'c1' } as never, view: view(part) });

/** Comes to the door, proves itself, is heard both ways. */
function letIn(one: Begun) {
  one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'answered', channel: caller });
  one.keys('x', '4711');
  one.sees({ type: 'heard', channel: 'x' });
  one.sees({ type: 'heard', channel: caller });
}

t.test('only the code lets our own call in, and marks it', async (t) => {
  const one = begun();
  t.match(one.effects(), [{ type: 'expect' }, { type: 'dial' }]);
  t.match(one.sees({ type: 'arrival', arrival: arrival('x') }), [
    { type: 'start-timer' },
    { type: 'answer', channel: 'x' },
  ]);
  t.match(one.sees({ type: 'answered', channel: caller }), [{ type: 'press', channel: caller, keys: '4711' }]);
  t.same(one.keys('x', '471'), []);
  t.match(one.keys('x', '1'), [
    { type: 'hear', channel: 'x', hertz: 1150 },
    { type: 'sound', channel: caller, hertz: 1150 },
    { type: 'start-timer', name: 'tones' },
  ]);
  t.same(one.sees({ type: 'heard', channel: caller }), [], 'not its turn: an echo is no proof');
  t.match(one.sees({ type: 'heard', channel: 'x' }), [
    { type: 'quiet', channel: caller },
    { type: 'hear', channel: caller },
  ]);
  one.sees({ type: 'heard', channel: caller });
  t.match(one.admitted(), [{ channel: 'x', test: { id: 't1' } }]);
});

t.test('a stranger who shows our number is let in as a caller, and not before we know who is who', async (t) => {
  const one = begun();
  one.sees({ type: 'arrival', arrival: arrival('stranger') });
  t.same(one.keys('stranger', '1234567890'), [], 'wrong keys let nobody in: a network that loses keys would let us in');
  one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'answered', channel: caller });
  one.keys('x', '4711');
  t.match(one.admitted(), [{ channel: 'stranger' }]);
  t.notOk(one.admitted()[0]?.test, 'as a caller like any other');
  t.equal(one.test().door?.channel, 'x');
  one.sees({ type: 'arrival', arrival: arrival('late') });
  t.match(one.admitted(), [{ channel: 'late' }], 'and whoever comes now goes in at once');
});

t.test('keys that never arrive: our own leg ends first, and only then is anybody let in', async (t) => {
  const one = begun();
  one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'answered', channel: caller });
  one.keys('x', '47');
  t.match(one.sees({ type: 'timer', name: 'held' }), [
    { type: 'hang-up', channel: caller },
    { type: 'start-timer', name: 'settled' },
  ]);
  t.match(one.test().fault, { at: 'way', what: 'keys-lost' });
  one.sees({ type: 'ended', channel: 'x', hangup: hangup('normal') });
  t.match(one.sees({ type: 'timer', name: 'settled' }), [{ type: 'hang-up' }, { type: 'done' }]);
  t.same(one.admitted(), [], 'it was us, and is gone');
});

t.test('a real caller in the same moment waits four seconds at most, and never for nothing', async (t) => {
  const one = begun();
  t.match(one.sees({ type: 'arrival', arrival: arrival('real', '+33612345678') }), [
    { type: 'start-timer', name: 'held', ms: 4000 },
  ]);
  t.match(one.sees({ type: 'timer', name: 'held' }), [{ type: 'hang-up', channel: caller }, { type: 'start-timer' }]);
  t.match(one.test().fault, { at: 'ours' }, 'a test that was given up says nothing of the line');
  one.sees({ type: 'timer', name: 'settled' });
  t.match(one.admitted(), [{ channel: 'real' }]);
});

t.test('told twice of one caller: it is one, and our own leg is not let in beside itself', async (t) => {
  const one = begun();
  one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'arrival', arrival: arrival('x') });
  one.sees({ type: 'answered', channel: caller });
  one.keys('x', '4711');
  t.same(one.admitted(), []);
});

t.test(
  'where keys stand for sound: the code is the one way, digits back the other; of a talk, that both are in it',
  async (t) => {
    const one = begun({ carrier: 'twilio', trunk: 'twilio' });
    one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'answered', channel: caller });
    t.match(one.keys('x', '4711'), [
      { type: 'hear', channel: caller, hertz: 1650 },
      { type: 'sound', channel: 'x', hertz: 1650 },
      { type: 'start-timer', name: 'tones', ms: 8000 },
    ]);
    one.sees({ type: 'heard', channel: caller });
    t.match(one.admitted(), [{ channel: 'x', test: { id: 't1' } }]);
    const leg = { id: 'c1.l1', awaitsKey: false, taken: true };
    const joined = one.sees(step({ node: 'f/appel', talking: true, legs: [leg] }));
    t.match(joined, [
      { type: 'meet', channel: caller, call: 'c1' },
      { type: 'start-timer', name: 'tones' },
    ]);
    const late = begun({ carrier: 'twilio' });
    late.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'answered', channel: caller });
    late.keys('x', '4711');
    late.sees({ type: 'timer', name: 'tones' });
    t.match(late.test().fault, { at: 'way', what: 'line-unheard' });
    t.match(one.sees({ type: 'together', channel: caller }), [{ type: 'hang-up', channel: caller }, {}]);
    t.equal(one.test().stage, 'leaving');
  },
);

t.test('never seen together', async (t) => {
  const one = begun({ carrier: 'twilio' });
  one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'answered', channel: caller });
  one.keys('x', '4711');
  one.sees({ type: 'heard', channel: caller });
  one.sees(step({ node: 'f/appel', talking: true, legs: [{ id: 'c1.l1', awaitsKey: false, taken: true }] }));
  one.sees({ type: 'timer', name: 'tones' });
  t.match(one.test().fault, { at: 'leaf', what: 'unheard-together', detail: /salle/ });
});

t.test('one that ends with our own leg was ours, under another number', async (t) => {
  const one = begun();
  one.sees({ type: 'arrival', arrival: arrival('x', '+33612340000') }, { type: 'timer', name: 'held' });
  one.sees({ type: 'ended', channel: 'x', hangup: hangup('normal') }, { type: 'timer', name: 'settled' });
  t.match(one.test().fault, { at: 'way', what: 'disguised', detail: '+33612340000' });
});

t.test('the way that fails: refused, not back, cut, unheard one way', async (t) => {
  const fault = (...events: Parameters<Begun['sees']>) => {
    const one = begun();
    one.sees(...events);
    return one.test().fault;
  };
  t.match(fault({ type: 'ended', channel: caller, hangup: hangup('congestion', 'SIP 503') }), {
    what: 'refused',
    detail: 'SIP 503',
  });
  t.match(fault({ type: 'timer', name: 'back' }), { what: 'not-back' });
  t.match(fault({ type: 'answered', channel: caller }, { type: 'timer', name: 'back' }), {
    what: 'not-back',
    detail: 'décroché ailleurs',
  });
  t.match(fault({ type: 'answered', channel: caller }, { type: 'ended', channel: caller, hangup: hangup('normal') }), {
    what: 'cut',
  });
  for (const [heard, what] of [
    [[], 'caller-unheard'],
    [['x'], 'line-unheard'],
  ] as const) {
    const one = begun();
    one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'answered', channel: caller });
    one.keys('x', '4711');
    one.sees(...heard.map((channel) => ({ type: 'heard' as const, channel })), { type: 'timer', name: 'tones' });
    t.match(one.test().fault, { at: 'way', what });
    t.ok(
      one.effects().some((effect) => effect.type === 'hang-up' && effect.channel === 'x'),
      'the door is closed too',
    );
  }
});

t.test(
  'in the flow: keys a moment after each question, again once when they are lost; another question is a finding',
  async (t) => {
    const one = begun();
    letIn(one);
    t.match(one.sees(step({ asking: { effect: 'e1', open: false } })), [], 'keys would not count yet');
    t.match(one.sees(step({ asking: { effect: 'e1', open: true } })), [{ type: 'start-timer', name: 'key' }]);
    t.same(one.sees(step({ asking: { effect: 'e1', open: true } })), [], 'the same question');
    t.match(one.sees({ type: 'timer', name: 'key' }), [{ type: 'press', channel: caller, keys: '1' }]);
    one.sees(step({ asking: { effect: 'e2', open: true } }));
    t.match(one.sees({ type: 'timer', name: 'key' }), [{ type: 'press', keys: '1' }], 'put again: pressed again');
    one.sees(step({ asking: { effect: 'e3', open: true } }));
    t.match(one.test().fault, { at: 'leaf', what: 'other-question' });
  },
);

t.test(
  'joined with what answers in a person’s place: tones through the bridge, and nobody else is needed',
  async (t) => {
    const one = begun();
    letIn(one);
    one.sees(step({ asking: { effect: 'e1', open: true } }));
    t.match(one.sees({ type: 'called', channel: 'c1.l1.answerer' }), [{ type: 'answer', ringing: false }]);
    const leg = { id: 'c1.l1', awaitsKey: true, taken: false };
    t.match(one.sees(step({ node: 'f/appel', legs: [leg] })), [
      { type: 'press', channel: 'c1.l1.answerer', keys: '1' },
    ]);
    t.same(one.sees(step({ node: 'f/appel', legs: [leg] })), [], 'once');
    one.sees(step({ node: 'f/appel', talking: true, legs: [{ ...leg, awaitsKey: false, taken: true }] }));
    one.sees({ type: 'heard', channel: 'c1.l1.answerer' });
    t.match(one.sees({ type: 'heard', channel: caller }), [
      { type: 'quiet' },
      { type: 'hang-up', channel: caller },
      { type: 'start-timer' },
    ]);
    one.sees({ type: 'call-over', record: { id: 'c1', path: [], legs: [] } as never });
    t.equal(one.test().fault, undefined);
    t.match(one.effects().at(-1), { type: 'done' });
  },
);

t.test('Asterisk is lost: whoever was at the door is held again until our own leg is gone', async (t) => {
  const one = begun();
  one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'lost', why: 'Asterisk est perdu' });
  one.sees({ type: 'arrival', arrival: arrival('x') }, { type: 'arrival', arrival: arrival('real', '+33612345678') });
  t.same(one.admitted(), []);
  t.match(one.sees({ type: 'back' }), [
    { type: 'hang-up', channel: caller },
    { type: 'start-timer', name: 'settled' },
  ]);
  one.sees({ type: 'ended', channel: 'x', hangup: hangup('normal') });
  one.sees({ type: 'timer', name: 'settled' });
  t.match(one.admitted(), [{ channel: 'real' }]);
});
