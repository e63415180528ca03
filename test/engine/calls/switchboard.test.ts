// Rules 1 and 7 where they live, and what only many calls together show: caps, timers over a restart, failing disks, trunks and tables.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { wavesOf } from '../../../server/domain/hunt/order.ts';
import { readPlannings } from '../../../server/domain/planning/load.ts';
import { onCall } from '../../../server/domain/planning/resolve.ts';
import { peopleFor } from '../../../server/domain/planning/targets.ts';
import type { CallJournal } from '../../../server/engine/calls/ports.ts';
import { Switchboard } from '../../../server/engine/calls/switchboard.ts';
import { flowSet, people } from '../../domain/call/house.ts';
import { deaths, diesAt, reloads } from './kill.ts';
import { act, type Rig, rig } from './rig.ts';

const numbers = (self: Rig) => self.network.rung.map((one) => `${one.number} ${one.trunk}`);
const waiting = (self: Rig, kind: string) =>
  self.store.journal.waiting(50).flatMap(({ shipment }) => (shipment.kind === kind ? [shipment.body] : []));
/** The caller keys 1: whoever is on call rings. */
const until = (self: Rig, what: string) => {
  for (let acts = 0; acts < 20; acts++) if (act(self) === what) return;
};
const legs = (self: Rig) => [...self.network.legs.values()];
const from = (self: Rig, channel: string) => self.network.callers.get(channel)?.call ?? '';

t.test('rule 1: saved before performed; a server that dies anywhere is taken up where it was', async (t) => {
  for (const death of deaths) t.same(await diesAt(Switchboard, death), [], `${death.how}, ${death.at}`);
});

t.test('rule 7: a reload leaves the caller in the flow they began with', async (t) => {
  t.same(await reloads(Switchboard, false), [], 'the same server');
  t.same(await reloads(Switchboard, true), [], 'and after a restart');
});

t.test('rule 8: whoever the planning names at that instant is who rings, for the reason it gives', async (t) => {
  const folder = 'plannings';
  const read = readPlannings(
    readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') })),
  );
  if (!read.ok) throw new Error(read.problems[0]?.message);
  const set = read.value;
  const instants = [
    '2026-11-23T09:30Z',
    '2026-12-24T17:30Z',
    '2026-12-26T08:00Z',
    '2026-12-31T23:30Z',
    '2027-03-28T01:00Z',
  ];
  const rung = new Set<string>();
  const modes = new Set<string>();
  for (const planning of set.plannings.keys()) {
    for (const at of instants.map((text) => Date.parse(text))) {
      const self = await rig();
      self.config.flows = flowSet({ levels: [{ planning }] });
      self.config.onCall = (target, instant) => peopleFor(set, target, instant);
      self.clock.advance(at - self.clock.now());
      self.arrive();
      until(self, 'the caller keys');
      const shown = onCall(set, planning, at);
      const together = wavesOf(undefined, shown.people, 1)[0] ?? [];
      const wanted = shown.people.filter(({ person }) => together.includes(person));
      t.same(
        self.network.rung.map(({ person, number }) => [person, number]),
        wanted.map(({ person, phones }) => [person, phones[0]]),
        `${planning} at ${new Date(at).toISOString()}`,
      );
      const [leg] = self.network.rung;
      modes.add(shown.ringMode);
      if (shown.people.length > 0) t.same(self.board.calls()[0]?.hunt?.because, [shown.because]);
      if (leg) rung.add(leg.person);
      await self.end();
    }
  }
  t.ok(rung.size > 3, 'different people were on call');
  t.same([...modes].sort(), ['parallel', 'sequential', 'waves'], 'and rung as their plannings say');
});

t.test('a person takes as many calls at once as they said', async (t) => {
  const self = await rig();
  self.arrive('caller-1');
  self.network.emit({
    type: 'call',
    call: from(self, 'caller-1'),
    event: { type: 'digits', digits: '1', at: self.clock.now() },
  });
  self.arrive('caller-2');
  self.network.emit({
    type: 'call',
    call: from(self, 'caller-2'),
    event: { type: 'digits', digits: '1', at: self.clock.now() },
  });
  t.equal(self.network.rung.length, 1, 'the second caller waits');
  t.equal(self.network.callers.get('caller-2')?.hears, 'wait');
  const [first] = legs(self);
  const hangup = { cause: 'busy', whose: 'callee' } as const;
  self.network.legs.clear();
  const ended = { type: 'leg-ended', leg: first?.leg ?? '', hangup, at: self.clock.now() } as const;
  self.network.emit({ type: 'call', call: from(self, 'caller-1'), event: ended });
  self.clock.advance(10_000);
  t.equal(self.network.rung.length, 2, 'and is put through once the person is free');
  t.equal(self.network.rung[1]?.leg.startsWith(from(self, 'caller-2')), true);
  await self.end();
});

