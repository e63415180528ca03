// Twilio's Elastic SIP trunk as the last resort of the other carriers: it asks for our credentials, and carries the leg when both have failed.
import t, { type Test } from 'tap';
import { calls, edit, neverLeftInSilence, nobodyIsLeft, recordFrom, startScene, trunksOf } from './scene.ts';

const credentials = { user: 'vigie-trunk', password: 'un-mot-de-passe-long' };
const line = await startScene({
  network: { third: credentials },
  env: { TWILIO_SIP_USER: credentials.user, TWILIO_SIP_PASSWORD: credentials.password },
  prepare: ({ trunks }) =>
    edit(trunks, (text) =>
      text
        .replace(
          '\nroutes:',
          [
            '\n  twilio:',
            '    host: 127.0.1.3',
            '    port: 5060',
            '    auth: { user env: TWILIO_SIP_USER, password env: TWILIO_SIP_PASSWORD }',
            '    qualify seconds: 1',
            'routes:',
          ].join('\n'),
        )
        .replace('trunks: [carrier-a, carrier-b]', 'trunks: [carrier-a, carrier-b, twilio]')
        .replace(/breaker: .*/, 'breaker: { faults: 20, open seconds: 8 }'),
    ),
});
t.teardown(() => line.stop());
const { network } = line;
const { a, b, third } = network.carriers;
if (!third) throw new Error('this network has a third carrier');
const tania = network.phone('+33639981081', 'Tania');
let last = 33612347500;

async function isTaken(t: Test): Promise<string[]> {
  const from = `+${++last}`;
  const caller = await calls(t, line, { from, to: '+33199002020', via: 'b' });
  const ring = await tania.rings();
  await ring.answers();
  await ring.hearsSound();
  await ring.presses('1');
  await caller.isTalkingTo(ring);
  await caller.hangsUp();
  await ring.isHungUp();
  neverLeftInSilence(t, line, caller);
  return trunksOf(await recordFrom(line, from));
}

t.test('while the others work nothing goes over it', async (t) => {
  t.same(await isTaken(t), ['carrier-a normal']);
  t.equal(third.invites().length, 0);
});

t.test('both fail: the same phone over Twilio, which knows us by our credentials', async (t) => {
  a.fails(503);
  b.fails('black-hole');
  t.same(await isTaken(t), ['carrier-a congestion', 'carrier-b unreachable', 'twilio normal']);
  t.equal(third.invites().length, 1);
  t.ok(third.wasProved, 'the digest was right');
  t.equal(third.seen.filter(({ status }) => status === 407).length, 1, 'asked once, by the challenge');
});

t.test('it refuses us too: the caller is told so', async (t) => {
  third.asks = { ...credentials, password: 'changed at Twilio, and not here' };
  b.fails(503);
  const from = `+${++last}`;
  const caller = await calls(t, line, { from, to: '+33199002020' });
  await caller.hears('Nos opérateurs sont en panne');
  await caller.isHungUp();
  t.same(trunksOf(await recordFrom(line, from)), ['carrier-a congestion', 'carrier-b congestion', 'twilio forbidden']);
  third.asks = credentials;
  a.recovers();
  b.recovers();
  t.same(await isTaken(t), ['carrier-a normal']);
});

t.test('when all is over nothing is left', async () => {
  await nobodyIsLeft(line);
});
