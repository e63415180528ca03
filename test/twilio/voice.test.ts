// Voice on Twilio, on the wire: the whole server with CARRIER=twilio, and Twilio on loopback.
import t from 'tap';
import { startTwilioLine } from './start.ts';

t.setTimeout(280_000);

void t.test('the line on Twilio', async (t) => {
  const line = await startTwilioLine();
  t.teardown(() => line.stop());
  const { network } = line;
  network.phone('+33639980001', 'Karim').behaves('rings');
  network.phone('+33639980002', 'Léa').behaves('busy');
  network.phone('+33639980005', 'Paul').behaves('declines');
  network.phone('+33639980004', 'Inès').behaves('busy');

  await t.test('a caller reaches the person on call', async (t) => {
    const caller = await network.call({ from: '+33612345678', to: '+33199001000' });
    await caller.isAnswered();
    await caller.hears('Bonjour');
    await caller.presses('1');
    await caller.presses('1');
    const karim = network.phone('+33639980001');
    await karim.rings({ within: 20_000 });
    await caller.hears('music');
    await karim.answers();
    await karim.hears('Pour prendre', { within: 20_000 });
    await karim.presses('1');
    await caller.isTalkingTo(karim.call);
    await caller.hangsUp();
    await karim.isHungUp();
    const [record] = await line.records(1);
    t.equal(record?.outcome, 'talked');
    t.equal(record?.who, 'karim');
    t.same(network.violations, []);
  });
});
