// Calling back over Twilio with the server killed at each stage: both go on, or both are let go. In our own time: a server needs seconds to come back,
// and telephones must not have stopped ringing by then.
import t from 'tap';
import { startCallBacks } from './call-backs.ts';

const scene = await startCallBacks();
const { line, network, karim, customer, request, ask, over, accepts, endOfLast, restart, isClean } = scene;
t.teardown(line.stop);
t.afterEach(scene.nobodyIsLeft);
network.speed = 1;

void t.test('killed while the technician rings, is asked, waits and talks: it goes on each time', async (t) => {
  const rung = [karim.rung.length, customer.rung.length];
  const id = await ask();
  const ring = await karim.rings();
  await restart();
  await ring.answers();
  await ring.hears('Pour lancer cet appel');
  await restart();
  t.equal((await request()).status, 409, 'still one at a time');
  await ring.hears('Pour lancer cet appel');
  customer.isNotRung();
  await ring.presses('1');
  const other = await customer.rings();
  await ring.hears('ringing');
  await restart();
  t.equal((await request()).status, 409, 'also once they took it');
  await ring.hears('ringing');
  await other.answers();
  await ring.isTalkingTo(other);
  await restart();
  await ring.isTalkingTo(other);
  await ring.hangsUp();
  await other.isHungUp();
  t.match(await over(id), { end: 'talked' });
  t.same([karim.rung.length, customer.rung.length], [(rung[0] ?? 0) + 1, (rung[1] ?? 0) + 1], 'nobody is rung twice');
});

void t.test('killed, and the technician leaves after it, or meanwhile: the customer is let go', async (t) => {
  const returned = await ask();
  const waits = await accepts();
  const first = await customer.rings();
  await waits.hears('ringing');
  await restart();
  await waits.hears('ringing');
  // Their leg's end is still told at the leg's own address.
  await waits.hangsUp();
  await first.isHungUp();
  t.match(await over(returned), { end: 'technician-hung-up' });
  t.equal(await endOfLast(returned), 'answered-elsewhere', 'at once, not by its time');
  const ringing = await ask();
  const ring = await accepts();
  const rung = await customer.rings();
  await line.server.kill();
  await ring.hangsUp();
  await line.server.start();
  await rung.isHungUp();
  t.match(await over(ringing), { end: 'lost' });
  const talking = await ask();
  const again = await accepts();
  const other = await customer.rings();
  await other.answers();
  await again.isTalkingTo(other);
  await line.server.kill();
  await again.hangsUp();
  await line.server.start();
  await other.isHungUp();
  t.match(await over(talking), { end: 'talked' });
});

void t.test('when all is over nothing is left, no rule of Twilio was broken, and the line never failed', isClean);
