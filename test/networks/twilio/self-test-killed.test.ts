// The server is killed in the middle of a test call on Twilio, while the fallback documents stand on another host: our own call ends by Twilio's clocks
// before anybody is rung, and the test is made again.
import t from 'tap';
import { until } from '../../waiting.ts';
import { number, startTwilioHouse } from './self-test-house.ts';

const { line, network, karim, lea, tests, ours, dials, nothingLives } = await startTwilioHouse();
t.teardown(() => line.stop());
const over = (leaf = 'essai/fin') => tests('--line', number, '--leaf', leaf);

type Moment = 'dialled' | 'door' | 'flow' | 'asked' | 'joined';
const inbound = () => ours().filter(({ facts }) => facts.direction === 'inbound');
const phase = async () => (await line.api<{ phase: string }[]>('/api/live'))[0]?.phase;
const is: Record<Moment, () => boolean | Promise<boolean>> = {
  dialled: () => true,
  door: () => inbound()[0]?.answeredAt !== undefined,
  flow: async () => (await phase()) !== undefined,
  asked: () => inbound().length > 1,
  joined: async () => (await phase()) === 'talking',
};

/** A test call under way that has come to this moment. One that passes between two looks is looked for in another test. */
async function caught(moment: Moment) {
  const results: string[] = [];
  for (let tries = 0; tries < 5; tries++) {
    await nothingLives();
    let ended = false;
    const test = over('essai/appel').finally(() => {
      ended = true;
    });
    await dials();
    const found = await until(moment, async () => ((await is[moment]()) ? 'yes' : ended ? 'passed' : undefined));
    if (found === 'yes') return { test };
    const { state, fault } = await test;
    results.push(`${state} ${JSON.stringify(fault ?? '')}`);
    await nothingLives();
  }
  throw new Error(`${moment}: passed between two looks, each time: ${results.join('; ')}`);
}

t.test(
  'killed in the middle, the fallback documents standing: nobody is rung, and the test is made again',
  async (t) => {
    const rung = karim.rung.length;
    t.match(await over(), { code: 0 }, 'as it is on any day');
    for (const moment of ['dialled', 'door', 'flow', 'asked', 'joined'] as const) {
      const { test } = await caught(moment);
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
  // The test before may not have hung up to the end yet: it must not be taken for this one.
  await nothingLives();
  const test = over('essai/appel');
  await dials();
  await line.server.kill();
  await line.server.start();
  t.match(await test, { code: 1, state: 'skipped', fault: { what: 'interrupted' } });
  await nothingLives();
  t.equal(karim.rung.length, rung);
});

t.test('no rule of Twilio was broken', async (t) => t.same(network.violations, []));
