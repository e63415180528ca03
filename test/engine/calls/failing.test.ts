// A step of ours throws, planted: the caller is never left to it. Which fate is whose, at the switchboard and on a real journal.
import t, { type Test } from 'tap';
import { fateOf } from '../../../server/domain/call/failed.ts';
import type { CallEvent } from '../../../server/domain/telephony/event.ts';
import type { Rig } from './rig.ts';
import { act, rig } from './rig.ts';
import { happens, standsAt } from './stations.ts';

/** From now on every step of every call throws. */
const plant = (self: Rig): void => {
  Object.defineProperty(self.config, 'trunks', {
    get: () => {
      throw new Error('planted');
    },
  });
};
const records = (self: Rig) =>
  self.store.journal.waiting(20).flatMap(({ shipment }) => (shipment.kind === 'call' ? [shipment.body] : []));
const kinds = (self: Rig) => self.store.journal.waiting(20).map(({ shipment }) => shipment.kind);
const clean = (t: Test, self: Rig) => {
  t.same([...self.store.journal.live(), ...self.store.journal.timers()], [], 'no row is left');
  t.equal(self.board.calls().length + self.board.timersRunning, 0, 'nothing is left in memory');
};

t.test('at the door: the last-resort route takes the caller, who is on record, and somebody is told', async (t) => {
  const self = await rig();
  plant(self);
  self.arrive();
  t.same(self.network.rescued, ['caller-1']);
  t.match(records(self), [{ outcome: 'lost', called: '+33199001000', notes: [/last-resort route/] }]);
  t.same(kinds(self).sort(), ['alert', 'call', 'warning']);
  clean(t, self);
  await self.end();
});

t.test('at the door, once: the next caller is served as ever', async (t) => {
  const self = await rig();
  const { trunks } = self.config;
  plant(self);
  self.arrive('caller-1');
  Object.defineProperty(self.config, 'trunks', { value: trunks });
  self.arrive('caller-2');
  t.same(self.network.rescued, ['caller-1']);
  t.equal(self.network.callers.get('caller-2')?.hears, 'gather');
  await self.end();
});

t.test('in the flow: the same, with the way that the caller had come', async (t) => {
  const self = await standsAt('menu');
  plant(self);
  happens(self, { type: 'digits', digits: '1' });
  t.same(self.network.rescued, ['caller-1']);
  t.match(records(self), [{ outcome: 'lost', path: [{ node: 'menu' }] }]);
  clean(t, self);
  await self.end();
});

t.test('while somebody is sought: the first time the call stays as it was, its timers move it on', async (t) => {
  const self = await standsAt('ringing');
  plant(self);
  const before = self.board.calls()[0];
  happens(self, { type: 'leg-answered', leg: 'c1.l1' });
  t.same([self.network.rescued, self.board.calls()[0]], [[], before], 'the same call');
  happens(self, { type: 'leg-ended', leg: 'c1.l1', hangup: { cause: 'busy', whose: 'callee' } });
  t.same(self.network.rescued, ['caller-1'], 'the second time it cannot go on');
  t.same([...self.network.legs.keys()], [], 'the phone that rang is freed: the route rings it itself');
  clean(t, self);
  await self.end();
});

t.test('two who talk go on talking; once one of them leaves, the other is let go', async (t) => {
  const self = await standsAt('talking');
  plant(self);
  happens(self, { type: 'digits', digits: '5' });
  t.equal(self.board.calls().length, 1, 'nothing disturbs them');
  happens(self, { type: 'leg-ended', leg: 'c1.l1', hangup: { cause: 'normal', whose: 'callee' } });
  t.same([self.network.rescued, [...self.network.callers.keys()]], [[], []], 'hung up, not rescued');
  t.match(records(self), [{ outcome: 'talked' }]);
  clean(t, self);
  await self.end();
});

t.test('a caller who hangs up is on record, and whoever rings for them is freed', async (t) => {
  const self = await standsAt('ringing');
  plant(self);
  happens(self, { type: 'caller-hung-up' });
  t.same([self.network.rescued, [...self.network.legs.keys()]], [[], []]);
  t.match(records(self), [{ outcome: 'lost' }]);
  clean(t, self);
  await self.end();
});

t.test('after a restart: who is sought is rescued at once, who talks is left alone', async (t) => {
  for (const [station, rescued] of [
    ['ringing', ['caller-1']],
    ['talking', []],
  ] as const) {
    const self = await standsAt(station);
    const leg = [...self.network.legs.keys()][0] as string;
    plant(self);
    const alive = { caller: true, legs: {}, bridged: station === 'talking' ? [leg] : [] };
    happens(self, { type: 'resumed', alive });
    t.same(self.network.rescued, rescued, station);
    await self.end();
  }
});

t.test('a talk whose other side vanished is ended, also by its longest time', async (t) => {
  const self = await standsAt('talking');
  const [call] = self.board.calls();
  if (!call) throw new Error('no call');
  const at = self.clock.now();
  const fate = (event: CallEvent) => fateOf(call, event, false);
  t.equal(fate({ type: 'resumed', at, alive: { caller: true, legs: {}, bridged: [] } }), 'ends');
  t.equal(fate({ type: 'resumed', at, alive: { caller: false, legs: {}, bridged: [] } }), 'ends');
  t.equal(fate({ type: 'timer', at, name: 'call.longest' }), 'ends');
  t.equal(fate({ type: 'timer', at, name: 'ring.c1.l1' }), 'stays');
  await self.end();
});

t.test('a call back is ended: the last-resort route would ring whoever is on call for its technician', async (t) => {
  const self = await rig();
  const order = {
    person: 'p1',
    language: 'fr',
    maxCalls: 1,
    number: '+33612345678',
    line: '+33199001000',
    by: 'helpdesk',
  };
  self.board.callBack(order);
  const [call] = self.board.calls();
  t.equal([...self.network.legs.keys()].length, 1);
  plant(self);
  const answered = () => happens(self, { type: 'leg-answered', leg: `${call?.id}.l1` });
  answered();
  t.equal(self.board.calls().length, 1, 'its timers may move it on');
  answered();
  t.same([self.network.rescued, [...self.network.legs.keys()]], [[], []]);
  t.match(records(self), [{ outcome: 'lost' }]);
  clean(t, self);
  await self.end();
});

t.test(
  'whoever listens throws: on a timer too, the call ends as it would, and the next caller is served',
  async (t) => {
    const heard: string[] = [];
    const throws = (what: string) => () => {
      heard.push(what);
      throw new Error('planted');
    };
    const listeners = { onEnd: throws('end'), onAlert: throws('alert'), onDeliver: throws('deliver') };
    const self = await rig(undefined, { listeners });
    self.arrive();
    happens(self, { type: 'digits', digits: '1' });
    for (let acts = 0; acts < 3; acts++) act(self);
    t.ok([...self.network.callers.values()][0]?.bridged, 'two talk');
    self.clock.advance(24 * 3_600_000);
    t.same(heard, ['end'], 'ended by its longest time, and told');
    t.match(records(self), [{ outcome: 'talked' }]);
    clean(t, self);
    self.arrive('caller-2');
    t.equal(self.network.callers.get('caller-2')?.hears, 'gather');
    happens(self, { type: 'digits', digits: '1' });
    happens(self, { type: 'caller-hung-up' });
    t.ok(heard.includes('alert'), 'and of an alert');
    await self.end();
  },
);
