// The main job: a caller dials the one number, says which machine, and talks to the person who is on call.
import t from 'tap';
import { startLine } from './line.ts';

t.test('a caller reaches the person on call', async (t) => {
  const line = await startLine();
  t.teardown(() => line.stop());
  const { network } = line;
  network.phone('+33639980001', 'Karim').behaves('rings');
  network.phone('+33639980002', 'Léa').behaves('busy');
  network.phone('+33639980005', 'Paul').behaves('declines');
  network.phone('+33639980004', 'Inès').behaves('busy');
  const caller = await network.call({ from: '+33612345678', to: '+33199001000', via: 'a' });
  await caller.isAnswered();
  await caller.hears('Bonjour');
  await caller.presses('1');
  const karim = network.phone('+33639980001');
  await karim.rings({ within: 20_000 });
  await karim.answers();
  await karim.hears('Pour prendre', { within: 20_000 });
  await karim.presses('1');
  await caller.isTalkingTo(karim.call);
  await caller.hangsUp();
  await karim.isHungUp();
  const [record] = await line.records(1);
  t.equal(record?.outcome, 'talked');
  t.equal(record?.who, 'karim');
  t.ok(caller.longestSilence() < 5, `longest silence ${caller.longestSilence()} s`);
});
