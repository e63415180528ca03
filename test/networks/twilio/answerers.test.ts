// Machines in the place of whoever is on call: known by their code alone; who comes with the same numbers and no code is a caller, once the leg is gone.
import t from 'tap';
import type { Arrival } from '../../../server/domain/telephony/event.ts';
import { Answerers } from '../../../server/networks/twilio/self-test/answerers.ts';
import { HandClock } from '../../base/hand-clock.ts';

const numbers = { number: '+33199003000', shows: '+33199003001' };
const arrival = (channel: string, caller = numbers.shows): Arrival => ({
  channel,
  carrier: 'twilio',
  called: numbers.number,
  caller,
  at: 0,
});

function begun() {
  const clock = new HandClock(0);
  const dropped: string[] = [];
  let codes = 4710;
  const answerers = new Answerers({ clock, code: () => String(++codes), drop: (leg) => dropped.push(leg) });
  return { clock, dropped, answerers };
}

t.test('nobody is one before a leg is placed, nor with other numbers', async (t) => {
  const { answerers } = begun();
  t.notOk(answerers.takes(arrival('x')));
  answerers.expect('c1.l1', numbers);
  t.notOk(answerers.takes(arrival('y', '+33612345678')));
  t.ok(answerers.takes(arrival('x')));
});

t.test('each of several is known by its own code', async (t) => {
  const { answerers, dropped } = begun();
  t.equal(answerers.expect('c1.l1', numbers), '4711');
  t.equal(answerers.expect('c1.l2', numbers), '4712');
  t.ok(answerers.takes(arrival('x')) && answerers.takes(arrival('y')));
  t.equal(answerers.keyed('x', '4712'), 'c1.l2');
  t.equal(answerers.keyed('y', '4711'), 'c1.l1');
  t.same(dropped, []);
  t.notOk(answerers.isCaller('x') || answerers.isCaller('y'));
});

t.test('no code, or a wrong one: the legs end first, and whoever is still there after that is a caller', async (t) => {
  const { answerers, dropped, clock } = begun();
  answerers.expect('c1.l1', numbers);
  answerers.takes(arrival('stranger'));
  t.notOk(answerers.isCaller('stranger'));
  t.equal(answerers.keyed('stranger', '0000'), undefined);
  t.same(dropped, ['c1.l1']);
  t.notOk(answerers.isCaller('stranger'), 'it may be ours: the end of its leg is on its way');
  t.equal(answerers.codeOf('c1.l1'), undefined, 'a leg that asks now is told to end');
  clock.advance(2_500);
  t.ok(answerers.isCaller('stranger'));
});

t.test('a leg that never came back is awaited for a minute', async (t) => {
  const { answerers, clock } = begun();
  answerers.expect('c1.l1', numbers);
  clock.advance(61_000);
  t.notOk(answerers.takes(arrival('x')));
});
