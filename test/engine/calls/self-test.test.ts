// A call of the line to itself, in the switchboard: asked as any call is, and nothing of it is rung, sent or counted.
import t from 'tap';
import { caller, line, people } from '../../domain/call/house.ts';
import { act, rig } from './rig.ts';

t.test('a test call rings nobody, tells nobody, and takes nobody’s place', async (t) => {
  const self = await rig();
  t.teardown(() => self.end());
  const asked: unknown[] = [];
  self.config.onCall = (target) => {
    asked.push(target);
    return { people: people(1), because: 'rota' };
  };
  const { network, store } = self;
  network.callers.set('caller-1', { hears: 'nothing', effect: '' });
  network.emit({
    type: 'arrival',
    arrival: {
      channel: 'caller-1',
      carrier: 'asterisk',
      called: line,
      caller,
      at: self.clock.now(),
      test: { id: 't1' },
    },
  });
  for (let turn = 0; turn < 10 && act(self); turn++);
  t.ok(asked.length > 0, 'the planning is asked as ever');
  const legs = network.performed.flatMap((effect) => (effect.type === 'originate' ? [effect] : []));
  t.ok(legs.length > 0);
  t.ok(
    legs.every(({ test }) => test === true),
    'every leg goes to the machine that answers tests',
  );
  const [call] = self.board.calls();
  t.equal(call?.test?.id, 't1');
  network.emit({ type: 'call', call: call?.id ?? '', event: { type: 'caller-hung-up', at: self.clock.now() } });
  t.match(self.ended, [{ test: 't1' }]);
  await store.ship();
  t.same((await store.ledger.list()).calls, [], 'not among the callers');
  t.match((await store.ledger.list({ tests: true })).calls, [{ test: 't1' }], 'and on record');
  t.equal(store.journal.lastTalked('p1'), undefined, 'whoever would have been rung has talked to nobody');
  t.same(self.board.trunkHealth(), {}, 'no trunk was used');
});