t.test('timers are rows', async (t) => {
  t.test('one that fell due while no server ran fires at once', async (t) => {
    const self = await rig();
    self.arrive();
    until(self, 'the caller keys');
    self.network.disconnect();
    const before = self.clock;
    self.clock.advance(60_000);
    await self.restart();
    t.not(self.clock, before, 'another server');
    self.clock.advance(0);
    t.same(legs(self), [], 'the phone rang long enough');
    t.ok(self.network.performed.some((one) => one.type === 'hangup-leg'));
    await self.end();
  });
  t.test('one that the return itself made pointless does not run on', async (t) => {
    const self = await rig();
    self.config.people = people(2);
    self.arrive();
    until(self, 'the caller keys');
    const lost = legs(self)[0]?.leg;
    self.network.legs.clear();
    await self.restart();
    t.same(numbers(self), ['+33611000001 a', '+33611000002 a'], 'the lost leg counts as lost, the next person rings');
    const names = self.store.journal.timers().map((row) => row.name);
    t.notOk(names.some((name) => name.endsWith(`.${lost}`)));
    t.equal(self.board.timersRunning, names.length, 'memory and rows agree');
    await self.end();
  });
});

t.test(
  'without a connection a call stands still: neither time nor failures move it, and all goes on once it is back',
  async (t) => {
    const self = await rig();
    self.arrive();
    until(self, 'the caller keys');
    const [leg] = legs(self);
    const before = self.board.calls()[0];
    self.network.emit({ type: 'lost', at: self.clock.now() });
    for (const effect of [self.network.performed.at(-1)?.id ?? '', before?.hunt?.legs[0]?.sent ?? ''])
      self.network.emit({
        type: 'call',
        call: before?.id ?? '',
        event: { type: 'effect-failed', effect, why: 'no connection', at: self.clock.now() },
      });
    self.clock.advance(60_000);
    t.equal(self.board.calls()[0], before, 'the same call, untouched');
    t.same(self.ended, []);
    self.network.emit({ type: 'back', at: self.clock.now(), living: self.network.living() });
    self.clock.advance(0);
    t.notOk(self.network.legs.has(leg?.leg ?? ''), 'the phone has rung long enough by now');
    await self.end();
  },
);

t.test('a caller who was gone when the server returned is on record as lost, and somebody is told', async (t) => {
  const self = await rig();
  self.arrive();
  until(self, 'the caller keys');
  self.network.callers.clear();
  await self.restart();
  t.match(self.ended, [{ outcome: 'lost' }]);
  t.same(legs(self), [], 'the phone stops ringing');
  t.match(waiting(self, 'alert'), [{ reason: /./ }]);
  await self.end();
});

t.test(
  'two who talked when the network itself was started anew were cut off: lost, and somebody is told',
  async (t) => {
    const cutAfter = async (startedAgo: number) => {
      const self = await rig();
      self.arrive();
      for (let acts = 0; acts < 20 && self.board.calls()[0]?.hunt?.phase !== 'talking'; acts++) act(self);
      t.equal(self.board.calls()[0]?.hunt?.phase, 'talking');
      self.network.emit({ type: 'lost', at: self.clock.now() });
      self.clock.advance(5_000);
      self.network.callers.clear();
      self.network.legs.clear();
      const since = self.clock.now() - startedAgo;
      self.network.emit({ type: 'back', at: self.clock.now(), living: { ...self.network.living(), since } });
      return self;
    };
    const anew = await cutAfter(1_000);
    t.match(anew.ended, [{ outcome: 'lost', who: /./ }]);
    t.match(waiting(anew, 'alert'), [{ reason: 'the talk was cut off' }]);
    await anew.end();
    const same = await cutAfter(3_600_000);
    t.match(same.ended, [{ outcome: 'talked' }], 'a talk that ended while nobody looked is a talk');
    t.same(waiting(same, 'alert'), []);
    await same.end();
  },
);

