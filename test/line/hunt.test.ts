// People who are sought, on the wire: busy, absent, unwilling, a voicemail, two at once, nobody, a number that does not exist.
import t, { type Test } from 'tap';
import { tone } from '../network/audio.ts';
import type { Ring } from '../network/phone.ts';
import {
  calls,
  firstTrunk,
  kept,
  legsOf,
  liveCalls,
  neverLeftInSilence,
  nobodyIsLeft,
  recordFrom,
  startScene,
  trunksOf,
} from './scene.ts';

const line = await startScene();
t.teardown(() => line.stop());
const { network } = line;
const phone = (last: string, name: string) => network.phone(`+336399810${last}`, name);
const call = (t: Test, last: string, from: string) => calls(t, line, { from, to: `+331990020${last}` });

// Stories with phones of their own go on side by side: most of each is waiting.
t.jobs = 4;

t.test('busy, 603, key 2, no answer, a voicemail: each time the next person, and only a key joins', async (t) => {
  const from = '+33612345001';
  phone('01', 'Anna').behaves('busy');
  phone('02', 'Bruno').behaves('declines');
  phone('03', 'Carla').behaves('declines with 2', { ringMs: 300 });
  phone('04', 'Denis').behaves('never answers');
  const voicemail = phone('05', 'Elsa').behaves('voicemail', { ringMs: 300 });
  const fabien = phone('06', 'Fabien');
  const caller = await call(t, '01', from);
  await caller.isAnswered();
  await caller.hears('nous cherchons');
  const machine = await voicemail.rings();
  await machine.isAnswered();
  await machine.isHungUp();
  await fabien.rings();
  await fabien.answers();
  await fabien.hears("Pour prendre l'appel");
  await caller.isNotTalkingTo(fabien.call);
  await fabien.presses('1');
  await caller.isTalkingTo(fabien.call);
  await caller.hangsUp();
  await fabien.isHungUp();
  const record = await recordFrom(line, from);
  // How soon a voicemail is known for one is the detector's affair: it is never joined.
  const legs = legsOf(record).map((leg) => leg.replace('elsa machine', 'elsa not-confirmed'));
  t.same(legs, [
    'anna busy',
    'bruno declined',
    'carla declined',
    'denis no-answer',
    'elsa not-confirmed',
    'fabien normal',
  ]);
  t.same([...new Set(record.legs.map(({ trunk }) => trunk))], [firstTrunk], 'never the same phone by another carrier');
  t.equal(record.who, 'fabien');
  t.equal(record.outcome, 'talked');
  t.ok((record.legs[3]?.rangMs ?? 0) >= 4000, `Denis's phone rang ${record.legs[3]?.rangMs} ms`);
  neverLeftInSilence(t, line, caller);
});

t.test('two confirm in the same instant: one has the caller, the other hears that it is taken', async (t) => {
  const from = '+33612345002';
  const people = [phone('11', 'Gilles'), phone('12', 'Hélène')] as const;
  const caller = await call(t, '02', from);
  const rings = await Promise.all(people.map((one) => one.rings()));
  await Promise.all(rings.map((ring) => ring.answers()));
  await Promise.all(rings.map((ring) => ring.hears("Pour prendre l'appel")));
  await Promise.all(rings.map((ring) => ring.presses('1')));
  const [one, other] = rings as [(typeof rings)[0], (typeof rings)[0]];
  const loser = await Promise.any([one.isHungUp().then(() => one), other.isHungUp().then(() => other)]);
  const winner = loser === one ? other : one;
  await loser.hears('pris par un collègue');
  t.notOk(winner.isOver, 'the winner stays');
  await caller.isTalkingTo(winner);
  await winner.hangsUp();
  await caller.isHungUp();
  const record = await recordFrom(line, from);
  t.equal(record.outcome, 'talked');
  t.equal(record.legs.filter(({ takenAt }) => takenAt !== undefined).length, 1, 'one winner');
  t.same(record.legs.map(({ cause }) => cause).sort(), ['answered-elsewhere', 'normal']);
  neverLeftInSilence(t, line, caller);
});

