// Calling back as the line: the server dies at every point of it, and nobody hangs in the air; one at a time for each technician; caps hold.
import t from 'tap';
import type { OnCall } from '../../../server/domain/telephony/event.ts';
import { caller as customer, line, people } from '../../domain/call/house.ts';
import { type Rig, rig } from './rig.ts';

const order = { person: 'p1', language: 'fr', number: customer, line, by: 'helpdesk', maxCalls: 1 };
const asPerson: OnCall = {
  person: customer,
  name: customer,
  phones: [customer],
  language: 'fr',
  maxCalls: 1000,
  priority: 1,
  because: 'numéro',
};
const resolver = (self: Rig) => {
  self.config.onCall = (target) => {
    const person = 'person' in target ? target.person : '';
    return { people: 'number' in target ? [asPerson] : people(1, () => ({ person })), because: '' };
  };
};
const asked = (self: Rig): string => {
  const begun = self.board.callBack(order);
  if ('refused' in begun) throw new Error(begun.why);
  return begun.call;
};
/** The technician answers, hears the question and presses 1; the customer answers. One act each time. */
function act(self: Rig, call: string): boolean {
  const at = self.clock.now();
  const tell = (event: object) => self.network.emit({ type: 'call', call, event: { ...event, at } as never });
  const mine = [...self.network.legs.values()].filter(({ leg }) => leg.startsWith(`${call}.`));
  for (const one of mine) {
    const { leg } = one;
    if (!one.up) {
      one.up = true;
      tell({ type: 'leg-answered', leg });
    } else if (one.asked && !one.began) {
      one.began = true;
      tell({ type: 'leg-prompt-started', leg, playback: one.asked });
    } else if (one.asked && one.number !== customer && mine.length === 1) {
      tell({ type: 'leg-pressed', leg, digit: '1' });
    } else continue;
    return true;
  }
  return false;
}

const deaths = (['unsaved', 'unperformed', 'performed'] as const).flatMap((how) =>
  [0, 1, 2, 3, 4, 5].map((at) => ({ how, at })),
);
for (const { how, at } of deaths)
  t.test(`the server dies: ${how}, at ${at}`, async (t) => {
    let performs = 0;
    const self = await rig(undefined, {
      beforePerform: (call, effects) => {
        const row = self.store.journal.live().find((one) => one.id === call);
        const saved = row ? (JSON.parse(row.state) as { effects: number }).effects : -1;
        const highest = Math.max(...effects.map(({ id }) => Number(id.slice(id.lastIndexOf('e') + 1))));
        t.ok(saved >= highest, 'saved before performed');
        const dies = how !== 'unsaved' && performs++ === at;
        if (dies) queueMicrotask(() => self.network.disconnect());
        return !(dies && how === 'unperformed');
      },
    });
    t.teardown(self.end);
    resolver(self);
    const call = asked(self);
    for (let acts = 0; acts < 40 && self.network.pair.length === 0; acts++) {
      await Promise.resolve();
      if (how === 'unsaved' && acts === at) self.network.disconnect();
      const did = act(self, call);
      await Promise.resolve();
      if (!self.network.connected) await self.restart();
      if (!did) self.clock.advance(1_000);
    }
    t.equal(self.network.pair.length, 2, 'they talk');
    t.strictSame(
      self.network.rung.map(({ number }) => number),
      ['+33611000001', customer],
      'each was rung once',
    );
    await self.restart();
    const [technician = '', other = ''] = self.network.pair;
    const ended = at % 2 ? technician : other;
    self.network.legs.delete(ended);
    self.network.emit({
      type: 'call',
      call,
      event: { type: 'leg-ended', leg: ended, hangup: { cause: 'normal', whose: 'callee' }, at: self.clock.now() },
    });
    t.equal(self.network.legs.size, 0, 'neither hangs in the air');
    const [record, ...more] = self.store.journal.waiting(10).map(({ shipment }) => shipment);
    t.match(record, { kind: 'call', body: { id: call, outcome: 'talked', who: customer, caller: '+33611000001' } });
    t.strictSame(more, [], 'no alert');
    t.equal(self.store.journal.live().length + self.store.journal.timers().length, 0, 'no row is left behind');
  });

t.test('both hang up while no server runs', async (t) => {
  const self = await rig();
  t.teardown(self.end);
  resolver(self);
  const call = asked(self);
  for (let acts = 0; acts < 40 && self.network.pair.length === 0; acts++) act(self, call);
  self.network.disconnect();
  self.network.legs.clear();
  await self.restart();
  t.equal(self.board.calls().length, 0);
  t.strictSame(
    self.store.journal.waiting(10).map(({ shipment }) => shipment.kind),
    ['call'],
  );
});

t.test('one at a time for each technician; caps; no network', async (t) => {
  const self = await rig();
  t.teardown(self.end);
  resolver(self);
  const call = asked(self);
  t.match(self.board.callBack(order), { refused: 'busy', why: /p1 is on a call already/ });
  t.match(self.board.callBack({ ...order, person: 'p2' }), { call: /.+/ }, 'another technician may');
  await self.restart();
  t.match(self.board.callBack(order), { refused: 'busy' }, 'a restart does not forget it');
  for (let acts = 0; acts < 40 && self.network.pair.length === 0; acts++) act(self, call);
  t.equal(self.network.pair.length, 2, 'they talk');
  t.match(self.board.callBack(order), { refused: 'busy' }, 'nor who talks');
  for (const leg of [...self.network.legs.keys()])
    self.network.emit({
      type: 'call',
      call: leg.slice(0, leg.indexOf('.')),
      event: { type: 'leg-ended', leg, hangup: { cause: 'declined', whose: 'callee' }, at: self.clock.now() },
    });
  t.equal(self.board.calls().length, 0);
  const channels = self.store.journal
    .waiting(10)
    .flatMap(({ shipment: { kind, body } }) => (kind === 'call' ? [[body.outcome, body.channel]] : []));
  t.match(
    new Map(channels as [string, string][]).get('talked'),
    /\.l1$/,
    'the network knows the technician by their leg',
  );
  t.ok(
    channels.some(([, channel]) => channel === undefined),
    'who never pressed the key had no caller: no channel is on record',
  );
  t.match(self.board.callBack(order), { call: /.+/ }, 'free again');
  for (let n = 10; n < 69; n++) t.match(self.board.callBack({ ...order, person: `p${n}` }), { call: /.+/ });
  t.match(self.board.callBack({ ...order, person: 'p3' }), { refused: 'cap', why: /60 legs at once/ });
  self.network.emit({ type: 'lost', at: self.clock.now() });
  t.match(self.board.callBack({ ...order, person: 'p4' }), { refused: 'down' });
});