t.test('a disk that refuses everything: the call goes on all the same', async (t) => {
  let broken = true;
  const failing = (real: CallJournal): CallJournal =>
    new Proxy(real, {
      get: (target, name: keyof CallJournal) => {
        if (!broken || name === 'live' || name === 'timers') return target[name];
        return () => {
          throw new Error('disk full');
        };
      },
    });
  const self = await rig(Switchboard, { journal: failing });
  self.config.flows = flowSet({ levels: [{ strategy: 'rotating' }] });
  self.arrive();
  until(self, 'the key is pressed');
  t.ok(self.network.callers.get('caller-1')?.bridged, 'they talk');
  t.type(self.board.failingSince, 'number', 'and it is known');
  broken = false;
  const [leg] = legs(self);
  const hangup = { cause: 'normal', whose: 'callee' } as const;
  self.network.legs.clear();
  const ended = { type: 'leg-ended', leg: leg?.leg ?? '', hangup, at: self.clock.now() } as const;
  self.network.emit({ type: 'call', call: from(self, 'caller-1'), event: ended });
  t.match(waiting(self, 'call'), [{ outcome: 'talked' }], 'the record is kept once the disk takes it');
  self.clock.advance(5_000);
  t.equal(self.board.failingSince, undefined);
  await self.end();
});

t.test('a trunk that is seen to be gone is left at once, and tried last from then on', async (t) => {
  const self = await rig();
  self.arrive();
  until(self, 'the caller keys');
  self.network.emit({ type: 'trunk', trunk: 'a', reachable: false, at: self.clock.now() });
  t.same(numbers(self), ['+33611000001 a', '+33611000001 b'], 'no time-out is waited for');
  self.network.emit({
    type: 'call',
    call: from(self, 'caller-1'),
    event: { type: 'caller-hung-up', at: self.clock.now() },
  });
  self.network.callers.clear();
  self.arrive('caller-2');
  until(self, 'the caller keys');
  t.equal(numbers(self).at(-1), '+33611000001 b');
  await self.end();
});

t.test('a table that cannot be asked leads on by "failed"', async (t) => {
  for (const lookUp of [
    () => Promise.reject(new Error('no route to the CRM')),
    () => {
      throw new Error('the file is gone');
    },
  ]) {
    const self = await rig();
    const front = structuredClone(self.config.flows.flows.front);
    if (!front) throw new Error('no flow');
    front.tables.crm = { http: 'http://crm.example/{key}', deadline: 2, headers: {}, columns: {} };
    front.nodes.menu = {
      kind: 'look-up',
      table: 'crm',
      key: '{caller}',
      found: 'dial',
      'not-found': 'dial',
      failed: 'panne',
    };
    self.config.flows = { ...self.config.flows, flows: { front } };
    self.config.lookUp = lookUp;
    self.arrive();
    await new Promise((done) => setImmediate(done));
    t.match(waiting(self, 'alert'), [{ reason: 'aucun opérateur' }], 'the flow went the way of a failure');
    t.equal(self.network.callers.get('caller-1')?.hears, 'play');
    await self.end();
  }
});

t.test('a planning that throws is an empty planning', async (t) => {
  const self = await rig();
  Object.defineProperty(self.config, 'people', {
    get: () => {
      throw new Error('a bug');
    },
  });
  self.arrive();
  until(self, 'the caller keys');
  t.equal(self.network.callers.get('caller-1')?.hears, 'play', 'the caller is told, and may leave a message');
  t.match(self.board.calls()[0]?.flow.node, 'personne');
  await self.end();
});

t.test('warnings and alerts are saved with the step that raised them', async (t) => {
  const self = await rig();
  self.config.trunks = self.config.trunks.slice(0, 1);
  self.arrive();
  until(self, 'the caller keys');
  const [leg] = legs(self);
  const hangup = { cause: 'unallocated', whose: 'callee' } as const;
  const ended = { type: 'leg-ended', leg: leg?.leg ?? '', hangup, at: self.clock.now() } as const;
  self.network.emit({ type: 'call', call: from(self, 'caller-1'), event: ended });
  t.match(waiting(self, 'warning'), [{ subject: 'p1', call: from(self, 'caller-1') }]);
  self.network.emit({
    type: 'call',
    call: from(self, 'caller-1'),
    event: { type: 'caller-hung-up', at: self.clock.now() },
  });
  t.match(waiting(self, 'alert'), [{ reason: 'the caller gave up before anyone took the call' }]);
  t.match(waiting(self, 'call'), [{ outcome: 'hung-up', legs: [{ person: 'p1', cause: 'unallocated' }] }]);
  await self.end();
});

t.test('a leg of no call that answers is dropped', async (t) => {
  const self = await rig();
  const event = { type: 'leg-answered', leg: 'c77.l1', at: self.clock.now() } as const;
  self.network.emit({ type: 'call', call: 'c77', event });
  t.same(self.network.dropped, ['c77.l1']);
  await self.end();
});