t.test('three levels: a planning together, a person twice, a number', async (t) => {
  const from = '+33612345003';
  const igor = phone('21', 'Igor').behaves('never answers');
  const jeanne = phone('22', 'Jeanne').behaves('never answers');
  phone('23', 'Diane').behaves('never answers');
  const last = network.phone('+33199003001', 'Standard').behaves('takes', { ringMs: 300 });
  const caller = await call(t, '03', from);
  const ring = await last.rings();
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  const record = await recordFrom(line, from);
  t.same(legsOf(record), [
    'igor no-answer',
    'jeanne no-answer',
    'diane no-answer',
    'diane no-answer',
    '+33199003001 normal',
  ]);
  const [one, other] = [igor.call, jeanne.call];
  const beganBeforeEndOf = (a: Ring, b: Ring) => (a.ringingAt ?? Infinity) < (b.endedAt ?? 0);
  t.ok(beganBeforeEndOf(one, other) && beganBeforeEndOf(other, one), 'the first level rings together');
  t.equal(record.who, '+33199003001');
  neverLeftInSilence(t, line, caller);
});

t.test('the longest wait ends the ringing; an alert goes out, and the message is kept', async (t) => {
  const from = '+33612345004';
  const kevin = phone('31', 'Kévin').behaves('never answers');
  const caller = await call(t, '04', from);
  const ring = await kevin.rings();
  await caller.hears("L'attente a assez duré", { whole: true });
  await ring.isHungUp();
  neverLeftInSilence(t, line, caller);
  await caller.hearsPause(500);
  await caller.says(tone(700, 3500));
  await caller.hears('bien gardé');
  await caller.isHungUp();
  const record = await recordFrom(line, from);
  t.equal(record.outcome, 'message');
  t.same(legsOf(record), ['kevin no-answer']);
  t.match(record.recording, /\.wav$/);
  t.equal(kept(line, 'alerts_raised', record.id).length, 1, 'one alert');
});

t.test('a person who talks is not rung a second time, and is rung once free', async (t) => {
  const laure = phone('41', 'Laure');
  const first = await call(t, '05', '+33612345005');
  await laure.rings();
  await laure.answers();
  await laure.hears("Pour prendre l'appel");
  await laure.presses('1');
  await first.isTalkingTo(laure.call);
  const second = await call(t, '05', '+33612345006');
  await second.hears('nous cherchons');
  laure.isNotRung();
  await first.hangsUp();
  const again = await laure.rings();
  await again.answers();
  await again.hears("Pour prendre l'appel");
  await again.presses('1');
  await second.isTalkingTo(again);
  await second.hangsUp();
  const record = await recordFrom(line, '+33612345006');
  t.equal(record.who, 'laure');
  t.equal(record.legs[0]?.cause, 'occupied');
  neverLeftInSilence(t, line, first, second);
});

t.test('nobody is on call: the caller is told, and an alert goes out', async (t) => {
  const from = '+33612345007';
  const caller = await call(t, '06', from);
  await caller.hears('Le planning de garde est vide');
  await caller.isHungUp();
  const record = await recordFrom(line, from);
  t.equal(record.outcome, 'told');
  t.same(record.legs, []);
  t.equal(kept(line, 'alerts_raised', record.id).length, 1);
  neverLeftInSilence(t, line, caller);
});

t.test('on a holiday, the people of the holiday are rung', async (t) => {
  const from = '+33612345008';
  const usual = phone('51', 'Maud');
  const holiday = phone('52', 'Noé').behaves('takes', { ringMs: 300 });
  const caller = await call(t, '07', from);
  await caller.isTalkingTo(await holiday.rings());
  usual.isNotRung();
  await caller.hangsUp();
  t.equal((await recordFrom(line, from)).who, 'noe');
  neverLeftInSilence(t, line, caller);
});

t.test('a number that does not exist: the admin is warned, the person is rung on the next phone', async (t) => {
  const from = '+33612345009';
  const second = phone('62', 'Odile').behaves('busy');
  const pierre = phone('63', 'Pierre').behaves('takes', { ringMs: 300 });
  const caller = await call(t, '08', from);
  await caller.isTalkingTo(await pierre.rings());
  await caller.hangsUp();
  const record = await recordFrom(line, from);
  t.same(legsOf(record), ['odile unallocated', 'odile busy', 'pierre normal']);
  t.same(trunksOf(record).slice(0, 1), [`${firstTrunk} unallocated`], 'a number that does not exist is tried once');
  t.equal(second.rung.length, 1);
  const [warning, ...more] = kept(line, 'warnings', record.id);
  t.match(`${warning?.subject} ${warning?.message}`, '+33639981061');
  t.same(more, []);
  neverLeftInSilence(t, line, caller);
});

t.test('when all is over nothing is left', { buffered: false }, async (t) => {
  await nobodyIsLeft(line);
  t.same(await liveCalls(line), []);
  const errors = line.server.log.split('\n').filter((text) => text.includes('"level":50'));
  t.same(errors, [], 'no error in the log');
});
