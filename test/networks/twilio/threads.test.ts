// The virtual number on Twilio: the whole server as a process, customers and technicians who write to each other through it, kill -9 included.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { gatewayToken, openGateway } from '../../engine/alerts/gateway.ts';
import { until } from '../../waiting.ts';
import { sid } from './sid.ts';
import { startTwilioLine } from './start.ts';

const line = '+33199001000';
const [customer, karim, lea] = ['+33612345678', '+33639980001', '+33639980002'];

function passingOn({ flows }: { flows: string }): void {
  const file = join(flows, 'lines.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('flow: par-sms', 'flow: par-sms, sms: { planning: garde }'));
}

t.test('an SMS to the line, its answer, and nobody who gets it', async (t) => {
  const house = await startTwilioLine({
    flows: 'test/line/alert-house',
    plannings: 'test/line/alert-plannings',
    prepare: passingOn,
  });
  t.teardown(() => house.stop());
  const { network, vigie } = house;
  const toward = (number: string) => network.messages.filter(({ to }) => to === number).map(({ body }) => body);

  const name = sid('SM');
  t.equal(await network.text({ from: customer, to: line, body: 'La presse 3 est bloquée', sid: name }), 200);
  const forwarded = await until('the SMS is passed on', () => network.messages[0]);
  t.match(forwarded, { to: karim, from: line, body: /^SMS 1 de 06 12 34 56 78 \(Par SMS\) : La presse 3 est bloquée/ });
  t.equal(await network.text({ from: karim, to: line, body: "J'arrive" }), 200);
  const answer = await until('the answer', () => network.messages[1]);
  t.match(answer, { to: customer, from: line, body: "J'arrive" });
  t.notOk(JSON.stringify(answer).includes(karim), "the technician's number is not in it");

  const told = async () => ((await vigie('messages', '--sms')).out.match(/: reçu \(twilio\)/g) ?? []).length;
  await until('both are reported', async () => (await told()) === 2);
  await house.server.kill();
  await house.server.start();
  t.equal(await network.text({ from: customer, to: line, body: 'La presse 3 est bloquée', sid: name }), 200);
  t.equal(await network.text({ from: customer, to: line, body: 'Merci' }), 200);
  await until('after a kill the conversation goes on', () => toward(karim).at(-1)?.endsWith(': Merci'));
  t.equal(toward(karim).length, 2, 'what Twilio told before the kill is not told again');

  network.unreachable.add(karim);
  await network.text({ from: customer, to: line, body: 'Elle fume' });
  await until('undelivered: the next person', () =>
    toward(lea).some((body) => body.endsWith('Elle fume\nPour répondre : 1: votre texte')),
  );
  network.unreachable.add(lea);
  await network.text({ from: customer, to: line, body: 'Au feu' });
  await until('nobody gets it: an alert', async () => (await vigie('alerts')).out.includes('Au feu'));

  await network.text({ from: customer, to: line, body: 'STOP' });
  await until('STOP is told', () => toward(karim).some((body) => body.includes('a écrit STOP')));
  const story = await vigie('thread', '1');
  t.match(story.out, /Conversation 1 avec 06 12 34 56 78 par 01 99 00 10 00 \(Par SMS\), planning garde/);
  t.match(
    story.out,
    /Elle fume {2}\[remis\]\n.*transmis à Karim Haddad : échec \(Twilio undelivered 30003\)\n.*transmis à Léa Martin : reçu/,
  );
  t.match(story.out, /Au feu {2}\[remis à personne : alerte levée\]/);
  t.match((await vigie('threads')).out, /^ +1 {2}STOP {2}06 12 34 56 78 \(Par SMS\)/);
  t.match(JSON.parse((await vigie('thread', '1', '--json')).out), { n: 1, stopped: true, planning: 'garde' });
  t.match((await vigie('messages', '--sms')).out, /SMS au 06 12 34 56 78 : reçu \(twilio\)/);
  t.strictSame(
    [(await vigie('thread', '99')).code, (await vigie('thread')).code, (await vigie('threads', 'x')).code],
    [1, 2, 2],
  );
  t.same(network.violations, []);
});

t.test('over the HTTP gateway, and over Twilio where the gateway is down', async (t) => {
  const gateway = await openGateway();
  const house = await startTwilioLine({
    flows: 'test/line/alert-house',
    plannings: 'test/line/alert-plannings',
    prepare: passingOn,
    env: { VIGIE_SMS_URL: gateway.url, VIGIE_SMS_TOKEN: gatewayToken },
  });
  t.teardown(async () => {
    await house.stop();
    gateway.stop();
  });
  gateway.knows(() => house.publicUrl);
  const { network, vigie } = house;
  await gateway.replies(customer, 'La presse 3 est bloquée');
  const forwarded = await until('it is passed on', () => gateway.seen[0]);
  t.match(forwarded, { to: karim, from: line, text: /^SMS 1 de 06 12 34 56 78 \(Par SMS\) : La presse 3 est bloquée/ });
  await gateway.replies(karim, "J'arrive");
  t.match(await until('the answer', () => gateway.seen[1]), { to: customer, from: line, text: "J'arrive" });
  gateway.behaves('is down');
  await gateway.replies(customer, 'Vite');
  t.match(await until('Twilio takes it', () => network.messages[0]), { to: karim, from: line, body: /Vite$/ });
  await gateway.replies(customer, 'STOP');
  await until('STOP is told', () =>
    network.messages.some(({ to, body }) => to === karim && body.includes('a écrit STOP')),
  );
  await gateway.replies(karim, 'encore là ?');
  await until('and heard', () => network.messages.some(({ body }) => body.includes("votre réponse n'est pas partie")));
  t.notOk(
    network.messages.some(({ to }) => to === customer),
    'STOP at one provider holds at the next',
  );
  t.match((await vigie('messages', '--sms')).out, /: reçu \(twilio\)[\s\S]*: reçu \(gateway\)/);
  t.same(network.violations, []);
});
