// The server is killed in the middle of a test call on Twilio, while the fallback documents stand on another host: our own call ends by Twilio's clocks
// before anybody is rung, and the test is made again.
import t from 'tap';
import { eventually } from '../line/scene.ts';
import { number, startTwilioHouse } from './self-test-house.ts';

t.setTimeout(280_000);
const { line, network, karim, lea, tests, ours, dials, nothingLives } = await startTwilioHouse();
t.teardown(() => line.stop());
const over = (leaf = 'essai/fin') => tests('--line', number, '--leaf', leaf);

t.test(
  'killed in the middle, the fallback documents standing: nobody is rung, and the test is made again',
  async (t) => {
    const rung = karim.rung.length;
    t.match(await over(), { code: 0 }, 'as it is on any day');
    for (const moment of ['dialled', 'door', 'flow', 'asked', 'joined'] as const) {
      const test = over('essai/appel');
      await dials();
      const inbound = () => ours().filter(({ facts }) => facts.direction === 'inbound');
      if (moment === 'door') await eventually('at the door', () => (inbound()[0]?.answeredAt ? true : undefined));
      if (moment === 'flow' || moment === 'joined')
        await eventually('it is there', async () => {
          const [call] = await line.api<{ phase: string }[]>('/api/live');
          return call && (moment === 'flow' || call.phase === 'talking') ? true : undefined;
        });
      if (moment === 'asked') await eventually('its leg is there', () => (inbound().length > 1 ? true : undefined));
      await line.server.kill();
      await nothingLives();
      await line.server.start();
      t.match(await test, { code: 1, state: 'skipped', fault: { at: 'ours', what: 'interrupted' } }, moment);
    }
    t.match(await over('essai/appel'), { code: 0, state: 'passed' }, 'and then all is well');
    t.equal(karim.rung.length, rung);
    t.equal(lea.rung.length, 0);
  },
);

t.test('killed, and back before our call has ended: it is ended, and nobody is rung', async (t) => {
  const rung = karim.rung.length;
  const test = over('essai/appel');
  await dials();
  await line.server.kill();
  await line.server.start();
  t.match(await test, { code: 1, state: 'skipped', fault: { what: 'interrupted' } });
  await nothingLives();
  t.equal(karim.rung.length, rung);
});

t.test('no rule of Twilio was broken', async (t) => t.same(network.violations, []));
